import re
from html import unescape
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.models import Page
from cms.text import text_cleaning
from cms.text.richtext import EXTENSIONS, RichTextField, clean
from tests import make
from tests.cms.text.pasted import DOCUMENTS, PIECES

ALLOWED = {"p", "br", "strong", "em", "h2", "h3", "ul", "ol", "li", "a", "blockquote"}
TAG_WHOLE = re.compile(r"</?p>")
TAG = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)")

tags = st.sampled_from(["p", "a", "script", "img", "svg", "style", "h2", "iframe", "math", "template", "b", "li"])
attributes = st.sampled_from(
    [
        "",
        ' href="javascript:alert(1)"',
        ' href="https://example.org"',
        " onclick=alert(1)",
        ' style="color:red"',
        " class=x",
        ' src="x" onerror="alert(1)"',
        ' href="data:text/html,<script>alert(1)</script>"',
        ' href="&#106;avascript:alert(1)"',
    ]
)
pieces = st.one_of(
    st.builds("<{}{}>".format, tags, attributes),
    st.builds("</{}>".format, tags),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&lt;script&gt;", "&", '"', "'", "\x00", "<p"]),
    st.text(max_size=5),
)
odd_html = st.lists(pieces, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>Plain <strong>bold</strong></p>", "<p>Plain <strong>bold</strong></p>"),
        ("<h2>A</h2><h3>B</h3>", "<h2>A</h2><h3>B</h3>"),
        ("<ul><li>One</li></ul>", "<ul><li>One</li></ul>"),
        ('<ol start="3"><li>One</li></ol>', '<ol start="3"><li>One</li></ol>'),
        ("<blockquote><p>Words</p></blockquote>", "<blockquote><p>Words</p></blockquote>"),
        ('<p><a href="/programmes/x/" title="X">x</a></p>', '<p><a href="/programmes/x/" title="X">x</a></p>'),
        ('<p><a href="mailto:a@example.org">x</a></p>', '<p><a href="mailto:a@example.org">x</a></p>'),
        ('<p><a href="tel:+441332">x</a></p>', '<p><a href="tel:+441332">x</a></p>'),
        ("<p>One<br>two</p>", "<p>One<br>two</p>"),
        ("<h1>Too large</h1>", "<h2>Too large</h2>"),
        ("<p>Safe</p><script>alert(1)</script>", "<p>Safe</p>"),
        ("<style>p{display:none}</style><p>Safe</p>", "<p>Safe</p>"),
        ('<p onclick="alert(1)" style="color:red" class="x" id="y">Safe</p>', "<p>Safe</p>"),
        ('<p><a href="javascript:alert(1)">x</a></p>', "<p>x</p>"),
        ('<p><a href="data:text/html,x">x</a></p>', "<p>x</p>"),
        ('<p><a href="https://example.org" target="_blank">x</a></p>', '<p><a href="https://example.org">x</a></p>'),
        ('<p>A<img src="x" onerror="alert(1)">B</p>', "<p>AB</p>"),
        ("<iframe src='https://example.org'></iframe><p>Safe</p>", "<p>Safe</p>"),
        ("<p>1 < 2 & 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<!-- note --><p>Safe</p>", "<p>Safe</p>"),
    ],
)
def test_only_the_tags_we_allow_are_kept(typed, kept):
    assert clean(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "<p></p>", "<p> </p>", "<p><br></p>", "<p>&nbsp;</p>", "<p></p><p></p>"])
def test_an_empty_editor_gives_an_empty_text(typed):
    assert clean(typed) == ""


class Tags(HTMLParser):
    """Every tag a browser would see, and what its attributes say."""

    def __init__(self, html):
        super().__init__()
        self.names, self.attributes = set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_kept_as_the_eye_saw_it(name):
    pasted, seen = DOCUMENTS[name]

    assert clean(pasted) == seen


@pytest.mark.parametrize(("pasted", "seen"), PIECES)
def test_a_piece_of_a_document_is_kept_as_the_eye_saw_it(pasted, seen):
    assert clean(pasted) == seen
    assert clean(seen) == seen


def test_html_that_nobody_wrote_by_hand_is_safe_all_the_same():
    kept = clean("<blockquote>" * 5000 + "<p onclick='x()'>a</p>")

    assert "onclick" not in kept
    assert "a" in kept


@settings(max_examples=1000, deadline=None)
@given(odd_html)
def test_nothing_but_the_allowed_ever_comes_through(typed):
    tags = Tags(clean(typed))

    assert tags.names <= ALLOWED
    for tag, name, value in tags.attributes:
        assert (tag, name) in {("a", "href"), ("a", "title"), ("ol", "start")}
        assert name != "href" or value.startswith("https://")


@given(odd_html)
def test_cleaning_what_is_clean_changes_nothing(typed):
    kept = clean(typed)

    assert clean(kept) == kept


@given(st.text())
def test_plain_words_survive(words):
    """As HTML text, that is: what is no mark-up and no control letter is not lost."""
    kept = clean(nh3.clean_text(words))
    text = text_cleaning.clean(unescape(nh3.clean_text(words)).replace("\0", "\ufffd"))

    assert set(TAG.findall(kept)) <= {"p"}
    assert unescape(TAG_WHOLE.sub("", kept)).split() == text.split()


def test_the_editor_offers_no_more_than_the_cleaner_keeps():
    assert EXTENSIONS["Heading"] == {"levels": [2, 3]}
    assert EXTENSIONS["Link"]["protocols"] == ["http", "https", "mailto", "tel"]
    assert set(EXTENSIONS) == {
        "Bold",
        "Italic",
        "Heading",
        "BulletList",
        "OrderedList",
        "ListItem",
        "Link",
        "Blockquote",
        "HardBreak",
        "History",
    }


def test_a_text_may_be_left_empty_unless_it_is_said_that_it_may_not():
    assert RichTextField().blank
    assert not RichTextField(blank=False).blank


@pytest.mark.django_db
def test_a_writer_that_does_not_validate_is_cleaned_all_the_same():
    page = make.page(body='<p onclick="x()">Safe</p><script>alert(1)</script>')

    assert Page.objects.get().body == "<p>Safe</p>"
    assert page.body == "<p>Safe</p>"


@pytest.mark.django_db
def test_a_text_of_nothing_is_saved_as_an_empty_text():
    make.page(body=None)

    assert Page.objects.get().body == ""

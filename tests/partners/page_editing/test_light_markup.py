from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.text.richtext import clean
from partners.page_editing import light_markup
from partners.page_editing.light_markup import can_say, normal, to_html, to_text

CONTENT = Path(__file__).resolve().parents[3] / "content"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One\ntwo", "<p>One<br>two</p>"),
        ("One\r\n\r\n\r\nTwo", "<p>One</p><p>Two</p>"),
        ("## Who we are\nWe help.", "<h2>Who we are</h2><p>We help.</p>"),
        ("### Small", "<h3>Small</h3>"),
        ("#No heading", "<p>#No heading</p>"),
        ("We do:\n- this\n- that", "<p>We do:</p><ul><li>this</li><li>that</li></ul>"),
        ("- a\n\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("* a\n• b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("•\ta\n·\tb", "<ul><li>a</li><li>b</li></ul>"),
        ("1.\ta\n2.\tb", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  more", "<ul><li>a<br>more</li></ul>"),
        ("> Said.\n>\n> Twice.", "<blockquote><p>Said.</p><p>Twice.</p></blockquote>"),
        ("> One.\n\n> Two.", "<blockquote><p>One.</p></blockquote><blockquote><p>Two.</p></blockquote>"),
        ("We are **strong**.", "<p>We are <strong>strong</strong>.</p>"),
        ("We are _slanted_.", "<p>We are <em>slanted</em>.</p>"),
        ("_so **very** much_", "<p><em>so <strong>very</strong> much</em></p>"),
        ("snake_case and _ or _x", "<p>snake_case and _ or _x</p>"),
        (r"\_no\_", "<p>_no_</p>"),
        ("Two ** stars", "<p>Two ** stars</p>"),
        ("**a** and ** b", "<p><strong>a</strong> and ** b</p>"),
        ("[us](https://example.org)", '<p><a href="https://example.org">us</a></p>'),
        ("[a](https://w.org/D_(c))", '<p><a href="https://w.org/D_(c)">a</a></p>'),
        ("**[us](https://example.org)**", '<p><strong><a href="https://example.org">us</a></strong></p>'),
        ("[mail](mailto:us@example.org)", '<p><a href="mailto:us@example.org">mail</a></p>'),
        (r"\- no list, \*\*no\*\*", "<p>- no list, **no**</p>"),
        ("5 < 6 & 7 > 2", "<p>5 &lt; 6 &amp; 7 &gt; 2</p>"),
        ("In [1] and 2020. Then", "<p>In [1] and 2020. Then</p>"),
    ],
)
def test_the_marks_make_what_the_help_says(text, html):
    assert to_html(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '[x](https://a.org/"onclick="alert(1))',
        "<img src=x onerror=alert(1)>",
        "[<b>x</b>](https://a.org)",
    ],
)
def test_nothing_dangerous_comes_through(text):
    html = to_html(text)

    assert html == clean(html)
    for tag in ("<script", "<img", "<b>", 'href="javascript', " onclick="):
        assert tag not in html


def opening_texts():
    def inside(value):
        if isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                yield from inside(part)
        elif isinstance(value, str) and value.lstrip().startswith("<"):
            yield value

    return [
        text
        for name in ("partners", "pages", "programmes")
        for text in inside(yaml.safe_load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8")))
    ]


def test_all_texts_the_portal_opens_with_come_back_as_they_were():
    texts = opening_texts()

    assert len(texts) > 60
    assert [text for text in texts if not can_say(text)] == []


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<ul><li><p>a</p><p>b</p></li></ul>",
        '<p><a href="https://example.org" title="Tip">a</a></p>',
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "<h2>a<br>b</h2>",
        "<blockquote>" * 8 + "<p>a</p>" + "</blockquote>" * 8,
        "<blockquote>" * 2000 + "<p>a</p>" + "</blockquote>" * 2000,
    ],
)
def test_what_the_marks_cannot_say_is_known(html):
    assert not can_say(html)


def test_an_editors_paragraph_inside_a_list_item_is_the_same_list():
    assert normal("<ul><li><p>a</p></li></ul>") == "<ul><li>a</li></ul>"
    assert can_say("<ul>\n  <li><p>a</p></li>\n</ul>")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12)
MARKED = st.sampled_from(["**", "[", "](", ")", "- ", "# ", "## ", "> ", "1. ", "\\", "*", "_", "a_b", "&lt;", "\xa0"])
TEXT = (WORDS | MARKED).map(lambda text: text.replace("<", "&lt;"))
LINE = st.recursive(
    TEXT,
    lambda inner: (
        st.builds("<strong>{}</strong>".format, inner)
        | st.builds("<em>{}</em>".format, inner)
        | st.builds('<a href="https://example.org/?a=(b)&amp;c">{}</a>'.format, TEXT)
        | st.lists(inner, min_size=1, max_size=3).map("".join)
        | st.builds("{}<br>{}".format, inner, inner)
    ),
    max_leaves=6,
)
ITEMS = st.lists(st.builds("<li>{}</li>".format, LINE), min_size=1, max_size=3).map("".join)
BLOCK = (
    st.builds("<p>{}</p>".format, LINE)
    | st.builds("<h2>{}</h2>".format, TEXT)
    | st.builds("<ul>{}</ul>".format, ITEMS)
    | st.builds('<ol start="4">{}</ol>'.format, ITEMS)
    | st.builds("<blockquote><p>{}</p></blockquote>".format, LINE)
)


@settings(max_examples=400, deadline=None)
@given(st.lists(BLOCK, max_size=4).map("".join))
def test_whatever_it_says_it_can_say_comes_back_word_for_word(html):
    text = to_text(html)

    if can_say(html):
        assert to_html(text) == normal(html)
    assert to_html(to_text(to_html(text))) in (to_html(text), normal(to_html(text))) or not can_say(to_html(text))


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS.filter(lambda word: word.strip() and word.isalnum()), min_size=1, max_size=5))
def test_plain_words_can_always_be_said(words):
    html = "".join(f"<p>{word} <strong>{word}</strong> <em>{word}</em></p><ul><li>{word}</li></ul>" for word in words)

    assert can_say(html)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    assert to_html(text) == clean(to_html(text))


def test_it_is_quick_on_the_longest_text():
    for hard in ("[a](b", "**", "> ", "\\", "[", "1. \n", "(("):
        light_markup.to_html((hard * 10_000)[:20_000])

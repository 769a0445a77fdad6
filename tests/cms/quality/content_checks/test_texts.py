import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.quality.content_checks import advice, headings, link_texts, reading_age, texts
from cms.quality.content_checks.texts import Block, Link

_PIECES = st.sampled_from(
    ["<p>", "</p>", "<h2>", "</h2>", "<h3>", "<strong>", "</strong>", "<ul>", "<li>", "</li>", "<a href='/x/'>", "</a>",
     "<br>", "&amp;", "<", "&#0;", "\0", "A sentence. ", "WORDS IN CAPITALS ", "here", "<!--", "<![CDATA["]
)  # fmt: skip


def everything_about(html):
    text = texts.read(html)
    found = [*headings.check(text, under_title=True), *link_texts.check(text, {}), *reading_age.check(text)]
    return [*found, *advice.capitals(str(text)), *link_texts.same_words(text.links)]


def test_a_text_is_taken_apart():
    text = texts.read(
        "<h2>Who</h2><p>Come <a href='/x/'>to us</a>.</p><ul><li><p>One</p></li><li>Two</li></ul>"
        "<p><strong>So</strong></p>"
    )

    assert text.blocks == [Block("Who", 2), Block("Come to us."), Block("One"), Block("Two"), Block("So", 0, True)]
    assert text.links == [Link("to us", "/x/")]


@pytest.mark.parametrize(
    "html", ["", " ", "<p></p>", "<p>&nbsp;</p>", "<h2> <br></h2>", "<script>x</script>", "<!-- x -->"]
)
def test_nothing_is_nothing(html):
    text = texts.read(html)

    assert text.blocks == []
    assert everything_about(html) == []


@given(st.lists(_PIECES | st.text(max_size=12), max_size=40).map("".join))
def test_no_text_makes_the_checks_fail(html):
    everything_about(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "Children in Derby learn together, and everybody reads more every day. " * 285 + "</p>",
        "<ul><li>" * 2_500,
        "<a href=/x>" * 1_800,
        "<strong>" * 2_500,
        "<h2></h2>" * 2_000,
        "a" * 20_000,
        "." * 20_000,
        '."' * 10_000,
        "A " * 10_000,
        "AA " * 6_600,
        "a." * 10_000,
        "<p>a" + " " * 19_000 + "b</p>",
    ],
    ids=lambda html: html[:12],
)
def test_a_long_text_is_read_to_its_end(html):
    """What it costs, `make bench WHAT=checks` says."""
    assert isinstance(everything_about(html), list)

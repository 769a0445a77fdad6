import pytest

from cms.quality.content_checks import headings, texts


def found(html, *, under_title=True):
    return [(words, details) for words, details in headings.check(texts.read(html), under_title=under_title)]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Words.</p>",
        "<h2>One</h2><p>Words.</p><h3>Two</h3><p>Words.</p><h2>Three</h2><p>Words.</p>",
        "<p><strong>This whole sentence matters.</strong></p><p>Words.</p>",
        "<p><strong>Opening</strong> hours</p><p>Words.</p>",
        "<p><strong>The last words</strong></p>",
    ],
)
def test_headings_in_order_are_left_alone(html):
    assert found(html) == []


@pytest.mark.parametrize("html", ["<h3>Two</h3><p>Words.</p>", "<h3>Two</h3><h2>One</h2>"])
def test_a_small_heading_needs_a_larger_one_above(html):
    [(words, details)] = found(html)

    assert "needs a larger one" in words
    assert details == ("Two",)


def test_where_the_page_has_a_heading_above_a_small_one_may_come_first():
    assert found("<h3>Two</h3><p>Words.</p>", under_title=False) == []


def test_a_bold_line_that_acts_as_a_heading_is_found():
    [(words, details)] = found("<p>Words.</p><p><strong>Opening hours</strong></p><p>All day.</p>")

    assert "only bold" in words
    assert details == ("Opening hours",)

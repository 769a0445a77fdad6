"""Headings are how many people find their way: screen readers list them, and eyes jump from one to the next."""

from collections.abc import Iterator
from itertools import pairwise

from cms.quality.content_checks.texts import Block, Text

_LONGEST_HEADING = 80  # letters; what is longer in bold is a sentence somebody wanted to stress


def check(text: Text, *, under_title: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is wrong with the headings of a text that stands under its page's title, or under a heading of the page."""
    headings = [block for block in text.blocks if block.level]
    if skipping := tuple(_skipping(headings, 1 if under_title else 2)):
        yield "A small heading needs a larger one above it. Make this one large, or put one before it.", skipping
    if bold := tuple(_headings_in_disguise(text.blocks)):
        yield "This looks like a heading, but is only bold. Make it a heading, so that everybody can find it.", bold


def _skipping(headings: list[Block], above: int) -> Iterator[str]:
    for heading in headings:
        if heading.level > above + 1:
            yield heading.words
        above = heading.level


def _headings_in_disguise(blocks: list[Block]) -> Iterator[str]:
    for block, after in pairwise(blocks):
        is_short = len(block.words) <= _LONGEST_HEADING and not block.words.endswith((".", "!", ",", ";"))
        if block.is_bold and is_short and not block.level and not after.level:
            yield block.words

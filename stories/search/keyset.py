"""Lists of stories in pages that cost the same however far somebody reads: each starts where the last one ended."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cms.lib.queries import number
from stories.models import StoryIndex

SIZE = 24
_FIRST = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_BEFORE_CHRIST = 100_000  # added to a year, so that its place in a list is no negative number
_MOST = 2**31  # that a year in an address may be


@dataclass(frozen=True)
class Order:
    field: str
    is_rising: bool
    to_number: Callable[[Any], int]
    from_number: Callable[[int], Any]

    def place_of(self, story: StoryIndex) -> str:
        return f"{self.to_number(getattr(story, self.field))}-{story.pk}"

    def read(self, text: str | None) -> tuple[Any, int] | None:
        """The place that an address names; none if it names no place we could have written."""
        first, _, second = (text or "").partition("-")
        value, pk = number(first), number(second)
        if value is None or pk is None:
            return None
        try:
            return self.from_number(value), pk
        except OverflowError:
            return None

    def beyond(self, place: tuple[Any, int], *, is_forward: bool) -> Q:
        value, pk = place
        sign = "gt" if is_forward == self.is_rising else "lt"
        further = Q(**{f"{self.field}__{sign}": value})
        same = Q(**{self.field: value, f"story_id__{sign}": pk})
        # the first part is implied, and lets the index be read from there
        return Q(**{f"{self.field}__{sign}e": value}) & (further | same)

    def keys(self, *, is_forward: bool) -> list[str]:
        sign = "" if is_forward == self.is_rising else "-"
        return [f"{sign}{self.field}", f"{sign}story_id"]


def _moment(microseconds: int) -> datetime.datetime:
    return _FIRST + datetime.timedelta(microseconds=microseconds)


def _year(shifted: int) -> int:
    if shifted > _MOST:
        raise OverflowError
    return shifted - _BEFORE_CHRIST


NEWEST = Order("published_at", False, lambda at: (at - _FIRST) // datetime.timedelta(microseconds=1), _moment)
BY_YEAR = Order("year", True, lambda year: year + _BEFORE_CHRIST, _year)


@dataclass(frozen=True)
class Page:
    stories: list[StoryIndex]
    before: str  # the query of the page before this one, if there is one
    after: str
    is_first: bool

    @property
    def is_beyond(self) -> bool:
        """Somebody kept an address, and what stood there has gone."""
        return not self.stories and not self.is_first


def page_of(
    stories: QuerySet[StoryIndex], asked: QueryDict, order: Order = NEWEST, *, size: int = SIZE, **kept: str
) -> Page:
    """`kept` goes on into the addresses of the pages beside it."""
    after, before = order.read(asked.get("after")), order.read(asked.get("before"))
    is_forward = after is not None or before is None
    place = after if after is not None else before
    found = stories if place is None else stories.filter(order.beyond(place, is_forward=is_forward))
    rows = list(found.order_by(*order.keys(is_forward=is_forward))[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if not is_forward:
        rows.reverse()
    has_before = place is not None if is_forward else has_more
    has_after = has_more if is_forward else True

    def address(name: str, story: StoryIndex) -> str:
        return "?" + urlencode(kept | {name: order.place_of(story)})

    return Page(
        stories=rows,
        before=address("before", rows[0]) if rows and has_before else "",
        after=address("after", rows[-1]) if rows and has_after else "",
        is_first=place is None,
    )

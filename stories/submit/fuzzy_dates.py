"""When a story happened, from what people type: a year, a decade, or words of their own."""

import datetime
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from stories.models import Version

When = Version.When
FIRST_YEAR = 1  # the Romans came about AD 50
_YEAR = re.compile(
    r"(?:in |about |around |c\.? ?)?(?:(?P<plain>\d{3,4})|ad (?P<early>\d{1,4})|(?P<late>\d{1,4}) ad)", re.IGNORECASE
)
_DECADE = re.compile(r"(?:in |about |around )?(?:the )?(?:(1\d|20)?(\d)0['’]?s)", re.IGNORECASE)
_SPAN = re.compile(r"(?:from )?(\d{3,4})\s*(?:to|until|[-–—])\s*(\d{3,4})", re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True)
class FuzzyDate:
    kind: str = When.NONE
    words: str = ""
    first: int | None = None
    last: int | None = None


def read(typed: str, *, today: datetime.date) -> FuzzyDate:
    """Raises ValidationError for a year that has not come."""
    words = " ".join(typed.split())
    if not words:
        return FuzzyDate()
    if found := _YEAR.fullmatch(words):
        year = int(found["plain"] or found["early"] or found["late"])
        return _checked(FuzzyDate(When.YEAR, words, year, year), today)
    if found := _SPAN.fullmatch(words):
        first, last = sorted((int(found[1]), int(found[2])))
        return _checked(FuzzyDate(When.WORDS, words, first, last), today)
    if found := _DECADE.fullmatch(words):
        first = int(f"{found[1] or 19}{found[2]}0")
        return _checked(FuzzyDate(When.DECADE, words, first, min(first + 9, max(first, today.year))), today)
    years = [int(year) for year in _ANY_YEAR.findall(words) if int(year) <= today.year]
    return FuzzyDate(When.WORDS, words, min(years, default=None), max(years, default=None))


def _checked(moment: FuzzyDate, today: datetime.date) -> FuzzyDate:
    if moment.first is not None and moment.first < FIRST_YEAR:
        raise ValidationError("Write the year with its four figures, such as 1962.", code="year")
    if moment.last is not None and moment.last > today.year:
        raise ValidationError("That year has not come yet. Write one that has, or leave this empty.", code="future")
    return moment

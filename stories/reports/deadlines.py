"""By when a concern is answered. The law here: a promise is counted in working days of England, and is kept in Derby's
time.

What happens at once stands in taking.py.
"""

import datetime
from collections.abc import Iterator
from functools import lru_cache

from django.utils import timezone

from cms.site_settings.models import SiteSettings
from stories.models import Report

Category = Report.Category

# Category: in how many working days somebody has looked at it and answered.
WORKING_DAYS = {
    Category.CHILD_AT_RISK: 1,
    Category.HATE: 1,
    Category.ME_IN_PICTURE: 2,
    Category.PRIVATE: 2,
    Category.NOT_TRUE: 5,
    Category.COPYRIGHT: 5,
    Category.OTHER: 5,
}
# Of these the partnership says itself how soon it answers (About this site); until it has, the clock runs as above.
ORDINARY = (Category.NOT_TRUE, Category.COPYRIGHT, Category.OTHER)
APPEAL_WORKING_DAYS = 5
MAY_APPEAL_DAYS = 30

# Days that are kept once, such as a coronation. The Government names them months before; add them here.
ONCE = frozenset({datetime.date(2022, 6, 3), datetime.date(2022, 9, 19), datetime.date(2023, 5, 8)})
# Days that a year moved away from where the rule has them.
MOVED = {
    datetime.date(2020, 5, 4): datetime.date(2020, 5, 8),
    datetime.date(2022, 5, 30): datetime.date(2022, 6, 2),
}

_MONDAY, _SATURDAY = 0, 5
_END_OF_DAY = datetime.time(23, 59)


def due(category: str, at: datetime.datetime) -> datetime.datetime:
    """When the answer should be there at the latest, for a concern that came at this moment."""
    return _after(at, days_of(category))


def days_of(category: str) -> int:
    """In how many working days a concern of this kind is answered."""
    usual = WORKING_DAYS[Category(category)]
    return (SiteSettings.load().concern_days or usual) if category in ORDINARY else usual


def appeal_due(at: datetime.datetime) -> datetime.datetime:
    return _after(at, APPEAL_WORKING_DAYS)


def may_appeal_until(decided_at: datetime.datetime) -> datetime.datetime:
    return decided_at + datetime.timedelta(days=MAY_APPEAL_DAYS)


def _after(at: datetime.datetime, days: int) -> datetime.datetime:
    day = timezone.localtime(at).date()
    while days:
        day += datetime.timedelta(days=1)
        days -= is_working_day(day)
    return timezone.make_aware(datetime.datetime.combine(day, _END_OF_DAY))


def is_working_day(day: datetime.date) -> bool:
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[datetime.date]:
    """Those of England and Wales. One that falls on a weekend is kept on the next day that is free."""
    easter = easter_sunday(year)
    always_a_weekday = [
        easter - datetime.timedelta(days=2),
        easter + datetime.timedelta(days=1),
        _monday(year, 5, first=True),
        _monday(year, 5, first=False),
        _monday(year, 8, first=False),
    ]
    kept = {MOVED.get(day, day) for day in always_a_weekday}
    fixed = [datetime.date(year, 1, 1), datetime.date(year, 12, 25), datetime.date(year, 12, 26)]
    kept |= {day for day in fixed if day.weekday() < _SATURDAY}
    for day in _at_weekends(fixed):
        while day.weekday() >= _SATURDAY or day in kept:
            day += datetime.timedelta(days=1)
        kept.add(day)
    return frozenset(kept | {day for day in ONCE if day.year == year})


def _at_weekends(days: list[datetime.date]) -> Iterator[datetime.date]:
    return (day for day in days if day.weekday() >= _SATURDAY)


def _monday(year: int, month: int, *, first: bool) -> datetime.date:
    """The first or the last one of a month."""
    if first:
        day = datetime.date(year, month, 1)
        return day + datetime.timedelta(days=(_MONDAY - day.weekday()) % 7)
    day = datetime.date(year, month, 31)  # of the months asked for here
    return day - datetime.timedelta(days=day.weekday())


def easter_sunday(year: int) -> datetime.date:
    """By the rule of Meeus, Jones and Butcher, which holds for every year of the Gregorian calendar."""
    moon, (century, rest) = year % 19, divmod(year, 100)
    leap, odd = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    age = (19 * moon + century - leap - correction + 15) % 30
    sunday = (32 + 2 * odd + 2 * (rest // 4) - age - rest % 4) % 7
    late = (moon + 11 * age + 22 * sunday) // 451
    month, day = divmod(age + sunday - 7 * late + 114, 31)
    return datetime.date(year, month, day + 1)

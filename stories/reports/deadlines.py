"""By when a report is answered: counted in working days of England, by Derby's clock.

What happens at once stands in file_report.py.
"""

import datetime
from functools import lru_cache

import holidays
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

_SATURDAY = 5
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
    """The weekdays of a year on which England has a bank holiday, days kept instead of a weekend's among them.

    Days that the Government names for one year, such as a coronation, come with a new version of `holidays`.
    """
    listed = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return frozenset(day for day in listed if day.weekday() < _SATURDAY)

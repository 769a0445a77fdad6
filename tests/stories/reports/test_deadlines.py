"""By when a concern is answered, in working days of England."""

import datetime

import pytest
from django.utils import timezone

from stories.models import Report
from stories.reports import deadlines

pytestmark = pytest.mark.django_db  # the days of an ordinary concern are a setting


def derby(text):
    return timezone.make_aware(datetime.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("year", "days"),
    [  # as the Government lists them
        (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
        (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
        (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
        (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
        (2038, "01-01 04-23 04-26 05-03 05-31 08-30 12-27 12-28"),
    ],
)
def test_bank_holidays_are_those_of_england(year, days):
    expected = [f"{year}-{day}" for day in days.split()]

    assert [day.isoformat() for day in sorted(deadlines.bank_holidays(year))] == expected


@pytest.mark.parametrize(
    ("category", "came", "expected"),
    [
        ("child", "2026-11-03T10:00", "2026-11-04"),  # a Tuesday
        ("child", "2026-11-06T23:50", "2026-11-09"),  # late on a Friday
        ("child", "2026-11-07T10:00", "2026-11-09"),  # on a Saturday
        ("child", "2026-12-24T18:00", "2026-12-29"),  # Christmas, a Saturday, a Sunday, and Boxing Day kept on Monday
        ("me", "2026-11-06T09:00", "2026-11-10"),
        ("private", "2026-04-02T09:00", "2026-04-08"),  # the Thursday before Easter
        ("hate", "2026-12-31T12:00", "2027-01-04"),
        ("other", "2026-08-28T12:00", "2026-09-07"),  # the Friday before the summer bank holiday
        ("copyright", "2026-11-02T12:00", "2026-11-09"),
        ("not_true", "2026-11-02T12:00", "2026-11-09"),
    ],
)
def test_each_clock_runs_on_working_days_alone(category, came, expected):
    due = timezone.localtime(deadlines.due(category, derby(came)))

    assert due.isoformat() == f"{expected}T23:59:00+{'00' if expected[5:7] not in ('04', '09') else '01'}:00"


def test_a_night_in_summer_time_belongs_to_the_day_derby_has():
    just_after_midnight_in_derby = datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)

    assert timezone.localtime(deadlines.due("child", just_after_midnight_in_derby)).date() == datetime.date(2026, 7, 2)


def test_every_category_has_its_clock():
    assert set(deadlines.WORKING_DAYS) == set(Report.Category)


def test_an_appeal_has_a_clock_too():
    assert timezone.localtime(deadlines.appeal_due(derby("2026-11-06T12:00"))).date() == datetime.date(2026, 11, 13)

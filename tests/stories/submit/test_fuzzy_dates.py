"""What people type for when: a year, a decade, or words of their own."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from stories.submit import fuzzy_dates

TODAY = datetime.date(2026, 5, 2)


@pytest.mark.parametrize(
    ("typed", "kind", "first", "last"),
    [
        ("", "", None, None),
        ("   ", "", None, None),
        ("1962", "year", 1962, 1962),
        ("in 1962", "year", 1962, 1962),
        ("AD 80", "year", 80, 80),
        ("٢٠٢٠", "year", 2020, 2020),
        ("2026", "year", 2026, 2026),
        ("1960s", "decade", 1960, 1969),
        ("the 60s", "decade", 1960, 1969),
        ("the 1960’s", "decade", 1960, 1969),
        ("2020s", "decade", 2020, 2026),
        ("1914-1918", "words", 1914, 1918),
        ("from 1918 to 1914", "words", 1914, 1918),
        ("when I was small", "words", None, None),
        ("just after the war, in 1946", "words", 1946, 1946),
        ("0", "words", None, None),
    ],
)
def test_what_people_type_is_read(typed, kind, first, last):
    moment = fuzzy_dates.read(typed, today=TODAY)

    assert (moment.kind, moment.first, moment.last) == (kind, first, last)


@pytest.mark.parametrize("typed", ["2027", "3055", "2050s", "1990 to 2040"])
def test_what_has_not_come_is_refused(typed):
    with pytest.raises(ValidationError, match="has not come yet"):
        fuzzy_dates.read(typed, today=TODAY)


@pytest.mark.parametrize("typed", ["0000", "AD 0"])
def test_there_is_no_year_nought(typed):
    with pytest.raises(ValidationError, match="four figures"):
        fuzzy_dates.read(typed, today=TODAY)

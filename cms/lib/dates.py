"""Dates as sources give them: a year, a month or a day, in the calendar form of ISO 8601."""

import datetime
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateformat import format as format_date

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def validate_partial_date(value: str) -> None:
    """Raises ValidationError unless the text is a year, a month or a day that exists."""
    match = _FORM.fullmatch(value)
    try:
        if not match:
            raise ValueError
        year, month, day = (int(part) if part else 1 for part in match.groups())
        datetime.date(year, month, day)
    except ValueError:
        raise ValidationError(
            "Write a year (2018), a month (2018-09) or a day (2018-09-25).", code="partial_date"
        ) from None


def in_words(value: str) -> str:
    """'2018-09' becomes 'September 2018'. Text that is no such date is given back as it is."""
    match = _FORM.fullmatch(value)
    if not match:
        return value
    year, month, day = match.groups()
    try:
        date = datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return value
    return format_date(date, "j F Y" if day else "F Y" if month else "Y")


class PartialDateField(models.CharField):
    """A date that may be as rough as its source. Sorts by time as text; empty means not known."""

    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 10)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", "A year (2018), a month (2018-09) or a day (2018-09-25). Empty: not known.")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        """Django leaves out what is its own default; here it is not ours."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"blank": self.blank}

    def formfield(self, **kwargs):
        field = super().formfield(**kwargs)
        field.takes_digits = True  # of any script; see bound_fields.py
        return field


def in_months(months: int) -> datetime.date:
    """The same day of the month so many months from today; the last there is, if that month is shorter."""
    today = timezone.localdate()
    years, month = divmod(today.month - 1 + months, 12)
    for day in range(today.day, 27, -1):
        try:
            return today.replace(year=today.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    return today.replace(year=today.year + years, month=month + 1)

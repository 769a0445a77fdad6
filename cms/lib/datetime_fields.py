"""A day and a time as Derby's clocks show it, also in the two nights a year when they change.

In March an hour is missing: a time in it is refused. In October an hour comes twice: whoever means one of the two is
asked which.
"""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import dateparse, formats, timezone


def in_words(at: datetime.datetime) -> str:
    """22 November 2026, 09:00: as Derby's clocks showed or will show it."""
    return formats.date_format(timezone.localtime(at), "j F Y, H:i")


FIRST, SECOND = "first", "second"
_WHICH = ((FIRST, "the first time: still summer time"), (SECOND, "the second time: already winter time"))


class MomentInput(forms.DateTimeInput):
    """One labelled field; a second one asks “which?” only where the answer is needed."""

    input_type = "datetime-local"
    template_name = "admin/widgets/moment.html"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")

    def format_value(self, value):
        if isinstance(value, str):
            at = _read(value)
            return value if at is None else self.format_value(_in_derby(at))
        return super().format_value(value)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        at = _read(value) if isinstance(value, str) else value
        which = ""
        if at is not None and _comes_twice(_in_derby(at)):
            was_typed_bare = isinstance(value, str) and timezone.is_naive(at)
            which = "?" if was_typed_bare else (FIRST, SECOND)[_in_derby(at).fold]
        context["which"], context["choices"] = which, _WHICH
        return context

    def value_from_datadict(self, data, files, name):
        text = super().value_from_datadict(data, files, name)
        which, at = data.get(f"{name}_which"), _read(text)
        if at is None or which not in (FIRST, SECOND) or not _comes_twice(_in_derby(at)):
            return text
        return at.replace(tzinfo=timezone.get_default_timezone(), fold=which == SECOND).isoformat()

    def value_omitted_from_data(self, data, files, name):
        return name not in data


def _read(text) -> datetime.datetime | None:
    """Nothing for what is no moment, or one at the edge of all calendars, where no zone can be reckoned."""
    try:
        at = dateparse.parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is None or 1 < at.year < datetime.MAXYEAR else None


def _in_derby(at: datetime.datetime) -> datetime.datetime:
    derby = timezone.get_default_timezone()
    return at.astimezone(derby) if timezone.is_aware(at) else at.replace(tzinfo=derby)


def _comes_twice(at: datetime.datetime) -> bool:
    before, after = at.replace(fold=0).utcoffset(), at.replace(fold=1).utcoffset()
    return before is not None and after is not None and before > after


class MomentField(forms.DateTimeField):
    widget = MomentInput

    def to_python(self, value):
        at = _read(value.strip()) if isinstance(value, str) else None
        if at is None:
            return self._without_edges(super().to_python, value)
        if timezone.is_aware(at):
            return at
        local = _in_derby(at)
        if _comes_twice(local):
            raise ValidationError(
                "In that night the clocks go back, and this time comes twice. Choose which one you mean.",
                code="comes_twice",
            )
        if local.astimezone(datetime.UTC).astimezone(local.tzinfo).replace(tzinfo=None) != at:
            raise ValidationError(
                "In that night the clocks go forward, and this time does not come. Choose one an hour later.",
                code="does_not_come",
            )
        return local

    def _without_edges(self, to_python, value):
        """A moment at the edge of the calendar has no time in other zones."""
        no_moment = ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            at = to_python(value)
        except OverflowError:
            raise no_moment from None
        if at is not None and not 1 < at.year < datetime.MAXYEAR:
            raise no_moment
        return at

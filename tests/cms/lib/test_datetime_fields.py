"""The two nights a year in which Derby's clocks change. 2026: forward on 29 March, back on 25 October, at 01:00 UTC."""

import datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError

from cms.lib.datetime_fields import MomentField


class Form(forms.Form):
    at = MomentField()


def utc(form):
    assert form.is_valid(), form.errors
    return form.cleaned_data["at"].astimezone(datetime.UTC).isoformat()[:16]


@pytest.mark.parametrize(
    ("typed", "in_utc"),
    [
        ("2026-01-10T09:00", "2026-01-10T09:00"),
        ("2026-07-10T09:00", "2026-07-10T08:00"),
        ("2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),
        ("2026-10-25T00:59", "2026-10-24T23:59"),
        ("2026-10-25T02:00", "2026-10-25T02:00"),
    ],
)
def test_a_time_is_derby_time(typed, in_utc):
    assert utc(Form({"at": typed})) == in_utc


def test_an_hour_that_does_not_come_is_refused_with_words():
    with pytest.raises(ValidationError, match="clocks go forward"):
        MomentField().clean("2026-03-29T01:30")


def test_whoever_means_the_hour_that_comes_twice_is_asked_which():
    form = Form({"at": "2026-10-25T01:30"})

    assert "comes twice" in str(form.errors)
    assert 'value="2026-10-25T01:30"' in str(form["at"])
    assert 'name="at_which"' in str(form["at"])


@pytest.mark.parametrize(("which", "in_utc"), [("first", "2026-10-25T00:30"), ("second", "2026-10-25T01:30")])
def test_either_of_the_two_can_be_meant(which, in_utc):
    form = Form({"at": "2026-10-25T01:30", "at_which": which})

    assert utc(form) == in_utc
    assert 'value="2026-10-25T01:30"' in str(form["at"])


@pytest.mark.parametrize(("hour", "which"), [(0, "first"), (1, "second")])
def test_a_saved_moment_in_that_hour_says_which_it_is(hour, which):
    saved = datetime.datetime(2026, 10, 25, hour, 30, tzinfo=datetime.UTC)

    shown = str(Form(initial={"at": saved})["at"])

    assert 'value="2026-10-25T01:30"' in shown
    assert f'value="{which}" selected' in shown


def test_any_other_moment_asks_nothing_more():
    assert "at_which" not in str(Form(initial={"at": datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)})["at"])
    assert "at_which" not in str(Form({"at": "tomorrow"})["at"])


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "2026-02-30T10:00",
        "2026-13-01T10:00",
        "9999999999",
        "0000-00-00T00:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59",
        "0001-01-01T00:00",
    ],
)
@pytest.mark.parametrize("which", ["first", "third", ""])
def test_what_is_no_time_is_refused(typed, which):
    form = Form({"at": typed, "at_which": which})

    assert not form.is_valid()
    assert typed in str(form["at"])

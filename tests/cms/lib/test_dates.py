import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cms.lib.dates import PartialDateField, in_words, validate_partial_date
from partners.models import Partner
from tests import make

nearly_dates = st.from_regex(r"[0-2２][0-9]{3}(-[0-9]{2}){0,3}", fullmatch=True) | st.text(max_size=12)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2018", "2018"),
        ("2018-09", "September 2018"),
        ("2018-09-25", "25 September 2018"),
        ("2020-02-29", "29 February 2020"),
        ("1066", "1066"),
        ("", ""),
        ("2018-13", "2018-13"),
        ("2018-02-30", "2018-02-30"),
        ("about 2018", "about 2018"),
    ],
)
def test_a_date_is_told_as_roughly_as_its_source_gives_it(written, words):
    assert in_words(written) == words


@pytest.mark.parametrize(
    "written",
    [
        "18",
        "2018-9",
        "2018-13",
        "2018-00",
        "2018-02-30",
        "2019-02-29",
        "2018-09-25T10:00",
        "2018/09/25",
        "25-09-2018",
        "about 2018",
        "0000",
        " 2018",
        "2018 ",
        "2018\n",
        "２０１８",
        "٢٠١٨",
        "2018-",
        "-2018",
    ],
)
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValidationError, match="Write a year"):
        validate_partial_date(written)


@given(nearly_dates)
def test_no_text_breaks_a_page(written):
    assert isinstance(in_words(written), str)


@given(nearly_dates)
def test_what_is_accepted_has_words_of_its_own(written):
    try:
        validate_partial_date(written)
    except ValidationError:
        assert in_words(written) == written
    else:
        assert written.isascii()
        assert len(written) in (4, 7, 10)


@given(st.lists(st.dates(min_value=datetime.date(1000, 1, 1)), max_size=20))
def test_days_sort_by_time_as_text(days):
    written = sorted(day.isoformat() for day in days)

    assert written == [day.isoformat() for day in sorted(days)]


def test_the_field_explains_itself_and_may_be_empty():
    field = PartialDateField()

    assert field.blank
    assert "2018-09" in field.help_text
    assert field.clean("", None) == ""
    with pytest.raises(ValidationError):
        field.clean("2018-13", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("started", "ended"),
    [("2018", "2018"), ("2018", "2018-09"), ("2018-09", "2018-09-25"), ("", "2018"), ("2018", ""), ("", "")],
)
def test_an_end_after_the_start_is_kept(started, ended):
    partner = make.partner(started=started, ended=ended)

    assert Partner.objects.get().ended == partner.ended

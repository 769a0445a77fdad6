import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from news.models import NewsItem
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("date", "note", "words"),
    [
        ("2018", "", "2018"),
        ("2018-06", "", "June 2018"),
        ("2018-09-25", "", "25 September 2018"),
        ("2018", "Early 2018", "Early 2018"),
    ],
)
def test_the_date_is_said_as_exactly_as_it_is_known(date, note, words):
    assert make.news_item(date=date, date_note=note).when == words


@pytest.mark.parametrize("date", ["", "early 2018", "2018-13", "2018-02-30", "25.9.2018"])
def test_what_is_no_date_is_refused(date):
    item = make.news_item()
    item.date = date

    with pytest.raises(ValidationError) as refused:
        item.full_clean()

    assert "date" in refused.value.error_dict


def test_the_newest_comes_first_and_a_year_alone_after_its_months():
    made = [make.news_item(date=date) for date in ("2018", "2026-03", "2018-06", "2026-03-02", "2018-06-01")]

    assert [item.date for item in NewsItem.objects.newest_first()] == [
        "2026-03-02",
        "2026-03",
        "2018-06-01",
        "2018-06",
        "2018",
    ]
    assert len(made) == NewsItem.objects.count()


def test_published_news_says_who_says_it():
    make.news_item(said_by_name="", said_by=make.partner())
    make.news_item(said_by_name="", status="draft")

    with pytest.raises(IntegrityError, match="published_news_says_who_says_it"), transaction.atomic():
        make.news_item(said_by_name="")


@pytest.mark.parametrize(
    ("partner", "name", "speaker"),
    [
        ({"name": "Hub"}, "", "Hub"),
        ({"name": "Hub"}, "The hub of old", "Hub"),
        ({"name": "Hub", "status": "draft"}, "The hub of old", "The hub of old"),
        ({"name": "Hub", "status": "draft"}, "", ""),
        (None, "City schools", "City schools"),
    ],
)
def test_who_says_it_is_named_only_if_public(partner, name, speaker):
    make.news_item(said_by=make.partner(**partner) if partner else None, said_by_name=name)

    assert NewsItem.objects.with_speaker().get().speaker == speaker

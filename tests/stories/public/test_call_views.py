"""Calls: who sees which, and what the sheet to print says."""

import datetime
import re

import pytest
from django.utils import timezone

from stories.models import Call, Question
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def test_calls_stand_under_open_coming_and_closed(client, today):
    told.call(title="First day at work")
    told.call(title="Next year", opens_on=today + DAY)
    told.call(title="Last year", closes_on=today - DAY)

    page = client.get("/stories/calls/").content.decode()

    places = [page.index(words) for words in ("First day at work", "Coming", "Next year", "Closed", "Last year")]
    assert places == sorted(places)


def test_a_call_on_its_last_day_still_takes_stories(client, today):
    last = told.call(closes_on=today)

    assert list(Call.objects.open()) == [last]
    assert f"/tell/?call={last.slug}" in client.get(f"/stories/calls/{last.slug}/").content.decode()


def test_a_closed_call_leads_on(client, today):
    closed = told.call(closes_on=today - DAY)

    page = client.get(f"/stories/calls/{closed.slug}/").content.decode()

    assert "This call has closed" in page
    assert f"?call={closed.slug}" not in page


@pytest.mark.parametrize("part", ["", "sheet/"])
def test_a_draft_call_has_no_page(client, part):
    draft = told.call(status="draft", slug="secret-call")

    assert client.get(f"/stories/calls/{draft.slug}/{part}").status_code == 404
    assert "secret-call" not in client.get("/stories/calls/").content.decode()


def test_a_call_shows_its_stories_and_no_others(client):
    call = told.call()
    told.story(call=call, title="My first shift")
    told.story(title="Another matter")
    told.story(call=call, title="Not read yet", status="submitted")

    page = client.get(f"/stories/calls/{call.slug}/").content.decode()

    assert "My first shift" in page
    assert "Another matter" not in page
    assert "Not read yet" not in page


def test_a_host_that_is_not_public_is_not_named(client):
    call = told.call(host=make.partner(name="Hidden House", status="draft"))

    assert "Hidden House" not in client.get(f"/stories/calls/{call.slug}/").content.decode()


def test_the_sheet_asks_what_the_pages_ask_and_holds_a_code(client):
    call = told.call(slug="first-day")
    Question.objects.create(call=call, words="Who taught you?")

    page = client.get("/stories/calls/first-day/sheet/").content.decode()

    assert "http://testserver/tell/?call=first-day" in page
    assert re.search(r'<svg [^>]*class="code"', page)
    for words in (
        "Who taught you?",
        "Show it on this site",
        "you keep the copyright",
        "Wording 1 of",
        "Kept at",
        "signature",
    ):
        assert words in page


def test_there_is_one_standing_call(db):
    told.call(is_standing=True)

    with pytest.raises(Exception, match="there_is_one_standing_call"):
        told.call(is_standing=True)

"""What the first page of the admin says about partners."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing.models import ReviewRequest, Suggestion
from tests import make

pytestmark = pytest.mark.django_db


def needs(client):
    return {need.title: need for need in client.get("/admin/").context["needs"]}


def fill(count=1):
    day = datetime.date(2026, 1, 1)
    for number in range(count):
        make.join_request(name=f"Club {number}")
        make.join_request(state="unconfirmed")
        partner = make.partner(name=f"Silent {count} {number}", review_on=day, owner=make.staff())
        ReviewRequest.objects.create(
            thing=partner, review_on=day, reminded_at=timezone.now(), labelled_at=timezone.now()
        )
        Suggestion.objects.create(thing=partner, title="Its page", words="Other hours")


def test_it_lists_who_asks_what_is_suggested_and_who_is_silent(browse):
    fill()
    make.partner(name="Nobody asked", review_on="2026-01-01")
    client = browse("editor")

    found = needs(client)

    for title, words in (
        ("Ask to join", "Club 0"),
        ("Suggestions", "Its page"),
        ("Not confirmed by their organisation", "Silent 1 0"),
    ):
        assert [waiting.words for waiting in found[title].things] == [words]
        assert found[title].total == 1
        for _, _, address in found[title].lists:
            assert client.get(address).context["cl"].result_count == 1
        assert client.get(found[title].things[0].address).status_code == 200


def test_it_lists_only_what_somebody_can_do_something_about(browse):
    fill()

    assert not {"Ask to join", "Suggestions"} & set(needs(browse("writer")))
    assert "Ask to join" not in needs(browse("moderator"))
    assert "Suggestions" in needs(browse("moderator"))


def test_limited_staff_find_what_they_were_given(browse, cast):
    fill()
    cast.editor.is_limited = True
    cast.editor.save()

    assert not {"Suggestions", "Not confirmed by their organisation"} & set(needs(browse("editor")))


def test_it_costs_the_same_with_one_of_each_and_with_ten(browse):
    client, counts = browse("editor"), []
    for count in (1, 10):
        fill(count)
        client.get("/admin/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def test_the_first_page_leads_to_all_partners_at_a_glance(browse):
    address = "/admin/partners/partner/states/"

    assert address in browse("editor").get("/admin/").content.decode()
    assert address not in browse("writer").get("/admin/").content.decode()

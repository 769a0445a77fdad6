"""What the first page of the admin says about stories."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
OF_STORIES = {
    "Held for safeguarding", "Reported concerns", "Stories you are on", "Stories to read", "Changes of stories",
    "Many from one place",
}  # fmt: skip


def needs(client):
    return {need.title: need for need in client.get("/admin/").context["needs"] if need.title in OF_STORIES}


def days(number):
    return timezone.now() - datetime.timedelta(days=number)


def fill(cast, count=1):
    for number in range(count):
        told.story(title=f"Mine {number}", status="in_review", claimed_by=cast.administrator, claimed_at=days(1))
        told.story(title=f"New {number}", status="submitted", waits_since=days(9 - number))
        told.story(title=f"Changed {number}", waits_since=days(2))
        told.story(title=f"Held {number}", status="held", waits_since=days(1))
        told.story(title=f"Flood {number}", status="submitted", is_rate_limited=True)
        told.report(told.story(title=f"Reported {number}"))


def test_it_lists_what_waits_and_each_list_leads_to_all_of_it(browse, cast):
    fill(cast)
    told.story(title="Newer", status="submitted")
    client = browse("administrator")

    found = needs(client)

    assert {title: [waiting.words for waiting in need.things] for title, need in found.items()} == {
        "Held for safeguarding": ["Held 0"],
        "Reported concerns": [found["Reported concerns"].things[0].words],
        "Stories you are on": ["Mine 0"],
        "Stories to read": ["New 0", "Newer"],
        "Changes of stories": ["Changed 0"],
        "Many from one place": [],
    }
    for need in found.values():
        for _, count, address in need.lists:
            context = client.get(address).context
            assert (context["total"] if "floods" in address else context["cl"].result_count) == count
        for waiting in need.things:
            assert client.get(waiting.address).status_code == 200


def test_moderators_hear_nothing_of_what_is_held(browse, cast):
    fill(cast)

    found = needs(browse("moderator"))

    assert "Held for safeguarding" not in found
    assert [waiting.words for waiting in found["Stories to read"].things] == ["New 0", "Mine 0"]


@pytest.mark.parametrize("who", ["editor", "writer"])
def test_who_decides_nothing_is_asked_for_nothing(browse, cast, who):
    fill(cast)

    assert needs(browse(who)) == {}


def test_limited_moderators_are_asked_for_nothing(client, cast):
    fill(cast)
    client.force_login(make.staff("Moderator", is_limited=True))

    assert needs(client).keys() <= {"Reported concerns"}


def test_it_costs_the_same_with_one_of_each_and_with_ten(browse, cast):
    client, counts = browse("administrator"), []
    for count in (1, 10):
        fill(cast, count)
        client.get("/admin/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20

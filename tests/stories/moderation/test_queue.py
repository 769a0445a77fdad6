"""The queue of stories in the admin."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.audit.models import AuditEvent
from stories.models import Story
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/story/"


def listed(client, query=""):
    return [story.latest.title for story in client.get(f"{LIST}{query}").context["cl"].result_list]


def days(number):
    return timezone.now() - datetime.timedelta(days=number)


def test_what_waits_shows_oldest_first_and_nothing_else(browse):
    told.story(title="New", status="submitted", waits_since=days(1))
    told.story(title="Old", status="in_review", waits_since=days(5))
    told.story(title="Changed", waits_since=days(3))
    told.story(title="Public")
    told.story(title="Flood", status="submitted", is_rate_limited=True)
    told.story(title="Declined", status="declined")

    assert listed(browse("moderator")) == ["Old", "Changed", "New"]


@pytest.mark.parametrize("status", [*Story.UNSEEN, "withdrawn"])
@pytest.mark.parametrize("who", ["moderator", "administrator"])
def test_nobody_of_the_staff_sees_what_is_not_sent_or_taken_back(browse, status, who):
    story = told.story(title="Not yours", status=status)

    assert listed(browse(who), "?state=all") == []
    assert browse(who).get(f"{LIST}{story.pk}/change/").status_code == 404


def test_what_is_held_shows_to_safeguarding_alone(browse):
    story = told.story(title="Held", status="held", waits_since=days(1))

    assert listed(browse("administrator"), "?state=held") == ["Held"]
    assert listed(browse("administrator")) == []
    for query in ("?state=held", "?state=all", "?q=Held"):
        assert listed(browse("moderator"), query) == []
    assert browse("moderator").get(f"{LIST}{story.pk}/change/").status_code == 404


def test_whoever_is_limited_sees_none(client, db):
    told.story(status="submitted")
    client.force_login(make.staff("Moderator", is_limited=True))

    assert listed(client, "?state=all") == []


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer"])
def test_without_the_right_nobody_sees_the_queue(browse, who):
    story = told.story(status="submitted")

    assert browse(who).get(LIST).status_code in (302, 403)
    assert browse(who).get(f"{LIST}{story.pk}/change/").status_code in (302, 403)


def test_it_narrows_by_state_language_call_flag_and_who(browse, cast):
    call = told.call(title="First days")
    told.story(title="Mine", status="in_review", claimed_by=cast.moderator, language="pl", call=call)
    told.story(title="Theirs", status="in_review", claimed_by=cast.administrator, is_flagged=True)
    told.story(title="Nobody's", status="submitted")
    told.story(title="Flood", status="submitted", is_rate_limited=True)
    told.story(title="Down", status="removed")
    told.story(title="Changed", waits_since=days(0))
    client = browse("moderator")

    assert listed(client, "?who=me") == ["Mine"]
    assert listed(client, "?who=others") == ["Theirs"]
    assert listed(client, "?who=nobody") == ["Nobody's", "Changed"]
    assert listed(client, "?language=pl") == ["Mine"]
    assert listed(client, f"?call__id__exact={call.pk}") == ["Mine"]
    assert listed(client, "?is_flagged__exact=1") == ["Theirs"]
    assert listed(client, "?state=flood") == ["Flood"]
    assert listed(client, "?state=removed") == ["Down"]
    assert listed(client, "?state=changes") == ["Changed"]
    assert listed(client, "?state=new&who=nobody") == ["Nobody's"]


def test_a_search_looks_at_all_states_and_at_addresses_only_for_moderators(browse):
    told.story(title="Trams", email="findme@example.org")

    assert listed(browse("moderator"), "?q=trams") == ["Trams"]
    assert listed(browse("moderator"), "?q=findme@example.org") == ["Trams"]
    assert listed(browse("editor"), "?q=trams") == ["Trams"]
    assert listed(browse("editor"), "?q=findme@example.org") == []


def test_a_line_counts_pictures_and_what_was_noticed(browse):
    story = told.story(status="submitted", text="I live at 12 Green Lane, DE1 1AA.")
    told.picture(story, people=[{"is_child": True, "consent": "not_asked"}])
    told.picture(story, description="")

    (line,) = browse("moderator").get(LIST).context["cl"].result_list

    assert line.pictures_count == 2
    assert line.warnings_count == 4


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_it_costs_the_same_with_one_story_and_with_a_thousand(browse):
    thread = told.thread()
    told.picture(told.story(status="submitted", threads=[thread]))
    client = browse("moderator")
    one = queries(client, LIST)
    for _ in range(30):
        told.picture(told.story(status="submitted", threads=[thread], call=told.call()))
    made = Story.objects.first()
    Story.objects.bulk_create(
        [
            Story(slug=f"s{number}", status="submitted", latest=None, waits_since=made.waits_since)
            for number in range(970)
        ]
    )

    assert queries(client, LIST) == one <= 20


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "who=x", "language=xx", "with=abc", "with=99999999999999999999", "call__id__exact=x", "p=x",
     "way__exact=x", "q=%00", "q=" + "x" * 5000, "o=99.x"],
)  # fmt: skip
def test_an_odd_address_is_never_our_error(browse, query):
    told.story(status="submitted")

    assert browse("moderator").get(f"{LIST}?{query}", follow=True).status_code in (200, 400)


def many(client, action, stories, query="", **fields):
    sent = {"action": action, "index": "0", "confirmed": "1", "_selected_action": [story.pk for story in stories]}
    return client.post(f"{LIST}{query}", sent | fields, follow=True)


def test_many_are_declined_with_one_reason_and_what_could_not_be_is_told(browse, mailed):
    stories = [told.story(status="submitted", title=f"Advert {number}") for number in range(3)]
    public = told.story(title="Real", waits_since=days(1))

    response = many(browse("moderator"), "decline", [*stories, public], words="We do not show adverts.")

    page = response.content.decode()
    assert [Story.objects.get(pk=one.pk).status for one in stories] == ["declined"] * 3
    assert Story.objects.get(pk=public.pk).status == "published"
    assert "3 not published" in page
    assert "1 could not be" in page
    assert "Real" in page
    assert AuditEvent.objects.filter(action="story", note="We do not show adverts.").count() == 3
    assert [mail.to for mail in mailed()] == [one.contributor.email for one in stories]


@pytest.fixture
def mailed():
    from cms.outbox.models import Mail

    return lambda: list(Mail.objects.order_by("pk"))


def test_many_are_not_declined_without_a_reason(browse):
    story = told.story(status="submitted")

    response = many(browse("moderator"), "decline", [story], words="  ")

    assert "say why in your own words" in response.content.decode()
    assert Story.objects.get().status == "submitted"


def test_who_may_only_look_has_no_bulk_actions(browse):
    story = told.story(status="submitted")

    many(browse("editor"), "decline", [story], words="No.")

    assert Story.objects.get().status == "submitted"


def test_many_are_held_and_why_is_for_safeguarding_alone(browse):
    story = told.story(status="submitted")

    many(browse("moderator"), "hold", [story], why="A child says she is hurt.")

    story.refresh_from_db()
    assert story.status == "held"
    assert story.words == ""
    page = browse("administrator").get(f"{LIST}{story.pk}/change/").content.decode()
    assert "A child says she is hurt." in page


def test_a_flood_waits_apart_and_is_let_in_or_declined_together(browse):
    told.story(title="Real", status="submitted")
    flood = [
        told.story(title=f"Flood {number}", status="submitted", is_rate_limited=True, email="one@example.org")
        for number in range(60)
    ]
    school = told.story(title="School", status="submitted", is_rate_limited=True, email="school@example.org")
    client = browse("moderator")

    assert listed(client) == ["Real"]
    page = client.get(f"{LIST}floods/").content.decode()
    assert "one@example.org" in page
    query = f"?state=flood&with={flood[0].pk}"
    asked = client.post(f"{LIST}{query}", {"action": "decline", "index": "0", "select_across": "1",
                                           "_selected_action": [flood[0].pk]})  # fmt: skip
    assert asked.context["all_count"] == 60
    response = many(client, "decline", flood[:1], query, select_across="1", words="Please send no adverts.")
    assert "10 are still to be done" in response.content.decode()
    done_to = response.context["done_to"]
    many(client, "decline", flood[:1], query, select_across="1", words="Please send no adverts.", done_to=done_to)
    assert Story.objects.filter(status="declined").count() == 60
    many(client, "let_in", [school], "?state=flood")
    assert listed(client) == ["Real", "School"]


def test_floods_are_for_moderators(browse):
    assert browse("moderator").get(f"{LIST}floods/").status_code == 200
    assert browse("editor").get(f"{LIST}floods/").status_code == 403

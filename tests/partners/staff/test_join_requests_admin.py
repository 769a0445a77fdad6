"""Staff's side of asking to join."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from partners.models import FormerName, Partner
from tests import make

pytestmark = pytest.mark.django_db


def address(asked, view="change"):
    return f"/admin/partners/joinrequest/{asked.pk}/{view}/"


def test_the_list_shows_who_waits_and_whom_a_name_looks_like(browse):
    make.partner(name="Derby Choir")
    FormerName.objects.create(partner=make.partner(name="Song Club"), name="Derby Singers")
    make.join_request(name="Dеrby Choir")  # with a Cyrillic letter
    make.join_request(name="Derby Singers Ltd")
    make.join_request(name="Nobody Knows", state="unconfirmed", confirmed_at=None)

    page = browse("editor").get("/admin/partners/joinrequest/").content.decode()

    assert "Derby Choir</td>" in page
    assert "Song Club</td>" in page
    assert "Nobody Knows" not in page


def test_the_list_costs_the_same_with_one_request_and_with_twenty(browse):
    client, counts = browse("editor"), []
    for count in (1, 20):
        for number in range(count):
            make.partner()
            make.join_request(name=f"Club {count} {number}")
        client.get("/admin/partners/joinrequest/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/partners/joinrequest/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def test_its_page_shows_everything_asked_and_where_to_look_it_up(browse):
    there = make.partner(name="Mill Trust")
    asked = make.join_request(name="The Mill Trust", registered_number="10 12/3", evidence="<b>Ask Anna</b>")

    page = browse("editor").get(address(asked)).content.decode()

    assert "&lt;b&gt;Ask Anna&lt;/b&gt;" in page
    assert "keywords/10%2012%2F3" in page
    assert "search?q=10%2012%2F3" in page
    assert f"/admin/partners/partner/{there.pk}/change/" in page


def test_an_unconfirmed_request_is_not_found(browse):
    asked = make.join_request(state="unconfirmed", confirmed_at=None)

    assert browse("administrator").get(address(asked)).status_code == 404
    assert browse("administrator").post(address(asked, "decide"), {"step": "accept"}).status_code == 404


def test_accepting_makes_a_draft_and_invites_whoever_asked(browse, cast):
    asked = make.join_request(name="Mill Trust", email="anna@mill.example")

    browse("editor").post(address(asked, "decide"), {"step": "accept", "accept-words": "Welcome!"})

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("accepted", cast.editor)
    assert (asked.partner.name, asked.partner.status) == ("Mill Trust", "draft")
    assert asked.partner.invitations.open().get().email == "anna@mill.example"
    assert "Welcome!" in Mail.objects.get(to="anna@mill.example").text


def test_accepting_can_give_them_a_page_that_is_there(browse):
    there, asked = make.partner(name="Mill Trust"), make.join_request(name="The Mill Trust")

    browse("editor").post(address(asked, "decide"), {"step": "accept", "accept-partner": there.pk})

    asked.refresh_from_db()
    assert asked.partner == there
    assert Partner.objects.count() == 1


def test_a_name_that_is_taken_is_said_and_nothing_is_lost(browse):
    make.partner(name="Mill Trust")
    asked = make.join_request(name="mill trust")

    response = browse("editor").post(address(asked, "decide"), {"step": "accept", "accept-words": "Hello Anna"})

    assert "already" in response.content.decode()
    assert "Hello Anna" in response.content.decode()
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_declining_needs_words_and_mails_them(browse):
    asked, client = make.join_request(email="anna@mill.example"), browse("editor")

    assert "decline-words" in client.post(address(asked, "decide"), {"step": "decline"}).content.decode()
    client.post(address(asked, "decide"), {"step": "decline", "decline-words": "Not in Derby."})

    asked.refresh_from_db()
    assert (asked.state, asked.words) == ("declined", "Not in Derby.")
    assert "Not in Derby." in Mail.objects.get(to="anna@mill.example").text


def test_two_clicks_decide_once(browse):
    asked, client = make.join_request(), browse("editor")

    client.post(address(asked, "decide"), {"step": "accept"})
    again = client.post(address(asked, "decide"), {"step": "decline", "decline-words": "No."}, follow=True)

    asked.refresh_from_db()
    assert asked.state == "accepted"
    assert "Nothing was done" in again.content.decode()
    assert AuditEvent.objects.filter(action="join_declined").count() == 0


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer", "moderator"])
def test_who_may_not_decide_does_not(browse, who):
    asked = make.join_request()

    response = browse(who).post(address(asked, "decide"), {"step": "accept"})

    assert response.status_code in (302, 403, 404)
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_limited_staff_find_none(browse, cast):
    asked = make.join_request()
    cast.editor.is_limited = True
    cast.editor.save()
    client = browse("editor")

    assert asked.name not in client.get("/admin/partners/joinrequest/").content.decode()
    assert client.post(address(asked, "decide"), {"step": "accept"}).status_code == 404
    assert "Ask to join" not in {need.title for need in client.get("/admin/").context["needs"]}


def test_a_moderator_reads_and_sees_no_buttons(browse):
    asked = make.join_request()

    page = browse("moderator").get(address(asked))

    assert page.status_code == 200
    assert "What they say" in page.content.decode()
    assert "/decide/" not in page.content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"step": "accept", "accept-partner": "x\0"}, {"step": "decline", "decline-words": "\0"}]
)
def test_wrong_input_is_no_error_of_the_server(browse, sent):
    asked = make.join_request()

    assert browse("editor").post(address(asked, "decide"), sent).status_code in (200, 400)
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_only_who_has_just_shown_who_they_are_lets_somebody_in(browse):
    asked, client = make.join_request(), make.long_ago(browse("editor"))

    response = client.post(address(asked, "decide"), {"step": "accept"})
    asked.refresh_from_db()
    assert response.headers["Location"].startswith("/account/")
    assert asked.state == "waiting"

    client.post(response.headers["Location"], {"password": "correct horse battery"})
    asked.refresh_from_db()
    assert asked.state == "accepted"


def test_who_may_not_decide_is_not_asked_who_they_are(browse):
    asked, client = make.join_request(), make.long_ago(browse("moderator"))

    assert client.post(address(asked, "decide"), {"step": "accept"}).status_code == 403

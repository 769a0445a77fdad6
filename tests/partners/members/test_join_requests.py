"""An organisation asks to join: from the form to the council's answer."""

import datetime
import re
import threading

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.requests import spam_guard
from partners.jobs import forget_unconfirmed, forget_who_was_invited
from partners.members import invitations, join_requests
from partners.models import JoinRequest, Partner
from partners.public import join_views
from tests import make

pytestmark = pytest.mark.django_db


def shown(seconds_ago=10):
    """As the form's hidden field would say that it was shown then."""

    class Then(signing.TimestampSigner):
        def timestamp(self):
            return signing.b62_encode(int(timezone.now().timestamp()) - seconds_ago)

    return Then(salt=spam_guard._SALT).sign("shown")


def answers(**changes):
    return {
        "name": "Rosehill Reading Friends",
        "sector": "third",
        "summary": "We read with children.",
        "website": "https://example.org/",
        "registered_number": "1234567",
        "evidence": "My name is on our website.",
        "person_name": "Ina Asker",
        "person_role": "Chair",
        "email": "Ina@example.org",
        "shown_at": shown(),
        "more": "",
    } | changes


def ask(client, **changes):
    return client.post("/join/", answers(**changes))


def asked():
    """A request as it was asked, and the key in its mail."""
    request = join_requests.ask(
        **{name: value for name, value in answers().items() if name not in ("shown_at", "more")}
    )
    return request, re.search(r"/join/confirm/\?key=([\w-]+)", Mail.objects.get().text)[1]


def test_asking_keeps_it_unseen_and_sends_a_secret_link(client):
    response = ask(client)

    request, mail = JoinRequest.objects.get(), Mail.objects.get()
    assert response.headers["Location"] == "/join/thanks/"
    assert (request.state, request.email) == ("unconfirmed", "ina@example.org")
    assert (mail.to, mail.is_secret) == ("ina@example.org", True)
    assert not response.cookies


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(client):
    response = ask(client, email="nonsense", evidence="")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Error: Ask for a place" in page
    assert "Rosehill Reading Friends" in page
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Rosehill Re\u0430ding"},
        {"name": "x" * 121},
        {"name": "Win £500 at https://evil.example/claim now"},
        {"person_name": "Ina www.evil.example"},
        {"person_name": "ina@example.org"},
        {"sector": "nonsense"},
        {"summary": "y" * 251},
        {"evidence": "z" * 1001},
        {"email": "a\0@example.org"},
        {"website": "javascript:alert(1)"},
        {"shown_at": "nonsense"},
        {"shown_at": ""},
    ],
)
def test_bad_input_is_refused_in_words(client, changes):
    response = ask(client, **changes)

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert not JoinRequest.objects.exists()


def test_what_was_sent_too_quickly_is_kept_on_the_page(client):
    page = ask(client, shown_at=shown(seconds_ago=1)).content.decode()

    assert "very quick" in page
    assert "My name is on our website." in page
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize("seconds", [None, 25 * 3600])
def test_what_was_signed_by_nobody_or_a_day_ago_is_signed_anew(client, seconds):
    page = ask(client, shown_at=shown(seconds) if seconds else "nonsense").content.decode()
    again = re.search(r'name="shown_at" value="([^"]+)"', page)[1]

    assert spam_guard.signing.TimestampSigner(salt=spam_guard._SALT).unsign(again)


def test_a_machine_is_told_the_same_and_nothing_is_kept(client):
    response = ask(client, more="https://buy.example")

    assert response.headers["Location"] == "/join/thanks/"
    assert not JoinRequest.objects.exists()


def test_a_network_asks_five_times_a_day_and_loses_nothing(client):
    for number in range(join_views.MOST_OF_A_NETWORK):
        assert ask(client, email=f"a{number}@example.org").status_code == 302

    response = ask(client, email="more@example.org")

    assert response.status_code == 200
    assert "tomorrow" in response.content.decode()
    assert "My name is on our website." in response.content.decode()
    assert ask(client, email="a@example.org", REMOTE_ADDR="").status_code == 200


def test_an_address_gets_three_mails_a_day_and_the_answer_is_the_same(client, monkeypatch):
    monkeypatch.setattr(join_views, "MOST_OF_A_NETWORK", 99)

    locations = {ask(client, person_role=f"Chair {number}").headers["Location"] for number in range(5)}

    assert locations == {"/join/thanks/"}
    assert Mail.objects.count() == join_views.MOST_TO_AN_ADDRESS


def test_whoever_asks_learns_nothing_about_an_account(client, cast):
    known, unknown = ask(client, email=cast.author.email), ask(client, email="nobody@example.org")

    assert known.headers["Location"] == unknown.headers["Location"]
    assert Mail.objects.count() == 2


def test_a_name_like_one_we_have_is_told_and_can_be_sent(client):
    make.partner(name="Rosehill Reading Friends Ltd")
    make.partner(name="Hidden Club", status="draft")

    told = ask(client)
    page = told.content.decode()

    assert "There is a page called “Rosehill Reading Friends Ltd” already" in page
    assert 'name="is_known"' in page
    assert ask(client, is_known="on").status_code == 302
    assert ask(client, name="hidden club").status_code == 302


def test_confirming_is_a_button_and_happens_once(client):
    request, key = asked()
    address = f"/join/confirm/?key={key}"

    looked = client.get(address)
    request.refresh_from_db()
    assert (looked.status_code, request.state) == (200, "unconfirmed")
    assert looked.headers["Referrer-Policy"] == "same-origin"
    assert looked.headers["Cache-Control"] == "no-store"

    assert client.post(address).status_code == 200
    request.refresh_from_db()
    assert request.state == "waiting"
    assert client.post(address).status_code == 404
    line = AuditEvent.objects.get()
    assert (line.action, line.by) == ("asked_to_join", None)


def test_a_link_ends_after_three_days(client):
    _, key = asked()
    AccessToken.objects.update(expires_at=timezone.now())

    assert client.get(f"/join/confirm/?key={key}").status_code == 404
    with pytest.raises(token_links.Spent):
        join_requests.confirm(key)


@pytest.mark.parametrize("key", ["", "%00", "nonsense"])
def test_links_that_open_nothing(client, key):
    assert client.get(f"/join/confirm/?key={key}").status_code == 404
    assert client.post(f"/join/confirm/?key={key}").status_code == 404


def test_a_key_for_one_thing_opens_no_other(client):
    _, key = asked()

    assert client.get(f"/invitation/?key={key}").status_code == 404


def test_accepting_makes_a_draft_and_invites_whoever_asked(cast):
    request = make.join_request(name="Rosehill Friends", website="https://example.org/")

    page = join_requests.accept(request, by=cast.editor, words="Welcome among us.")

    request.refresh_from_db()
    invitation = page.invitations.get()
    assert (page.name, page.slug, page.status, page.website) == (
        "Rosehill Friends", "rosehill-friends", "draft", "https://example.org/",
    )  # fmt: skip
    assert (request.state, request.partner, request.decided_by) == ("accepted", page, cast.editor)
    assert (invitation.email, invitation.role, invitation.is_from_council) == (request.email, "manager", True)
    assert "Welcome among us." in Mail.objects.get().text
    assert {"invited", "join_accepted"} <= set(AuditEvent.objects.values_list("action", flat=True))
    assert page.history.count() == 1


def test_accepting_for_a_page_that_is_there_changes_none_of_it(cast):
    page = make.partner(name="Rosehill Friends")

    join_requests.accept(make.join_request(name="Friends of Rosehill"), by=cast.editor, partner=page)

    assert Partner.objects.count() == 1
    assert page.invitations.count() == 1


def test_web_names_do_not_clash_and_any_alphabet_has_one(cast):
    make.partner(name="Rosehill-Friends", slug="rosehill-friends")

    first = join_requests.accept(make.join_request(name="Rosehill Friends"), by=cast.editor)
    second = join_requests.accept(make.join_request(name="ਗੁਰਦੁਆਰਾ"), by=cast.editor)

    assert first.slug == "rosehill-friends-2"
    assert second.slug == "partner"


def test_a_name_that_is_there_already_is_said(cast):
    make.partner(name="Rosehill Friends")

    with pytest.raises(ValidationError, match="already"):
        join_requests.accept(make.join_request(name="ROSEHILL FRIENDS"), by=cast.editor)

    assert JoinRequest.objects.get().state == "waiting"


def test_declining_takes_words_and_sends_them(cast):
    request = make.join_request()
    with pytest.raises(ValidationError):
        join_requests.decline(request, by=cast.editor, words="  ")

    join_requests.decline(request, by=cast.editor, words="We could not find you.")

    assert "We could not find you." in Mail.objects.get().text
    assert JoinRequest.objects.get().state == "declined"
    assert not Partner.objects.exists()


@pytest.mark.parametrize("state", ["unconfirmed", "accepted", "declined"])
@pytest.mark.parametrize("decide", [join_requests.accept, join_requests.decline])
def test_only_what_waits_is_decided(cast, state, decide):
    request = make.join_request(state=state, words="Said.")

    with pytest.raises(ValidationError):
        decide(request, by=cast.editor, words="Words.")


@pytest.mark.parametrize("who", ["author", "writer", "moderator"])
@pytest.mark.parametrize("decide", [join_requests.accept, join_requests.decline])
def test_who_may_not_decide(cast, who, decide):
    with pytest.raises(PermissionDenied):
        decide(make.join_request(), by=getattr(cast, who), words="Words.")

    assert JoinRequest.objects.get().state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_make_one_page(cast):
    request = make.join_request()
    results = []

    def accept():
        try:
            results.append(join_requests.accept(request, by=cast.editor))
        except ValidationError:
            results.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result is None for result in results) == [False, True]
    assert Partner.objects.count() == 1


def test_what_nobody_confirmed_is_forgotten_after_two_weeks():
    old, waiting = make.join_request(state="unconfirmed"), make.join_request()
    new = make.join_request(state="unconfirmed")
    _, key = token_links.make(AccessToken.Purpose.JOIN, old, days=3)
    for request in (old, waiting):
        request.created_at = timezone.now() - datetime.timedelta(days=15)
        request.save()

    forget_unconfirmed(0)

    assert set(JoinRequest.objects.all()) == {waiting, new}
    assert not AccessToken.objects.filter(pk=key.pk).exists()


def test_who_asked_is_forgotten_a_year_after_the_answer_and_who_did_not_come_sooner(cast):
    partner, now = make.partner(), timezone.now()
    requests = [
        make.join_request(state="declined", words="No", decided_at=now - datetime.timedelta(days=days))
        for days in (364, 366)
    ]
    invited = [
        invitations.make(partner, email=f"{days}@example.org", role="manager", by=cast.editor) for days in (89, 91)
    ]
    for invitation, days in zip(invited, (89, 91), strict=True):
        invitation.key.expires_at = now - datetime.timedelta(days=days)
        invitation.key.save()

    forget_who_was_invited(0)

    assert list(JoinRequest.objects.all()) == requests[:1]
    assert list(partner.invitations.all()) == invited[:1]
    assert AccessToken.objects.count() == 1


def test_what_is_missing_is_named(client):
    page = client.post("/join/", {"shown_at": shown(), "website": "no site", "email": "no address"}).content.decode()

    for words in ("Write what your organisation is called.", "https://example.org.", "@example.org."):
        assert words in page
    assert "This field is required" not in page
    assert "Enter a valid" not in page

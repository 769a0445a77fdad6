"""Invitations, and what their page does with people it knows and does not know."""

import datetime
import re
import threading

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from partners.members import invitations
from partners.models import Invitation, Member
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return make.partner(name="Book Club", slug="book-club")


@pytest.fixture
def manager(partner):
    return make.member(partner).person


def key_in(mail):
    return re.search(r"/invitation/\?key=([\w-]+)", mail.text)[1]


def invite(partner, manager, email="new@example.org", role="contributor", **more):
    """The key that the mail holds."""
    invitations.invite(partner, email=email, role=role, by=manager, **more)
    return key_in(Mail.objects.get(to=email.lower(), subject__startswith="Speak for"))


def test_an_invitation_is_a_secret_mail_and_a_line_without_the_address(partner, manager):
    invitation = invitations.invite(partner, email="New@Example.org ", role="contributor", by=manager)

    mail = Mail.objects.get()
    line = AuditEvent.objects.get()
    assert (mail.to, mail.is_secret) == ("new@example.org", True)
    assert mail.useless_at == invitation.key.expires_at
    assert key_in(mail)
    assert line.action == "invited"
    assert "new@" not in f"{line.by_words}{line.old}{line.new}{line.note}{line.object_words}"
    assert line.by_words == f"{manager.name}, for Book Club"


def test_it_lasts_seven_days_and_no_longer(partner, manager):
    key = invite(partner, manager)
    row = AccessToken.objects.get()

    assert row.expires_at - timezone.now() > datetime.timedelta(days=6, hours=23)
    row.expires_at = timezone.now() - datetime.timedelta(seconds=1)
    row.save()
    assert invitations.find(key) is None
    assert not partner.invitations.open().exists()


def test_a_second_one_to_the_same_address_replaces_the_first(partner, manager):
    first = invite(partner, manager)
    Mail.objects.all().delete()

    second = invite(partner, manager, role="manager")

    assert invitations.find(first) is None
    assert invitations.find(second).role == "manager"
    assert partner.invitations.open().count() == 1


def test_a_member_is_told_and_whoever_invited_is_not(partner, manager):
    there = make.member(partner, role="contributor").person

    assert invitations.invite(partner, email=there.email.upper(), role="contributor", by=manager) is None

    assert Mail.objects.get().subject == "You speak for Book Club already"
    assert not Invitation.objects.exists()


def test_a_contributor_can_be_invited_to_manage(partner, manager):
    there = make.member(partner, role="contributor").person

    key = invite(partner, manager, email=there.email, role="manager")

    assert invitations.accept(key, there).role == "manager"
    assert Member.objects.filter(person=there).count() == 1


@pytest.mark.parametrize("who", ["contributor", "elsewhere", "editor", "left", "resident"])
def test_only_managers_invite(partner, manager, who, cast):
    people = {
        "contributor": lambda: make.member(partner, role="contributor").person,
        "elsewhere": lambda: make.member(make.partner()).person,
        "editor": lambda: cast.editor,
        "left": lambda: make.member(partner, ended_at=timezone.now()).person,
        "resident": lambda: cast.stranger,
    }

    with pytest.raises(PermissionDenied):
        invitations.invite(partner, email="new@example.org", role="contributor", by=people[who]())

    assert not Mail.objects.exists()


def test_the_council_invites_the_first_manager_and_others_may_not_say_they_are_the_council(partner, manager, cast):
    invitations.invite(partner, email="new@example.org", role="manager", by=cast.editor, from_council=True)

    assert Mail.objects.get().text.startswith("The council invites you")
    for person in (manager, cast.moderator, cast.writer):
        with pytest.raises(PermissionDenied):
            invitations.invite(partner, email="x@example.org", role="manager", by=person, from_council=True)


def test_whoever_is_limited_invites_only_where_they_were_given_it(partner):
    editor = make.staff("Editor", is_limited=True)

    with pytest.raises(PermissionDenied):
        invitations.invite(partner, email="new@example.org", role="manager", by=editor, from_council=True)
    partner.given_to.add(editor)

    assert invitations.invite(partner, email="new@example.org", role="manager", by=editor, from_council=True)


def test_a_partner_invites_twenty_a_day(partner, manager, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
    invite(partner, manager, "a@example.org")
    invite(partner, manager, "b@example.org")

    with pytest.raises(ValidationError, match="tomorrow"):
        invite(partner, manager, "c@example.org")


def test_nobody_is_invited_to_what_has_ended(partner, manager):
    key = invite(partner, manager)
    partner.ended = "2026"
    partner.save()

    assert invitations.find(key) is None
    with pytest.raises(ValidationError, match="ended"):
        invite(partner, manager, "b@example.org")


def test_accepting_makes_a_member_once_and_tells_the_managers(partner, manager):
    key = invite(partner, manager)
    person = make.confirmed(make.user(email="new@example.org", name="Nia New"))

    member = invitations.accept(key, person)

    assert (member.partner, member.role) == (partner, "contributor")
    assert Mail.objects.filter(to=manager.email, subject="Nia New speaks for Book Club now").count() == 1
    assert AuditEvent.objects.filter(action="joined", by=person).count() == 1
    with pytest.raises(token_links.Spent):
        invitations.accept(key, person)
    assert Member.objects.filter(person=person).count() == 1


@pytest.mark.parametrize("is_verified", [True, False])
def test_it_is_for_one_confirmed_address(partner, manager, is_verified):
    key = invite(partner, manager)
    other = make.user(email="other@example.org" if is_verified else "new@example.org")
    EmailAddress.objects.create(user=other, email=other.email, verified=is_verified, primary=True)

    with pytest.raises(ValidationError, match="another address"):
        invitations.accept(key, other)
    assert invitations.find(key)


@pytest.mark.parametrize("theirs", ["ınfo@kings.example", "info@kingſ.example"])
def test_an_address_that_only_looks_like_the_invited_one_is_another(client, partner, manager, theirs):
    key = invite(partner, manager, email="info@kings.example")
    stranger = make.confirmed(make.user(email=theirs))

    with pytest.raises(ValidationError, match="another address"):
        invitations.accept(key, stranger)
    response = client.post(f"/invitation/?key={key}", {"name": "Ina"})  # whoever was invited comes in as new

    assert response.headers["Location"] == "/desk/book-club/"
    assert partner.members.filter(person__email="info@kings.example").exists()


def test_one_taken_back_opens_nothing_and_is_taken_back_once(partner, manager):
    key = invite(partner, manager)
    invitation = Invitation.objects.get()

    invitations.revoke(invitation, by=manager)

    assert invitations.find(key) is None
    with pytest.raises(token_links.Spent):
        invitations.revoke(invitation, by=manager)
    assert AuditEvent.objects.filter(action="uninvited").count() == 1


def test_another_partners_manager_takes_nothing_back(partner, manager):
    invite(partner, manager)

    with pytest.raises(PermissionDenied):
        invitations.revoke(Invitation.objects.get(), by=make.member(make.partner()).person)


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_become_one_member(partner, manager):
    key = invite(partner, manager)
    person = make.confirmed(make.user(email="new@example.org"))
    results = []

    def accept():
        try:
            results.append(invitations.accept(key, person))
        except token_links.Spent:
            results.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result is None for result in results) == [False, True]
    assert Member.objects.filter(person=person).count() == 1


def test_the_page_makes_an_account_of_a_new_address_and_signs_it_in(client, partner, manager):
    key = invite(partner, manager)

    shown = client.get(f"/invitation/?key={key}")
    response = client.post(f"/invitation/?key={key}", {"name": "Nia New"})

    person = User.objects.get(email="new@example.org")
    assert "n…@example.org" in shown.content.decode()
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/book-club/")
    assert not person.has_usable_password()
    assert person.name == "Nia New"
    assert EmailAddress.objects.get(user=person).verified
    assert client.get("/desk/book-club/").status_code == 200


def test_looking_at_it_does_nothing(client, partner, manager):
    key = invite(partner, manager)

    response = client.get(f"/invitation/?key={key}")

    assert invitations.find(key)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_new_person_says_their_name(client, partner, manager):
    key = invite(partner, manager)

    response = client.post(f"/invitation/?key={key}", {"name": " \0"})

    assert response.status_code == 200
    assert invitations.find(key)


@pytest.mark.parametrize("name", ["Win at https://evil.example/now", "www.evil.example", "evil.com", "a@evil.example"])
def test_no_name_leads_anywhere(client, partner, manager, name):
    key = invite(partner, manager)

    response = client.post(f"/invitation/?key={key}", {"name": name})

    assert "without an address" in response.content.decode()
    assert invitations.find(key)


def test_a_new_manager_is_led_to_a_second_factor(client, partner, manager):
    key = invite(partner, manager, role="manager")
    client.post(f"/invitation/?key={key}", {"name": "Nia New"})

    response = client.get("/desk/book-club/")

    assert response.headers["Location"] == "/account/second-factor/"


def test_the_link_never_signs_in_somebody_who_has_an_account(client, partner, manager):
    key = invite(partner, manager)
    person = make.confirmed(make.user(email="new@example.org"))

    response = client.post(f"/invitation/?key={key}", {"name": "Mallory"})

    assert response.headers["Location"].startswith("/account/login/?next=/invitation/%3Fkey%3D")
    assert "_auth_user_id" not in client.session
    assert not Member.objects.filter(person=person).exists()
    client.force_login(person)
    assert client.post(f"/invitation/?key={key}", {"name": "Nia"}).headers["Location"] == "/desk/book-club/"


def test_somebody_else_is_told_to_sign_out_and_cannot_accept(browse, partner, manager):
    key = invite(partner, manager)
    client = browse("stranger")

    shown = client.get(f"/invitation/?key={key}")
    client.post(f"/invitation/?key={key}", {"name": "Stan"})

    assert "Sign out" in shown.content.decode()
    assert "new@example.org" not in shown.content.decode()
    assert invitations.find(key)


@pytest.mark.parametrize("key", ["", "nonsense", "%00", "a" * 5000])
@pytest.mark.parametrize("method", ["get", "post"])
def test_links_that_do_not_open_say_so_kindly(client, key, method):
    response = getattr(client, method)(f"/invitation/?key={key}")

    assert response.status_code == 404
    assert "does not open any more" in response.content.decode()


def test_the_page_of_an_invitation_wants_the_token_of_its_form(partner, manager):
    key = invite(partner, manager)
    client = Client(enforce_csrf_checks=True)

    assert client.post(f"/invitation/?key={key}", {"name": "Nia"}).status_code in (403, 405)
    assert invitations.find(key)

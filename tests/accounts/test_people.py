"""What an administrator does to somebody's account."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from tests import make
from tests.accounts.test_admin import address, as_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(browse):
    """The editor, signed in somewhere."""
    client = browse("editor")
    assert client.get("/admin/").status_code == 200
    return client


def is_out(client):
    response = client.get("/admin/")
    return response.status_code == 302 and response.url.startswith("/admin/login/")


def recorded():
    return [(line.action, str(line.by), line.object_words) for line in AuditEvent.objects.order_by("pk")]


def test_a_new_person_is_told_how_to_sign_in_and_gets_no_key(browse):
    browse("administrator").post("/admin/accounts/user/add/", {"email": "new@example.org", "name": "Nia New"})

    mail = Mail.objects.get()
    assert mail.to == "new@example.org"
    assert "http://testserver/account/login/code/" in mail.text
    assert "?key=" not in mail.text
    assert not EmailAddress.objects.get(email="new@example.org").verified


def test_a_new_address_is_to_be_confirmed_and_both_are_told(browse, cast, theirs):
    EmailAddress.objects.create(user=cast.editor, email=cast.editor.email, verified=True, primary=True)

    browse("administrator").post(address(cast.editor), as_form(cast.editor, email="Other@example.org"))

    found = EmailAddress.objects.get(user=cast.editor)
    assert (found.email, found.verified, found.primary) == ("other@example.org", False, True)
    assert {mail.to for mail in Mail.objects.all()} == {"editor@example.org", "other@example.org"}
    assert is_out(theirs)


def test_who_is_shut_out_is_out_at_once_and_stays_out(browse, cast, theirs):
    browse("administrator").post(address(cast.editor), as_form(cast.editor, is_active=None))

    assert is_out(theirs)
    User.objects.filter(pk=cast.editor.pk).update(is_active=True)
    assert is_out(theirs)


def test_somebody_is_signed_out_everywhere(browse, cast, theirs):
    other = Client()
    other.force_login(cast.colleague)

    browse("administrator").post(address(cast.editor, "sign-out"))

    assert is_out(theirs)
    assert other.get("/account/").status_code == 200
    assert recorded() == [("sessions", "Addy Administrator", "Edie Editor")]


def test_lost_factors_are_taken_away_and_their_owner_is_told(browse, cast, theirs):
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=cast.editor, type=kind, data={})
    Authenticator.objects.create(user=cast.colleague, type="totp", data={})

    browse("administrator").post(address(cast.editor, "second-factor"))

    assert list(Authenticator.objects.values_list("user", flat=True)) == [cast.colleague.pk]
    assert is_out(theirs)
    assert Mail.objects.get().to == "editor@example.org"
    assert recorded() == [("factor", "Addy Administrator", "Edie Editor")]


@pytest.mark.parametrize("view", ["sign-out", "second-factor"])
def test_looking_does_nothing(browse, cast, view):
    assert browse("administrator").get(address(cast.editor, view)).status_code == 403
    assert [action for action, _, _ in recorded()] == [AuditEvent.Action.ACCESS_REFUSED]


@pytest.mark.parametrize("view", ["change", "sign-out", "second-factor", "delete"])
def test_rights_are_given_only_by_who_has_just_shown_who_they_are(browse, cast, view):
    administrator = make.long_ago(browse("administrator"))

    response = administrator.post(address(cast.editor, view), as_form(cast.editor, name="Changed"))

    assert response.status_code == 302
    assert response.url.startswith("/account/")
    cast.editor.refresh_from_db()
    assert cast.editor.name == "Edie Editor"
    assert recorded() == []


def test_what_was_typed_is_saved_once_they_have(browse, cast):
    administrator = make.long_ago(browse("administrator"))
    waiting = administrator.post(address(cast.editor), as_form(cast.editor, name="Changed"))

    administrator.post(waiting.url, {"password": "correct horse battery"})

    cast.editor.refresh_from_db()
    assert cast.editor.name == "Changed"


def test_a_wrong_password_saves_nothing(browse, cast):
    administrator = make.long_ago(browse("administrator"))
    waiting = administrator.post(address(cast.editor), as_form(cast.editor, name="Changed"))

    administrator.post(waiting.url, {"password": "wrong"})

    cast.editor.refresh_from_db()
    assert cast.editor.name == "Edie Editor"

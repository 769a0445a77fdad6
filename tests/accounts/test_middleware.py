"""Nobody comes behind the counter who should not: a second factor, and sessions that end."""

import time
from contextlib import suppress

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import sessions
from accounts.models import User
from tests import make
from tests.accounts.authentication.test_encryption import SECRET, now
from tests.cms.media.test_renditions import kept

pytestmark = pytest.mark.django_db

SET_UP = "/account/second-factor/"


def signed_in(person, **session):
    """By password alone, as far as the session knows."""
    person.comes_without = True
    client = Client()
    client.force_login(person)
    return written(client, **session)


def written(client, **values):
    session = client.session
    session.update(values)
    session.save()
    return client


def admin_addresses():
    """Every address of the admin, with a key where it needs one."""
    for model_admin in admin.site._registry.values():
        for pattern in model_admin.get_urls():
            for arguments in ([], [1], [1, 1]):
                with suppress(NoReverseMatch):
                    yield reverse(f"admin:{pattern.name}", args=arguments)
    yield from ("/admin/", "/admin/autocomplete/", "/admin/nowhere/")


def test_staff_without_a_second_factor_are_stopped_everywhere_in_the_admin(cast):
    client = signed_in(cast.administrator)
    addresses = set(admin_addresses())

    answers = {address: client.get(address).headers.get("Location") for address in addresses}
    posted = {address: client.post(address).headers.get("Location") for address in addresses}

    assert len(addresses) > 60
    assert {address for address, where in answers.items() if where != SET_UP} == set()
    assert {address for address, where in posted.items() if where != SET_UP} == set()


def test_not_even_a_superuser_comes_in_without(db):
    assert signed_in(make.user(is_superuser=True, is_staff=True)).get("/admin/").url == SET_UP


def test_who_has_one_and_has_not_shown_it_signs_in_anew(cast):
    TOTP.activate(cast.editor, SECRET)
    client = signed_in(cast.editor)

    assert client.get("/admin/").url == "/account/login/?next=%2Fadmin%2F"
    assert "_auth_user_id" not in client.session


def test_recovery_codes_alone_are_no_second_factor(cast):
    Authenticator.objects.create(user=cast.editor, type="recovery_codes", data={})

    assert signed_in(cast.editor).get("/admin/").url == SET_UP


def test_who_is_no_staff_is_told_so_and_not_sent_round(browse):
    client = browse("stranger")

    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_the_way_in_of_the_admin_is_that_of_everybody(client):
    assert client.get("/admin/login/?next=/admin/programmes/").url == "/account/login/?next=%2Fadmin%2Fprogrammes%2F"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).url.startswith("/account/login/")


def test_a_sign_in_from_end_to_end_with_password_and_app(client, cast):
    make.confirmed(cast.editor)
    TOTP.activate(cast.editor, SECRET)

    right = {"login": cast.editor.email, "password": "correct horse battery"}
    asked = client.post("/account/login/?next=/admin/", right)
    assert asked.url.startswith("/account/second-factor/authenticate/")
    assert client.get("/admin/").status_code == 302

    done = client.post(asked.url, {"code": now()})

    assert done.url == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_the_door_here_and_ends_sessions_elsewhere(cast):
    make.confirmed(cast.editor)
    here, elsewhere = signed_in(cast.editor), signed_in(cast.editor)
    here.post("/account/reauthenticate/", {"password": "correct horse battery"})
    here.get("/account/second-factor/totp/activate/")

    here.post("/account/second-factor/totp/activate/", {"code": now(here.session["mfa.totp.secret"])})

    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").url.startswith("/admin/login/")


def test_a_manager_needs_one_at_the_desk_and_a_contributor_does_not(cast):
    partner = make.partner(status="published")
    partner.members.create(person=cast.author, role="manager")
    partner.members.create(person=cast.colleague, role="contributor")

    assert signed_in(cast.author).get("/desk/").url == SET_UP
    assert signed_in(cast.colleague).get(f"/desk/{partner.slug}/").status_code == 200


# How long a session lasts.


def ago(seconds):
    return int(time.time()) - seconds


def test_who_has_been_away_shows_who_they_are_and_what_they_typed_goes_on(browse, cast):
    theme = make.theme(title="Reading", status="draft")
    client = written(browse("editor"), seen_at=ago(3 * 60 * 60))
    form = {
        "title": "Writing", "short_title": "W", "slug": theme.slug, "kind": theme.kind, "summary": "S",
        "order": theme.order, "status": "draft", "body": "",
    }  # fmt: skip

    locked = client.post(f"/admin/city/theme/{theme.pk}/change/", form)
    client.post(locked.url, {"password": "correct horse battery"})

    theme.refresh_from_db()
    assert locked.url.startswith("/account/reauthenticate/")
    assert theme.title == "Writing"
    assert client.get("/admin/").status_code == 200


def test_a_locked_session_shows_nothing_before(browse):
    client = written(browse("editor"), seen_at=ago(3 * 60 * 60))

    for path in ("/admin/", "/desk/", "/account/", "/account/email/", "/account/sessions/"):
        assert client.get(path).status_code == 302


def test_a_script_in_an_open_form_keeps_nobody_signed_in_and_pushes_nothing_aside(browse):
    client = written(browse("editor"), seen_at=ago(3 * 60 * 60))
    client.post("/admin/city/theme/add/", {"title": "Typed"})

    answer = client.post("/admin/city/theme/", headers={"Sec-Fetch-Dest": "empty"})

    assert answer.status_code == 403
    assert "Typed" in str(client.session["account_reauthentication_state"])

    client = written(browse("editor"), seen_at=ago(100))
    client.get("/admin/", headers={"Sec-Fetch-Dest": "empty"})
    assert client.session["seen_at"] == pytest.approx(ago(100), abs=3)


@pytest.mark.parametrize("path", ["/admin/", "/desk/", "/account/"])
def test_after_a_working_day_staff_sign_in_anew(browse, path):
    client = written(browse("editor"), signed_in_at=ago(12 * 60 * 60 + 5))

    assert client.get(path).url.startswith("/account/login/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("session", "is_in"),
    [
        ({"signed_in_at": 13 * 60 * 60, "seen_at": 13 * 60 * 60}, True),
        ({"signed_in_at": 29 * 86400, "seen_at": 86400}, True),
        ({"signed_in_at": 29 * 86400, "seen_at": 15 * 86400}, False),
        ({"signed_in_at": 31 * 86400, "seen_at": 60}, False),
    ],
)
def test_residents_stay_signed_in_longer(browse, session, is_in):
    client = written(browse("stranger"), **{name: ago(seconds) for name, seconds in session.items()})

    assert (client.get("/account/").status_code == 200) is is_in


def test_that_somebody_is_there_is_written_down_once_a_minute(browse, django_assert_num_queries):
    client = browse("stranger")
    client.get("/account/")

    with django_assert_num_queries(2):  # the session, the person
        client.get("/account/password/set/")  # leads on: they have one
    written(client, seen_at=ago(61))
    client.get("/account/")
    assert client.session["seen_at"] == pytest.approx(ago(0), abs=3)


def test_public_pages_never_ask(client, cast, django_assert_num_queries):
    client.force_login(cast.stranger)
    make.programme()
    anonymous = Client()

    for path in ("/programmes/", "/partners/"):
        assert client.get(path).content == anonymous.get(path).content
        assert "Vary" not in client.get(path).headers or "Cookie" not in client.get(path).headers["Vary"]


def test_a_lock_is_no_way_around_the_second_factor(cast):
    client = signed_in(cast.administrator, seen_at=ago(3 * 60 * 60))
    form = {"email": "new@example.org", "name": "Nia"}

    assert client.post("/admin/accounts/user/add/", form).url == SET_UP
    client.post("/account/reauthenticate/?next=/admin/accounts/user/add/", {"password": "correct horse battery"})

    assert "account_reauthentication_state" not in client.session
    assert not User.objects.filter(email="new@example.org").exists()


def test_what_waits_is_dropped_when_the_rights_have_changed_meanwhile(cast):
    """They had none that ask for a second factor when they sent it, and do when they show who they are."""
    partner = make.partner(status="published")
    member = partner.members.create(person=cast.colleague, role="contributor")
    client = signed_in(cast.colleague, seen_at=ago(3 * 60 * 60))
    asked = client.post(f"/desk/{partner.slug}/members/invite/", {"email": "x@example.org", "role": "manager"})
    member.role = "manager"
    member.save()

    client.post(asked.url, {"password": "correct horse battery"})

    assert not partner.invitations.exists()


def test_what_waits_is_kept_without_passwords_and_cookies(browse):
    client = written(browse("stranger"), seen_at=ago(15 * 24 * 60 * 60))

    client.post("/account/password/change/", {"oldpassword": "first secret", "password1": "second secret", "x": "kept"})

    waiting = str(client.session["account_reauthentication_state"])
    assert "kept" in waiting
    assert "secret" not in waiting
    assert client.cookies["session"].value not in waiting


def test_a_picture_nobody_may_see_yet_asks_for_the_second_factor(cast, browse):
    picture = kept((40, 30))
    address = f"/pictures/{picture.key}/1/preview.jpg"

    shown = browse("editor").get(address)
    assert shown.getvalue()

    assert shown.status_code == 200
    assert signed_in(cast.editor).get(address).status_code == 404


# Sessions end everywhere at once.


def test_all_sessions_end_but_the_one_that_asked(cast, rf):
    clients = [signed_in(cast.stranger) for _ in range(3)]

    sessions.end_all(cast.stranger)

    assert [client.get("/account/").status_code for client in clients] == [302, 302, 302]


def test_a_new_password_ends_the_sessions_elsewhere_and_not_here(cast):
    here, elsewhere = signed_in(cast.stranger), signed_in(cast.stranger)
    new = "a whole new phrase of words"

    here.post("/account/password/change/", {"oldpassword": "correct horse battery", "password1": new, "password2": new})

    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302

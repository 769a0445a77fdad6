"""What django-allauth does, as we have it done."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from cms.outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.org", "unknown@example.org"


@pytest.fixture
def known(db):
    return make.confirmed(make.user(email=KNOWN))


def code():
    """Of the newest mail, as its reader finds it: on a line of its own."""
    return re.search(r"^([A-Z0-9-]{6,12})$", Mail.objects.latest("pk").text, re.MULTILINE).group(1)


def answered(path, email, **more):
    """Where the answer leads, what it says there, and how often mail was written; without the address itself."""
    client = Client()
    name = "login" if path == "/account/login/" else "email"
    before = Mail.objects.count()
    response = client.post(path, {name: email} | more)
    page = response if response.status_code == 200 else client.get(response.url)
    words = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(email, "ADDRESS")
    return response.status_code, response.headers.get("Location"), words, Mail.objects.count() - before


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/account/login/", {"password": "wrong"}),
        ("/account/login/code/", {}),
        ("/account/password/reset/", {}),
        ("/account/signup/", {}),
    ],
)
def test_nobody_learns_who_has_an_account(known, path, more):
    assert answered(path, KNOWN, **more) == answered(path, UNKNOWN, **more)


@pytest.mark.parametrize("path", ["/account/login/code/", "/account/password/reset/", "/account/signup/"])
@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}])
def test_nor_whether_it_is_closed_or_has_a_password(known, path, change):
    for name, value in change.items():
        setattr(known, name, value)
    known.save()

    assert answered(path, KNOWN) == answered(path, UNKNOWN)


@pytest.mark.parametrize("path", ["/account/login/code/confirm/", "/account/password/reset/confirm/"])
def test_a_wrong_code_is_answered_the_same(known, path):
    pages = []
    for email in (KNOWN, UNKNOWN):
        client = Client()
        client.post(path.replace("confirm/", ""), {"email": email})
        said = client.post(path, {"code": "WRNG-WRNG"}).content.decode()
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", said).replace(email, "ADDRESS"))

    assert pages[0] == pages[1]
    assert "This code is not right" in pages[0]


def test_signing_in_with_a_code(known, client):
    client.post("/account/login/code/", {"email": KNOWN.upper()})

    response = client.post("/account/login/code/confirm/", {"code": code()})

    assert response.url == "/account/"
    assert client.session["_auth_user_id"] == str(known.pk)


def test_a_mail_with_a_code_is_secret_and_ends_with_it(known, client):
    client.post("/account/login/code/", {"email": KNOWN})

    mail = Mail.objects.get()
    assert mail.is_secret
    assert mail.useless_at
    assert code() not in mail.subject


@pytest.mark.parametrize("times", [5])
def test_codes_cannot_be_guessed(known, client, times):
    client.post("/account/login/code/", {"email": KNOWN})
    right = code()
    for _ in range(times):
        client.post("/account/login/code/confirm/", {"code": "WRNG-WRNG"})

    client.post("/account/login/code/confirm/", {"code": right})

    assert "_auth_user_id" not in client.session


def test_not_more_than_a_few_codes_are_mailed(known):
    for _ in range(8):
        response = Client().post("/account/login/code/", {"email": KNOWN})

    assert Mail.objects.count() == 5
    assert "tried too often" in response.content.decode()


def test_a_new_account_is_one_of_a_confirmed_address_without_a_password(client):
    client.post("/account/signup/", {"email": "New@Example.org", "password1": "a password of somebody else"})
    person = User.objects.get(email="new@example.org")

    assert not person.has_usable_password()
    assert not EmailAddress.objects.get(user=person).verified
    client.post("/account/confirm-email/", {"code": code()})
    assert EmailAddress.objects.get(user=person).verified
    assert client.session["_auth_user_id"] == str(person.pk)


def test_an_account_that_was_never_confirmed_is_not_stuck(client):
    Client().post("/account/signup/", {"email": "new@example.org"})

    client.post("/account/login/code/", {"email": "new@example.org"})
    client.post("/account/login/code/confirm/", {"code": code()})

    assert "_auth_user_id" in client.session
    assert EmailAddress.objects.get().verified


def test_a_forgotten_password_is_set_anew_and_ends_sessions(known, client):
    elsewhere = Client()
    elsewhere.force_login(known)
    client.post("/account/password/reset/", {"email": KNOWN})
    asked = client.post("/account/password/reset/confirm/", {"code": code()})
    new = "a whole new phrase of words"

    client.post(asked.url, {"password1": new, "password2": new})

    known.refresh_from_db()
    assert known.check_password(new)
    assert elsewhere.get("/account/").status_code == 302
    assert Mail.objects.latest("pk").to == KNOWN


def test_an_address_is_changed_only_once_the_new_one_is_confirmed(known, client):
    client.force_login(known)
    elsewhere = Client()
    elsewhere.force_login(known)

    client.post("/account/email/", {"action_add": "1", "email": "new@example.org"})
    known.refresh_from_db()
    assert known.email == KNOWN
    client.post("/account/confirm-email/", {"code": code()})

    known.refresh_from_db()
    assert known.email == "new@example.org"
    assert elsewhere.get("/account/").status_code == 302
    assert KNOWN in {mail.to for mail in Mail.objects.all()}  # the old address is told


@pytest.mark.parametrize("path", ["email/", "second-factor/totp/activate/", "second-factor/webauthn/add/"])
def test_address_and_factors_are_changed_only_by_who_has_just_shown_who_they_are(known, path):
    known.comes_without = True
    client = Client()
    client.force_login(known)

    answer = client.post(f"/account/{path}", {"action_add": "1", "email": "new@example.org"})

    assert answer.url.startswith("/account/reauthenticate/")
    assert not Mail.objects.exists()


def test_who_has_no_password_shows_who_they_are_by_a_code(known):
    known.set_unusable_password()
    known.save()
    known.comes_without = True
    client = Client()
    client.force_login(known)

    asked = client.post("/account/email/", {"action_add": "1", "email": "new@example.org"})
    assert asked.url == "/account/confirm/?next=%2Faccount%2Femail%2F"
    client.post(asked.url, {"action": "send"})
    assert Mail.objects.get().to == KNOWN
    client.post(asked.url, {"code": code()})

    assert Mail.objects.latest("pk").to == "new@example.org"  # what was asked for before goes on


def test_no_log_names_anybody(known, client, caplog):
    caplog.set_level("DEBUG")
    for path in ("/account/login/code/", "/account/password/reset/", "/account/signup/"):
        client.post(path, {"email": KNOWN})
    client.post("/account/login/", {"login": KNOWN, "password": "wrong"})

    told = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert KNOWN not in "\n".join(told)

"""Every page of accounts is ours, and every mail, whoever asks and whatever they have set up."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account import urls as account_urls
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa import urls as mfa_urls
from django.template.loader import render_to_string
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from cms.outbox.models import Mail
from tests import make
from tests.accounts.authentication.test_encryption import now

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
CODE = re.compile(r"^[A-Z]{4}-[A-Z]{4}$", re.MULTILINE)


def code_for(address):
    """From the newest mail to this address."""
    mail = Mail.objects.filter(to=address).latest("pk")
    return CODE.search(mail.text)[0]


def nobody():
    return Client()


def resident(**fields):
    person = make.confirmed(make.user(name="Rita Resident"))
    client = Client()
    client.force_login(person)
    client.person = person
    return client


def without_password():
    client = resident()
    client.person.set_unusable_password()
    client.person.save()
    client.force_login(client.person)
    return client


def with_neither():
    """Neither password nor factor, and has shown nothing lately."""
    person = make.confirmed(make.user())
    person.set_unusable_password()
    person.save()
    person.comes_without = True
    client = Client()
    client.force_login(person)
    client.person = person
    return client


def with_factors():
    client = resident()
    make.app_factor(client.person)
    client.passkey = make.passkey(client.person)
    return client


def with_passkey_only():
    client = resident()
    client.passkey = make.passkey(client.person)
    return client


def asked_for_code():
    client = resident()
    fresh = Client()
    fresh.post(reverse("account_request_login_code"), {"email": client.person.email})
    return fresh


def signing_up():
    client = Client()
    client.post(reverse("account_signup"), {"email": "new@example.org"})
    return client


def changing_address():
    client = resident()
    client.post(reverse("account_email"), {"action_add": "1", "email": "other@example.org"})
    return client


def resetting():
    person = make.confirmed(make.user())
    client = Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    client.person = person
    return client


def reset_confirmed():
    client = resetting()
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_for(client.person.email)})
    return client


def at_second_step():
    client = with_factors()
    fresh = Client()
    fresh.post(reverse("account_login"), {"login": client.person.email, "password": PASSWORD})
    return fresh


PAGES = [
    ("account_login", nobody, "Sign in"),
    ("account_signup", nobody, "Make an account"),
    ("account_request_login_code", nobody, "Sign in with a code"),
    ("account_confirm_login_code", asked_for_code, "Look in your mail"),
    ("account_email_verification_sent", signing_up, "Look in your mail"),
    ("account_email_verification_sent", changing_address, "Look in your mail"),
    ("account_reset_password", nobody, "Forgot your password?"),
    ("account_confirm_password_reset_code", resetting, "Look in your mail"),
    ("account_complete_password_reset", reset_confirmed, "Choose a new password"),
    ("account_password_reset_completed", nobody, "You have a new password"),
    ("account_inactive", nobody, "This account is closed"),
    ("account_logout", resident, "Sign out?"),
    ("account_email", resident, "Your e-mail address"),
    ("account_email", changing_address, "Your e-mail address"),
    ("account_change_password", resident, "Change your password"),
    ("account_set_password", without_password, "Set a password"),
    ("account_reauthenticate", resident, "Is it you?"),
    ("account_reauthenticate", with_factors, "Is it you?"),
    ("mfa_index", resident, "How you prove it is you"),
    ("mfa_index", with_factors, "How you prove it is you"),
    ("mfa_index", with_passkey_only, "How you prove it is you"),
    ("mfa_authenticate", at_second_step, "One more step"),
    ("mfa_reauthenticate", with_factors, "Is it you?"),
    ("mfa_activate_totp", resident, "Set up an app"),
    ("mfa_deactivate_totp", with_factors, "Remove the app?"),
    ("mfa_view_recovery_codes", with_factors, "Your recovery codes"),
    ("mfa_generate_recovery_codes", with_factors, "Make recovery codes"),
    ("mfa_list_webauthn", resident, "Your passkeys"),
    ("mfa_list_webauthn", with_factors, "Your passkeys"),
    ("mfa_add_webauthn", resident, "Add a passkey"),
    ("mfa_edit_webauthn", with_factors, "Rename a passkey"),
    ("mfa_remove_webauthn", with_factors, "Remove a passkey?"),
    ("mfa_reauthenticate_webauthn", with_factors, "Is it you?"),
    ("accounts:home", resident, "Your account"),
    ("accounts:home", without_password, "Your account"),
    ("accounts:home", with_factors, "Your account"),
    ("accounts:name", resident, "Your name"),
    ("accounts:sessions", resident, "Where you are signed in"),
    ("accounts:data", resident, "Your data"),
    ("accounts:leave", resident, "Delete your account"),
    ("accounts:confirm", with_neither, "Is it you?"),
]
# One answers a script, one is a file, which is refused once the codes were seen.
NO_PAGES = {"mfa_login_webauthn", "mfa_download_recovery_codes"}


@pytest.mark.parametrize(("name", "who", "heading"), PAGES, ids=[f"{name} {who.__name__}" for name, who, _ in PAGES])
def test_every_page_is_in_our_look(name, who, heading):
    client = who()
    keys = [client.passkey.pk] if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else []

    response = client.get(reverse(name, args=keys))
    page = response.content.decode()

    assert response.status_code == 200
    assert f"<h1>{heading}</h1>" in page
    assert "css/desk.css" in page
    assert 'class="brand"' in page
    assert response.headers["Cache-Control"] == "no-store"
    assert not re.search(
        r"two-factor|authenticator code|security key|<script(?![^>]* (src|type=\"application/json))", page
    )


def names_of(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names_of(pattern.url_patterns)
        else:
            yield pattern.name


def test_no_page_of_the_package_is_forgotten():
    theirs = set(names_of(account_urls.urlpatterns)) | set(names_of(mfa_urls.urlpatterns))

    assert theirs - {name for name, _, _ in PAGES} == NO_PAGES


def test_every_own_page_is_in_the_table():
    own = {key for key in get_resolver().namespace_dict["accounts"][1].reverse_dict if isinstance(key, str)}
    acts = {"end_session", "end_sessions", "first"}  # only posted, or opened in tests/derbycity/test_commands.py

    assert own - acts == {name.partition(":")[2] for name, _, _ in PAGES if name.startswith("accounts:")}


def test_the_last_two_pages_are_ours_too(rf):
    request = rf.get("/account/signup/")

    for template in ("account/signup_closed.html", "429.html"):
        assert "css/desk.css" in render_to_string(template, {"messages": []}, request)


def test_a_mistake_is_said_above_the_form_and_beside_the_field(client):
    page = client.post(reverse("account_login"), {"login": "nobody@", "password": ""}).content.decode()

    assert "<title>Error: Sign in" in page
    assert "There is a problem" in page
    assert page.count("Write the address like this: name@example.org.") == 2
    assert 'value="nobody@"' in page


def test_the_other_button_of_the_sign_in_page_mails_a_code(client):
    person = make.confirmed(make.user())

    response = client.post(reverse("account_request_login_code"), {"login": person.email, "password": ""})

    assert response.url == reverse("account_confirm_login_code")
    assert code_for(person.email)


def test_where_somebody_was_going_is_not_lost_on_the_way(client):
    person = make.confirmed(make.user())
    page = client.get(reverse("account_login"), {"next": "/account/data/"}).content.decode()
    assert 'name="next" value="/account/data/"' in page

    asked = client.post(reverse("account_request_login_code"), {"login": person.email, "next": "/account/data/"})
    response = client.post(asked.url, {"code": code_for(person.email), "next": "/account/data/"})

    assert response.url == "/account/data/"


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
)
def test_null_bytes_are_a_mistake_and_no_fault(client, name):
    response = client.post(reverse(name), {"login": "a\0@b.org", "email": "a\0@b.org", "password": "\0"})

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()


def test_fields_tell_password_managers_and_phones_what_they_are(client):
    page = client.get(reverse("account_login")).content.decode()
    step = at_second_step().get(reverse("mfa_authenticate")).content.decode()

    assert 'autocomplete="username webauthn"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page
    assert 'autocomplete="one-time-code"' in step
    assert 'inputmode="numeric"' in step


def test_recovery_codes_are_shown_once_and_can_be_kept_as_text():
    client = with_factors()

    first = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    second = client.get(reverse("mfa_view_recovery_codes")).content.decode()

    assert len(re.findall(r"<li><code>\d{8}</code></li>", first)) == 10
    code = re.search(r"<code>(\d{8})</code>", first)[1]
    assert f"%0A{code}" in re.search(r'href="data:text/plain;charset=utf-8,([^"]*)"', first)[1]
    assert code not in second
    assert "10 of 10 are left" in second


def test_whoever_has_no_app_is_asked_for_a_recovery_code():
    client = with_passkey_only()
    fresh = Client()
    fresh.post(reverse("account_login"), {"login": client.person.email, "password": PASSWORD})

    no_app = fresh.get(reverse("mfa_authenticate")).content.decode()

    assert "One of your recovery codes" in no_app
    assert "your app" not in no_app


def test_the_secret_of_an_app_can_be_typed_by_hand():
    page = resident().get(reverse("mfa_activate_totp")).content.decode()

    assert re.search(r'<code class="secret">([A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>', page)
    assert re.search(r'<svg role="img" aria-label="QR code"', page)
    assert "<?xml" not in page


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in():
    client = resident()
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    response = client.post(reverse("mfa_activate_totp"), {"code": now(secret)}, follow=True)

    assert response.redirect_chain[0][0] == reverse("mfa_view_recovery_codes")
    fresh = Client()
    asked = fresh.post(reverse("account_login"), {"login": client.person.email, "password": PASSWORD})
    assert asked.url == reverse("mfa_authenticate")
    assert fresh.get(reverse("accounts:home")).status_code == 302


# mails

MAILS = {
    "account/email/login_code": {"code": "BCDF-GHJK"},
    "account/email/password_reset_code": {"code": "BCDF-GHJK"},
    "account/email/email_confirmation": {"code": "BCDF-GHJK", "user": None},
    "account/email/email_confirmation_signup": {"code": "BCDF-GHJK", "user": None},
    "account/email/unknown_account": {"signup_url": "http://elsewhere.example/"},
    "account/email/account_already_exists": {"signup_url": "x", "password_reset_url": "http://elsewhere.example/"},
    "account/email/password_changed": {},
    "account/email/password_reset": {},
    "account/email/password_set": {},
    "account/email/email_changed": {"from_email": "old@example.org", "to_email": "new@example.org"},
    "account/email/email_deleted": {"deleted_email": "old@example.org"},
    "mfa/email/totp_activated": {},
    "mfa/email/totp_deactivated": {},
    "mfa/email/webauthn_added": {},
    "mfa/email/webauthn_removed": {},
    "mfa/email/recovery_codes_generated": {},
}


@pytest.mark.parametrize("prefix", MAILS)
def test_every_mail_is_in_our_words_in_both_parts(prefix, rf):
    request = rf.get("/", HTTP_USER_AGENT="Mozilla/9.9")
    always = {"timestamp": timezone.now(), "ip": "192.0.2.7", "user_agent": "Mozilla/9.9", "request": request}

    with context.request_context(request):
        get_adapter().send_mail(prefix, "o'neill@example.org", always | MAILS[prefix])

    mail = Mail.objects.get()
    assert mail.subject
    assert mail.text.startswith("Hello,\n\n")
    assert "Derby, a learning city" in mail.text
    for part in (mail.text, mail.html):
        assert "192.0.2.7" not in part
        assert "Mozilla" not in part
        assert "elsewhere.example" not in part
    assert "&#x27;" not in mail.text
    assert mail.html.count("<p") >= mail.text.count("\n\n") + 1
    if "code" in MAILS[prefix]:
        assert "\n\nBCDF-GHJK\n\n" in mail.text
        assert "<p>BCDF-GHJK</p>" in mail.html
        assert mail.is_secret
    assert re.search("If (it was not you|you did not ask for it)", mail.text)


def test_no_mail_or_message_of_the_package_is_forgotten():
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path(__file__).parents[2] / "templates"
    never = re.compile("phone|password_reset_key|email_confirm_(subject|message)|base_(message|notification)")
    names = {
        path.relative_to(theirs)
        for app in ("account", "mfa")
        for path in (theirs / app).rglob("*.txt")
        if not never.search(path.name)
    }

    assert [name for name in sorted(names) if not (ours / name).exists()] == []


def test_every_message_is_one_plain_sentence_or_two():
    found = list((Path(__file__).parents[2] / "templates").glob("*/messages/*.txt"))

    assert len(found) >= 15
    for path in found:
        assert "{" not in path.read_text()
        assert path.read_text().count("\n") <= 1


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password", "account_signup"])
def test_known_and_unknown_addresses_are_answered_alike(name):
    person = make.confirmed(make.user())
    answers = []
    for address in (person.email, "unknown@example.org"):
        client = Client()
        response = client.post(reverse(name), {"email": address}, follow=True)
        page = response.content.decode().replace(address, "")
        answers.append((response.redirect_chain, re.sub(r'value="[^"]*"', "", page)))

    assert answers[0] == answers[1]
    assert "Look in your mail" in answers[0][1]
    assert Mail.objects.filter(to=person.email).count() == Mail.objects.filter(to="unknown@example.org").count() == 1

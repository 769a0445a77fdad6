"""A person's own pages: what they show, what they do, and to whom they refuse it."""

import datetime
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authentication import confirm_views
from accounts.models import User
from accounts.my_account import devices
from cms.outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OWN = ["home", "name", "sessions", "data", "leave", "confirm"]


@pytest.fixture
def person():
    return make.confirmed(make.user(name="Rita Resident"))


def signed_in(person, **headers):
    """As the page to sign in does it."""
    client = Client(**headers)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return client


def bare(**fields):
    """Somebody without a password or a factor, who has shown nothing lately."""
    person = make.confirmed(make.user(**fields))
    person.set_unusable_password()
    person.save()
    person.comes_without = True
    client = Client()
    client.force_login(person)
    return person, client


@pytest.mark.parametrize("name", OWN)
def test_own_pages_are_for_whoever_is_signed_in(client, name):
    response = client.get(reverse(f"accounts:{name}"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["end_sessions", "end_session"])
def test_ending_is_never_done_by_a_link(person, name):
    client = signed_in(person)
    keys = [UserSession.objects.get().pk] if name == "end_session" else []

    assert client.get(reverse(f"accounts:{name}", args=keys)).status_code == 405
    assert UserSession.objects.count() == 1


def test_a_new_account_is_of_a_confirmed_address_and_signed_in(client):
    client.post(reverse("account_signup"), {"email": "new@example.org"})
    code = re.search(r"^[A-Z]{4}-[A-Z]{4}$", Mail.objects.get().text, re.MULTILINE)[0]

    page = client.post(reverse("account_email_verification_sent"), {"code": code}, follow=True).content.decode()

    assert "You are signed in as new@example.org" in page
    assert not User.objects.get(email="new@example.org").has_usable_password()


# home


def test_home_names_the_desks_of_those_who_have_one(person):
    ours, former = make.partner(name="Our charity"), make.partner(name="Former charity")
    make.member(ours, role="contributor", person=person)
    make.member(former, person=person, ended_at=timezone.now())

    page = signed_in(person).get(reverse("accounts:home")).content.decode()

    assert "Our charity" in page
    assert "Former charity" not in page
    assert "The council’s desk" not in page  # the door in the footer is for everybody


def test_home_leads_staff_to_the_admin_and_tells_who_needs_a_factor(browse, cast):
    page = browse("editor").get(reverse("accounts:home")).content.decode()

    assert "The council’s desk" in page
    assert "Your work needs a second factor" in page


def test_home_asks_the_same_however_many_desks(person, django_assert_max_num_queries):
    for _ in range(12):
        make.member(make.partner(), person=person)
    client = Client()
    client.force_login(person)

    with django_assert_max_num_queries(9):
        client.get(reverse("accounts:home"))


def test_a_name_is_ones_own_to_choose(person):
    client = signed_in(person)

    assert client.post(reverse("accounts:name"), {"name": "Rita R."}).url == reverse("accounts:home")
    too_long = client.post(reverse("accounts:name"), {"name": "R" * 151})

    assert "Error: Your name" in too_long.content.decode()
    assert User.objects.get(pk=person.pk).name == "Rita R."


@pytest.mark.parametrize("name", ["Win at https://evil.example/now", "www.evil.example", "evil.com", "a@evil.example"])
def test_a_name_leads_nowhere(person, name):
    page = signed_in(person).post(reverse("accounts:name"), {"name": name}).content.decode()

    assert "without an address" in page
    assert User.objects.get(pk=person.pk).name == person.name


# sessions

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130 Safari/537.36 Edg/130"
)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Android"),
        (EDGE, "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit Chrome/130 Safari/537.36", "Chrome on Linux"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_words(user_agent, words):
    assert devices.named(user_agent) == words


def test_sessions_are_listed_with_this_one_first(person):
    signed_in(person, headers={"user-agent": FIREFOX})
    here = signed_in(person, headers={"user-agent": EDGE})

    page = here.get(reverse("accounts:sessions")).content.decode()

    assert page.index("Edge on Windows") < page.index("This is where you are now") < page.index("Firefox on Android")


def test_one_session_is_ended_from_another(person):
    there = signed_in(person)
    key = UserSession.objects.get().pk
    here = signed_in(person)

    here.post(reverse("accounts:end_session", args=[key]))

    assert there.get(reverse("accounts:home")).status_code == 302
    assert here.get(reverse("accounts:home")).status_code == 200


def test_ending_this_session_signs_out(person):
    client = signed_in(person)

    assert client.post(reverse("accounts:end_session", args=[UserSession.objects.get().pk])).url == reverse("home")
    assert client.get(reverse("accounts:home")).status_code == 302


def test_all_other_sessions_end_at_once(person):
    others = [signed_in(person), signed_in(person)]
    here = signed_in(person)

    here.post(reverse("accounts:end_sessions"))

    assert [other.get(reverse("accounts:home")).status_code for other in others] == [302, 302]
    assert here.get(reverse("accounts:home")).status_code == 200
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize("key", [None, 0, 10**30])
def test_a_session_of_somebody_else_is_not_found(person, key):
    other = signed_in(make.confirmed(make.user()))
    key = UserSession.objects.get().pk if key is None else key

    assert signed_in(person).post(reverse("accounts:end_session", args=[key])).status_code == 404
    assert other.get(reverse("accounts:home")).status_code == 200


# second factors


def test_the_last_passkey_stays_while_the_work_needs_one():
    editor = make.confirmed(make.staff("Editor"))
    passkey = make.passkey(editor)
    client = Client()
    client.force_login(editor)
    address = reverse("mfa_remove_webauthn", args=[passkey.pk])

    for response in (client.get(address, follow=True), client.post(address, follow=True)):
        assert "Your work here needs a second factor" in response.content.decode()
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


@pytest.mark.parametrize("has", ["another", "an app", "no need"])
def test_a_passkey_goes_where_that_is_right(has):
    person = make.confirmed(make.user() if has == "no need" else make.staff("Editor"))
    passkey = make.passkey(person)
    {"another": lambda: make.passkey(person), "an app": lambda: make.app_factor(person), "no need": int}[has]()
    client = Client()
    client.force_login(person)

    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))

    assert not Authenticator.objects.filter(pk=passkey.pk).exists()


@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_a_passkey_of_somebody_else_is_not_found(person, name):
    passkey = make.passkey(make.user())
    client = Client()
    client.force_login(person)

    assert client.post(reverse(name, args=[passkey.pk]), {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get(pk=passkey.pk).wrap().name == "My phone"


def test_the_last_app_stays_while_the_work_needs_one():
    editor = make.confirmed(make.staff("Editor"))
    make.app_factor(editor)
    client = Client()
    client.force_login(editor)

    page = client.post(reverse("mfa_deactivate_totp")).content.decode()

    assert "Your work here needs a second factor" in page
    assert Authenticator.objects.filter(user=editor, type="totp").exists()


# a code by mail, for those who have nothing else to show


def code_of(person):
    return re.search(r"^\d{6}$", Mail.objects.filter(to=person.email).latest("pk").text, re.MULTILINE)[0]


def confirm(client, **data):
    return client.post(reverse("accounts:confirm"), {"next": "/account/leave/"} | data)


def test_somebody_without_anything_else_shows_who_they_are_by_mail():
    person, client = bare()
    asked = client.get(reverse("accounts:leave"))
    assert asked.url.startswith(reverse("accounts:confirm"))

    sent = confirm(client, action="send")
    page = client.get(sent.url).content.decode()
    response = confirm(client, code=f"{code_of(person)[:3]} {code_of(person)[3:]}")

    assert 'name="next" value="/account/leave/"' in page
    assert response.url == "/account/leave/"
    assert client.get("/account/leave/").status_code == 200
    mail = Mail.objects.get()
    assert mail.is_secret
    assert mail.useless_at > timezone.now()


def test_what_was_asked_for_goes_on_after_the_code():
    person, client = bare()
    client.post(reverse("accounts:data"))
    confirm(client, action="send", next="/account/data/")

    response = confirm(client, code=code_of(person), next="/account/data/")

    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'


def test_a_code_is_right_once_and_only_in_its_own_session():
    person, client = bare()
    confirm(client, action="send")
    code = code_of(person)
    elsewhere = Client()
    elsewhere.force_login(person)

    assert confirm(elsewhere, code=code).status_code == 200
    assert confirm(client, code=code).status_code == 302
    assert "not right" in confirm(client, code=code).content.decode()


def test_a_code_is_tried_five_times():
    person, client = bare()
    confirm(client, action="send")
    wrong = f"{(int(code_of(person)) + 1) % 1_000_000:06}"

    for _ in range(confirm_views.TRIES):
        assert confirm(client, code=wrong).status_code == 200

    assert "not right, or it has ended" in confirm(client, code=code_of(person)).content.decode()


def test_a_code_ends(time_machine):
    person, client = bare()
    confirm(client, action="send")
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=15, seconds=1))

    assert "not right, or it has ended" in confirm(client, code=code_of(person)).content.decode()


def test_codes_are_not_mailed_without_end():
    person, client = bare()

    for _ in range(confirm_views.SENDS + 3):
        confirm(client, action="send")

    assert Mail.objects.filter(to=person.email).count() == confirm_views.SENDS


@pytest.mark.parametrize("code", ["", "\0", "１２３４５６", "a" * 41, "' OR 1=1"])
def test_nonsense_is_no_code(code):
    _, client = bare()
    confirm(client, action="send")

    assert confirm(client, code=code).status_code == 200


def test_whoever_has_a_password_shows_that_instead(person):
    response = signed_in(person).get(reverse("accounts:confirm"), {"next": "/account/data/"})

    assert response.url.startswith(reverse("account_reauthenticate"))


def test_nobody_is_sent_elsewhere_by_a_link(person):
    other, client = bare()
    confirm(client, action="send", next="https://evil.example/")

    response = confirm(client, code=code_of(other), next="https://evil.example/")

    assert response.url == reverse("accounts:home")

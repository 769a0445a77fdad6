"""Failed passwords, through the real sign-in page."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import signing
from django.test import Client

from accounts.authentication import throttle
from cms.outbox.models import Mail
from tests import make
from tests.accounts.authentication.test_encryption import SECRET, now

pytestmark = pytest.mark.django_db

SCHOOL, ELSEWHERE = "203.0.113.7", "198.51.100.9"
TOO_OFTEN = "That was tried too often"
WRONG = "The address or the password is not right"


def answer(email, password="wrong", network=SCHOOL, client=None, **headers):
    """What the page says, or “in”."""
    client = client or Client(REMOTE_ADDR=network)
    response = client.post("/account/login/", {"login": email, "password": password}, **headers)
    if response.status_code == 302:
        return "in"
    page = response.content.decode()
    return TOO_OFTEN if TOO_OFTEN in page else WRONG if WRONG in page else page


@pytest.fixture
def ada(db):
    return make.confirmed(make.user(email="ada@example.org"))


def few(monkeypatch, **limits):
    for name, value in limits.items():
        monkeypatch.setattr(throttle, name, value)


def test_guessing_one_password_ends(ada, monkeypatch):
    few(monkeypatch, PAIR=3)

    said = [answer("ada@example.org") for _ in range(5)]

    assert said == [WRONG] * 3 + [TOO_OFTEN] * 2
    assert answer("ada@example.org", "correct horse battery") == TOO_OFTEN


def test_an_address_without_an_account_is_refused_after_as_many_tries(monkeypatch, db):
    few(monkeypatch, PAIR=3)

    assert [answer("nobody@example.org") for _ in range(5)] == [WRONG] * 3 + [TOO_OFTEN] * 2


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"])
def test_a_forged_address_resets_nothing(ada, monkeypatch, header):
    few(monkeypatch, PAIR=3)
    for number in range(3):
        answer("ada@example.org", headers={header: f"192.0.2.{number}"})

    assert answer("ada@example.org", headers={header: "192.0.2.99"}) == TOO_OFTEN


def test_through_our_proxy_only_what_the_proxy_adds_counts(ada, monkeypatch, settings):
    settings.TRUSTED_PROXIES = [SCHOOL]
    few(monkeypatch, PAIR=3)
    for number in range(3):
        answer("ada@example.org", headers={"X-Forwarded-For": f"192.0.2.{number}, {ELSEWHERE}"})

    assert answer("ada@example.org", headers={"X-Forwarded-For": f"192.0.2.9, {ELSEWHERE}"}) == TOO_OFTEN


def test_a_right_password_gets_in_from_a_school_where_many_others_fail(ada, monkeypatch):
    few(monkeypatch, NETWORK=20)
    for number in range(15):
        answer(f"pupil{number}@example.org")

    assert answer("ada@example.org", "correct horse battery") == "in"


def test_it_even_does_when_the_network_has_used_up_its_tries_if_it_was_right_there_before(ada, monkeypatch):
    few(monkeypatch, NETWORK=20)
    assert answer("ada@example.org", "correct horse battery") == "in"
    for number in range(25):
        said = answer(f"pupil{number}@example.org")

    assert said == TOO_OFTEN
    assert answer("ada@example.org", "correct horse battery") == "in"


def test_strangers_elsewhere_do_not_lock_somebody_out_where_they_were_right_before(ada, monkeypatch):
    few(monkeypatch, PAIR=3, ADDRESS=6)
    assert answer("ada@example.org", "correct horse battery") == "in"
    for number in range(10):
        said = answer("ada@example.org", network=f"192.0.2.{number}")

    assert said == TOO_OFTEN
    assert answer("ada@example.org", "correct horse battery") == "in"


def test_a_right_password_starts_the_count_anew(ada, monkeypatch):
    few(monkeypatch, PAIR=3)
    for _ in range(3):
        answer("ada@example.org")
        answer("ada@example.org")
        assert answer("ada@example.org", "correct horse battery") == "in"


@pytest.fixture
def own(ada):
    """A browser in which Ada signed in before."""
    client = Client(REMOTE_ADDR=SCHOOL)
    assert answer("ada@example.org", "correct horse battery", client=client) == "in"
    client.post("/account/logout/")
    return client


def test_nobody_locks_somebody_out_of_their_own_browser(own, monkeypatch):
    few(monkeypatch, PAIR=3, ADDRESS=3, NETWORK=3)
    for _ in range(9):
        said = answer("ada@example.org")
        Client(REMOTE_ADDR=SCHOOL).post("/account/login/code/", {"email": "ada@example.org"})

    assert said == TOO_OFTEN
    assert answer("ada@example.org", "correct horse battery", client=own) == "in"


def test_nor_keeps_them_from_a_code_there(own, monkeypatch):
    few(monkeypatch, MAILED_PAIR=2, MAILED_ADDRESS=3)
    said = [Client(REMOTE_ADDR=SCHOOL).post("/account/login/code/", {"email": "ada@example.org"}) for _ in range(5)]

    assert [response.status_code for response in said] == [302, 302, 429, 429, 429]
    assert own.post("/account/login/code/", {"email": "ada@example.org"}).status_code == 302


def test_a_browser_of_ones_own_guesses_no_more_than_others(own, monkeypatch):
    few(monkeypatch, PAIR=3)

    assert [answer("ada@example.org", client=own) for _ in range(5)] == [WRONG] * 3 + [TOO_OFTEN] * 2


def test_the_cookie_of_a_browser_is_worth_nothing_for_somebody_else_or_when_forged(own, monkeypatch):
    few(monkeypatch, PAIR=1)
    make.confirmed(make.user(email="bea@example.org"))

    assert [answer("bea@example.org", client=own) for _ in range(2)] == [WRONG, TOO_OFTEN]
    forged = Client(REMOTE_ADDR=ELSEWHERE)
    forged.cookies["device"] = own.cookies["device"].value[:-2] + "xx"
    assert [answer("ada@example.org", client=forged) for _ in range(2)] == [WRONG, TOO_OFTEN]


def test_nobody_reads_from_the_cookie_whose_it_is(own):
    cookie = own.cookies["device"]

    assert "ada" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert signing.loads(cookie.value, salt="accounts.authentication.throttle")["owner"] != "ada@example.org"


def test_a_code_gets_somebody_in_who_typed_wrong_passwords(ada, monkeypatch):
    few(monkeypatch, PAIR=1)
    answer("ada@example.org")
    assert answer("ada@example.org", "correct horse battery") == TOO_OFTEN

    response = Client(REMOTE_ADDR=SCHOOL).post("/account/login/code/", {"email": "ada@example.org"})

    assert response.url == "/account/login/code/confirm/"


def test_the_table_names_nobody(ada):
    from django.db import connection

    answer("ada@example.org")

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM cms_limit")
        keys = [row[0] for row in cursor.fetchall()]
    assert keys
    assert all(len(key) == 64 and "ada" not in key and SCHOOL not in key for key in keys)


def test_codes_of_a_second_factor_are_guessed_only_so_often_and_its_owner_hears_of_it(ada, monkeypatch):
    few(monkeypatch, FACTOR_A_DAY=4, FACTOR_TOLD=3)
    TOTP.activate(ada, SECRET)
    client = Client(REMOTE_ADDR=SCHOOL)
    asked = client.post("/account/login/", {"login": "ada@example.org", "password": "correct horse battery"})

    said = [client.post(asked.url, {"code": "000000"}).content.decode() for _ in range(5)]

    assert ["Try again tomorrow" in page for page in said] == [False] * 4 + [True]
    assert [mail.subject for mail in Mail.objects.all()] == ["Many wrong codes for your account"]
    assert "Try again tomorrow" in client.post(asked.url, {"code": now()}).content.decode()

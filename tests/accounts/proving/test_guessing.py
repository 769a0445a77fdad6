"""Failed passwords, through the real sign-in page."""

import pytest
from django.test import Client

from accounts.proving import guessing
from tests import make

pytestmark = pytest.mark.django_db

SCHOOL, ELSEWHERE = "203.0.113.7", "198.51.100.9"
TOO_OFTEN = "That was tried too often"
WRONG = "The address or the password is not right"


def answer(email, password="wrong", network=SCHOOL, **headers):
    """What the page says, or “in”."""
    client = Client(REMOTE_ADDR=network)
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
        monkeypatch.setattr(guessing, name, value)


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


def test_who_is_refused_can_still_have_a_code(ada, monkeypatch):
    few(monkeypatch, PAIR=1)
    answer("ada@example.org")
    assert answer("ada@example.org", "correct horse battery") == TOO_OFTEN

    response = Client(REMOTE_ADDR=SCHOOL).post("/account/login/code/", {"email": "ada@example.org"})

    assert response.url == "/account/login/code/confirm/"


def test_the_table_names_nobody(ada):
    from django.db import connection

    answer("ada@example.org")

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM editorial_limit")
        keys = [row[0] for row in cursor.fetchall()]
    assert keys
    assert all(len(key) == 64 and "ada" not in key and SCHOOL not in key for key in keys)

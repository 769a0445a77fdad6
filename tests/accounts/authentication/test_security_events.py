"""The record holds who signed in, who failed to and who was refused, and never how; one try too many is a 429."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.authentication import security_events, throttle
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from tests import make
from tests.accounts.test_views import bare, confirm

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
Action = AuditEvent.Action


@pytest.fixture
def ada(db):
    return make.confirmed(make.staff("Editor", email="ada@example.org", name="Ada Author"))


def sign_in(email, password, client=None):
    return (client or Client()).post("/account/login/", {"login": email, "password": password})


def lines(action):
    return list(AuditEvent.objects.filter(action=action))


def everything():
    rows = AuditEvent.objects.values_list("by_words", "object_words", "old", "new", "note")
    return " ".join(str(row) for row in rows)


def test_a_sign_in_is_written_down_with_how_and_without_the_password(ada):
    sign_in(ada.email, PASSWORD)

    [line] = lines(Action.SIGNED_IN)
    assert (line.by, line.by_words, line.new) == (ada, "Ada Author", {"by": "password"})
    assert PASSWORD not in everything()


def test_a_resident_is_not_named_in_the_line(db):
    person = make.confirmed(make.user(email="resident@example.org", name="Rita Resident"))

    sign_in(person.email, PASSWORD)

    assert lines(Action.SIGNED_IN)[0].by_words == security_events.RESIDENT
    assert "Rita" not in everything()


@pytest.mark.parametrize(("email", "by"), [("ada@example.org", "Ada Author"), ("nobody@example.org", None)])
def test_a_failed_sign_in_is_written_down_and_an_unknown_address_is_not(ada, email, by):
    sign_in(email, "wrong horse battery")

    [line] = lines(Action.SIGN_IN_FAILED)
    assert line.by_words == (by or security_events.UNKNOWN_PERSON)
    assert line.new == {"by": "password"}
    assert "wrong horse" not in everything()
    assert "nobody@example.org" not in everything()


def test_one_who_tries_on_and_on_gets_429_and_does_not_fill_the_record(ada, monkeypatch):
    monkeypatch.setattr(throttle, "PAIR", 3)

    said = [sign_in(ada.email, "wrong horse battery") for _ in range(6)]

    assert [response.status_code for response in said] == [200, 200, 200, 429, 429, 429]
    assert said[-1].headers["Retry-After"] == "900"
    assert "tried too often" in said[-1].content.decode()
    assert [line.new["by"] for line in lines(Action.SIGN_IN_FAILED)].count("tried too often") == 1


def test_asking_for_code_after_code_gets_429(db):
    _, client = bare()

    said = [confirm(client, action="send").status_code for _ in range(7)]

    assert said == [302] * 5 + [429] * 2


def test_a_refused_page_is_written_down_once_an_hour_and_without_its_address(browse, cast):
    client = browse("writer")

    for _ in range(3):
        assert client.get("/admin/accounts/user/?q=secret").status_code == 403

    [line] = lines(Action.ACCESS_REFUSED)
    assert (line.by, line.new) == (cast.writer, {"page": "admin:accounts_user_changelist", "method": "GET"})


def test_nobody_in_particular_who_is_refused_leaves_no_line(client):
    client.post("/tell/story/", {"title": "x"})

    assert lines(Action.ACCESS_REFUSED) == []


def test_somebody_who_takes_their_own_data_leaves_a_line(browse, cast):
    browse("author").post("/account/data/")

    assert [(line.by, line.by_words) for line in lines(Action.EXPORTED)] == [(cast.author, "themselves")]


def written(action, days_ago):
    line = audit_log.write(action, by=None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cms_auditevent DISABLE TRIGGER cms_auditevent_kept")
        AuditEvent.objects.filter(pk=line.pk).update(at=timezone.now() - datetime.timedelta(days=days_ago))
        cursor.execute("ALTER TABLE cms_auditevent ENABLE TRIGGER cms_auditevent_kept")
    return line


def test_security_events_go_after_a_year_and_decisions_never_do(db):
    young, decision = written(Action.SIGNED_IN, 364), written(Action.ROLE, 4000)
    for action in audit_log.SECURITY_ACTIONS:
        written(action, 366)

    assert audit_log.forget_security_events() == 3
    assert set(AuditEvent.objects.all()) == {young, decision}


@pytest.mark.parametrize(("action", "days"), [(Action.SIGNED_IN, 364), (Action.ROLE, 4000)])
def test_the_database_still_refuses_to_delete_what_is_to_be_kept(db, action, days):
    line = written(action, days)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        line.delete()

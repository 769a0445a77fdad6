"""What is done on the server itself stands in the record, too."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import User
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db


def made(capsys, email="root@example.org"):
    """Makes an administrator, and returns the link that was printed."""
    call_command("createsuperuser", email=email)
    return re.search(r"http://testserver(\S+)", capsys.readouterr().out).group(1)


def recorded():
    return [(line.action, line.by_words, line.object_words) for line in AuditEvent.objects.order_by("pk")]


def test_the_first_administrator_is_made_by_one_command_and_signs_in_by_the_link_it_prints(client, capsys):
    link = made(capsys)
    person = User.objects.get(email="root@example.org")

    shown = client.get(link)
    client.post(link)

    assert person.is_superuser
    assert not person.has_usable_password()
    assert b"root@example.org" in shown.content
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.get("/admin/").url == "/account/second-factor/"
    by_the_portal = [(action, "the portal itself", "root@example.org") for action in ("role", "key")]
    assert recorded() == [*by_the_portal, ("signed_in", str(person), "")]
    assert link.partition("key=")[2] not in str([line.__dict__ for line in AuditEvent.objects.all()])


def test_the_address_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda _: " Root@Example.org ")

    call_command("createsuperuser")

    assert User.objects.get().email == "root@example.org"


@pytest.mark.parametrize("email", ["no address", "", "a@b"])
def test_what_is_no_address_is_refused(email, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: email)

    with pytest.raises(CommandError, match="is not an email address"):
        call_command("createsuperuser")

    assert not User.objects.exists()


def test_without_anybody_to_ask_the_command_says_so(monkeypatch):
    def nobody(_):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)

    with pytest.raises(CommandError, match="--email"):
        call_command("createsuperuser")


def test_the_link_works_once(client, capsys):
    link = made(capsys)
    client.post(link)
    client.post("/account/logout/")

    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404
    assert "_auth_user_id" not in client.session


def test_looking_at_the_link_uses_nothing_up(client, capsys):
    link = made(capsys)

    for _ in range(3):
        assert client.get(link).status_code == 200

    assert AccessToken.objects.live().count() == 1


def test_a_new_link_ends_the_one_before(client, capsys):
    first, second = made(capsys), made(capsys)

    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@example.org"}])
def test_the_link_ends_with_what_it_was_made_for(client, capsys, change):
    link = made(capsys)
    person = User.objects.get()
    for name, value in change.items():
        setattr(person, name, value)
    person.save()

    assert client.post(link).status_code == 404


@pytest.mark.parametrize("key", ["", "wrong", "%00", "\ud800"])
def test_a_wrong_key_opens_nothing(client, key):
    assert client.get("/account/first/", {"key": key.encode("utf-8", "replace")}).status_code == 404


def test_the_link_is_in_no_reference_and_no_cache(client, capsys):
    response = client.get(made(capsys))

    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"


def test_nobody_sets_a_password_for_somebody_else():
    person = make.user(name="Ada")

    with pytest.raises(CommandError, match="code mailed"):
        call_command("changepassword", person.email)

    assert recorded() == []


def test_a_database_of_before_the_migrations_began_anew_is_told_and_left_alone():
    MigrationRecorder(connection).record_applied("editorial", "0001_initial")

    with pytest.raises(CommandError, match=r"delete the folder \.postgres"):
        call_command("prepare")

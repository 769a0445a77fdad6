"""What is done on the server itself stands in the record, too."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from editorial.models import AuditEvent
from tests import make

PASSWORD = "a long enough phrase of words"


def recorded():
    return [(line.action, line.by_words, line.object_words, line.new) for line in AuditEvent.objects.order_by("pk")]


def test_making_a_superuser_is_written_down(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", interactive=False, email="root@example.org", verbosity=0)

    assert User.objects.get().is_superuser
    assert recorded() == [("role", "the portal itself", "root@example.org", {"Superuser status": True})]
    assert PASSWORD not in str(AuditEvent.objects.get().__dict__)


def test_a_superuser_who_is_there_already_is_not_written_down(db):
    User.objects.create_superuser("root@example.org", PASSWORD)

    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, email="root@example.org", verbosity=0)

    assert recorded() == []


def test_setting_a_password_is_written_down(db, monkeypatch, capsys):
    person = make.user(name="Ada")
    monkeypatch.setattr("getpass.getpass", lambda **_: PASSWORD)

    call_command("changepassword", person.email)

    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert recorded() == [("password", "the portal itself", "Ada", {})]


def test_a_password_that_was_refused_is_not_written_down(db, monkeypatch, capsys):
    person = make.user()
    monkeypatch.setattr("getpass.getpass", lambda **_: "short")

    with pytest.raises(CommandError):
        call_command("changepassword", person.email)

    assert recorded() == []

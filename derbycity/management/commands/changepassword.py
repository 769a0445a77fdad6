"""Django's own command; it stands here because that a password was set is written down, wherever it was."""

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.models import User
from editorial import record
from editorial.models import AuditEvent


class Command(changepassword.Command):
    @transaction.atomic
    def handle(self, *args, **options):
        done = super().handle(*args, **options)
        person = User.objects.get(email=options["username"])
        note = "With the command changepassword, on the server"
        record.write(AuditEvent.Action.PASSWORD, person, by=None, note=note)
        return done

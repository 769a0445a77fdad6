"""Django's own command; it stands here because what somebody may do is written down, wherever it was given."""

from django.contrib.auth.management.commands import createsuperuser
from django.db import transaction

from accounts.models import User
from editorial import record
from editorial.models import AuditEvent
from editorial.words import name_of


class Command(createsuperuser.Command):
    @transaction.atomic
    def handle(self, *args, **options):
        superusers = User.objects.filter(is_superuser=True)
        before = set(superusers.values_list("pk", flat=True))
        super().handle(*args, **options)
        for person in superusers.exclude(pk__in=before):
            record.write(
                AuditEvent.Action.ROLE,
                person,
                by=None,
                new={name_of(User, "is_superuser"): True},
                note="With the command createsuperuser, on the server",
            )

"""In the place of Django's own: nobody sets a password for somebody else."""

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Refuses: everybody sets their own password, or signs in with a code by mail."

    def add_arguments(self, parser):
        parser.add_argument("username", nargs="?")

    def handle(self, **options):
        raise CommandError(
            "Nobody sets a password for somebody else. Whoever forgot theirs has a code mailed on the sign-in page. "
            "An administrator who cannot get in at all: createsuperuser prints a link for them."
        )

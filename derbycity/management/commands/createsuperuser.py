"""In the place of Django's own: nobody chooses a password for somebody else, and what is given is written down."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.authentication.first_login import HOURS, make_administrator
from cms.text import email_addresses


class Command(BaseCommand):
    help = (
        "Makes somebody an administrator who may do everything, and prints a link for their first sign-in, which works "
        "once. For somebody who is one already, it prints a new link."
    )

    def add_arguments(self, parser):
        parser.add_argument("--email", help="the address; asked for if it is not given")

    def handle(self, *, email, **options):
        email = email or self._asked()
        try:
            email = email_addresses.clean(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an email address. {error.messages[0]}") from None
        person, link = make_administrator(email, note="With the command createsuperuser, on the server")
        self.stdout.write(f"\n{person.email} may do everything now. This link signs in once, within {HOURS} hours:\n")
        self.stdout.write(f"\n    {link}\n")

    def _asked(self):
        try:
            return input("E-mail address of the administrator: ")
        except (EOFError, KeyboardInterrupt):
            raise CommandError("No address was given. Name one with --email.") from None

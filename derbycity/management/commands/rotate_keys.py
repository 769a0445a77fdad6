from django.core.management.base import BaseCommand

from accounts.authentication import encryption


class Command(BaseCommand):
    help = "Encrypts the secrets of second factors anew with the first of ENCRYPTION_KEYS, so that the others can go."

    def handle(self, **options):
        count = encryption.rotate()
        self.stdout.write(f"Encrypted anew: {count}. The other keys are not needed any more.")

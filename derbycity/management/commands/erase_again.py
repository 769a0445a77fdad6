from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stories.retention import erasure_list, re_erase


class Command(BaseCommand):
    help = "After a restore: erases again the stories that had been erased since the copy was made. Does no harm twice."

    def handle(self, **options):
        try:
            erasure_list.check()
        except OSError as error:
            raise CommandError(f"ERASURES_FILE is {settings.ERASURES_FILE}; it cannot be written: {error}.") from error
        done = re_erase.erase_again()
        self.stdout.write(
            f"Erased again: {done.erased}. Receipts brought back: {done.remembered}. Added to the list: {done.listed}."
        )

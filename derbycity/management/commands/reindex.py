from django.core.management.base import BaseCommand

from stories.publication import publishing


class Command(BaseCommand):
    help = (
        "Lets search look through all stories as it now would. The worker does the same by itself, every five minutes."
    )

    def handle(self, **options):
        self.stdout.write(f"Stories indexed again: {publishing.reindex()}.")

"""Brings the database up to date and loads the opening content, saying meanwhile how far it is. For `make run`."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

EVERY = 10  # migrations between two lines
OLD_APPS = {"editorial"}  # before 0.2.0, when no installation was there and the migrations changed their names


class Progress:
    """Stands where `migrate` writes: counts its steps and passes on a line now and then."""

    def __init__(self, total: int, stdout: OutputWrapper) -> None:
        self.total, self.done, self.stdout = total, 0, stdout

    def write(self, text: str) -> None:
        if text.strip().endswith("OK"):
            self.done += 1
            if self.done % EVERY == 0 or self.done == self.total:
                self.stdout.write(f"Making the tables: {self.done} of {self.total}")
                self.stdout.flush()

    def flush(self) -> None:
        self.stdout.flush()


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if OLD_APPS & {app for app, _ in executor.loader.applied_migrations}:
            raise CommandError(
                "This database was made by a version before 0.2.0, and cannot be brought up to date. If it is the "
                "embedded one, delete the folder .postgres and try again; otherwise name an empty one in DATABASE_URL."
            )
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Making the tables ({len(plan)} steps; half a minute on a quiet machine)")
            call_command("migrate", interactive=False, no_color=True, stdout=Progress(len(plan), self.stdout))
        call_command("seed", verbosity=2 if plan else 1, stdout=self.stdout)

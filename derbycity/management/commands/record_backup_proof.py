"""Writes down that a backup was put back and found whole (deploy/prove-backup), for the page “Before you open”."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.readiness.models import BackupProof

NAMED = "%Y-%m-%dT%H%M%SZ"  # how deploy/backup names a folder, in UTC


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, required=True)
        parser.add_argument("--files", type=int, required=True)
        parser.add_argument("--made-at", required=True, help="the name of the copy's folder")

    def handle(self, *args: Any, rows: int, files: int, made_at: str, **options: Any) -> None:
        try:
            made = datetime.datetime.strptime(made_at, NAMED).replace(tzinfo=datetime.UTC)
        except ValueError:
            raise CommandError(f"{made_at} is no name of a copy, such as 2026-11-30T020000Z.") from None
        BackupProof.record(rows=rows, files=files, made_at=made, note="Restored, compared, fifty pages opened.")
        self.stdout.write(f"Proved: the copy of {made_at}, {rows} rows, {files} files.")

"""That a backup was put back somewhere and found to be whole."""

import datetime
from typing import Self

from django.db import models


class BackupProof(models.Model):
    """One proof: a backup was restored beside the portal and compared. Only what passed is written down."""

    proved_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField("backup made at", null=True, help_text="When the backup was made, if known.")
    rows = models.PositiveBigIntegerField(help_text="How many rows of the database were found again.")
    files = models.PositiveBigIntegerField(help_text="How many files of pictures were found again.")
    note = models.CharField(max_length=300, blank=True, help_text="What else was looked at, in words.")

    class Meta:
        ordering = ["-proved_at", "-pk"]
        get_latest_by = ["proved_at", "pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self.proved_at:%Y-%m-%d}: {self.rows} rows, {self.files} files"

    @classmethod
    def record(cls, *, rows: int, files: int, made_at: datetime.datetime | None = None, note: str = "") -> Self:
        """Writes down that a restored backup was whole. Call it in the portal's own database, not in the copy."""
        return cls.objects.create(rows=rows, files=files, made_at=made_at, note=note[:300])

    @classmethod
    def newest(cls) -> Self | None:
        return cls.objects.order_by("-proved_at", "-pk").first()

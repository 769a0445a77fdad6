"""What of the opening content was written, so that seeding again leaves alone what staff changed since."""

from django.db import models


class SeededRow(models.Model):
    """What `manage.py seed` last wrote for one thing, so that it never overwrites what staff changed since."""

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    object_id = models.PositiveBigIntegerField(help_text="The thing, whatever it is called now.")
    digest = models.CharField(max_length=64, help_text="Of the row as it was written.")
    content_digest = models.CharField(max_length=64, help_text="Of the content it was written from.")
    seeded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="each_thing_is_seeded_under_one_key")]

    def __str__(self):
        return f"{self.kind} {self.key}"

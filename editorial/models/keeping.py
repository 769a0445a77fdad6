"""What the portal remembers for itself: the opening content it wrote, and what kept pages depend on."""

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


class Edition(models.Model):
    """One change of something public. The sum of all tokens is the stamp of what is public now (see edition.py)."""

    token = models.BigIntegerField()

    def __str__(self):
        return str(self.token)


class Moment(models.Model):
    """A time at which something is scheduled to appear or to go (see edition.py)."""

    at = models.DateTimeField(db_index=True)

    def __str__(self):
        return str(self.at)

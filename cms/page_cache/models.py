"""What tells the memory of finished pages that something public has changed (see middleware.py)."""

from django.db import models


class CacheInvalidation(models.Model):
    """One change of something public. The sum of all tokens is the stamp of what is public now (see triggers.py)."""

    token = models.BigIntegerField()

    def __str__(self):
        return str(self.token)


class ScheduledChange(models.Model):
    """A time at which something is scheduled to appear or to go (see cms/page_cache/triggers.py)."""

    at = models.DateTimeField(db_index=True)

    def __str__(self):
        return str(self.at)

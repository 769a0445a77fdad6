"""What was erased for ever, without anything of what it was: so that a database brought back from a copy forgets it
again."""

from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    story_id_then = models.BigIntegerField(editable=False)
    slug = models.CharField(max_length=80, editable=False)
    receipt = models.CharField(max_length=20, unique=True, editable=False)
    asked_by = models.CharField(max_length=20, choices=[("teller", "The teller"), ("rule", "A time that was over")])
    erased_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-erased_at"]
        default_permissions = ("view",)

    def __str__(self):
        return f"Receipt {self.receipt}"

"""Links in what is published that lead nowhere."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class DeadLinkQuerySet(models.QuerySet):
    def listed(self):
        """Those that are dead for certain: the others failed only once, and may have been asleep."""
        return self.filter(is_certain=True)


class DeadLink(models.Model):
    """A link in something published that led nowhere when it was last tried. Gone from here once it works again."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    thing = GenericForeignKey()
    field = models.CharField("where on the page", max_length=100)
    address = models.CharField("leads to", max_length=2000)
    problem = models.CharField("what happened", max_length=200)
    is_certain = models.BooleanField(help_text="It failed in two runs, or its site said that there is no such page.")
    first_seen_at = models.DateTimeField("dead since", auto_now_add=True)
    last_seen_at = models.DateTimeField("last tried", auto_now=True)

    objects = DeadLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen_at", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "field", "address"], name="each_dead_link_is_listed_once"
            )
        ]

    def __str__(self):
        return self.address

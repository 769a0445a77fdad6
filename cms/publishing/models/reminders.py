"""What owners were told of the days on which they look at their pages again."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Reminder(models.Model):
    """That an owner was told once that a day to check again had come, or had passed."""

    class Kind(models.TextChoices):
        DUE = "due", "Due"
        OVERDUE = "overdue", "Overdue"

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    review_on = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "owner", "review_on", "kind"],
                name="each_owner_is_reminded_once_of_a_day",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.review_on}"

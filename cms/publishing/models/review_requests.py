"""Asking those who should know whether a page is still right."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class ReviewRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(answered_at=None)

    def labelled(self):
        """Those of which the public reads that nobody answers."""
        return self.open().filter(labelled_at__isnull=False)

    def about(self, thing):
        return self.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk)


class ReviewRequest(models.Model):
    """That somebody was asked, because the day to check a thing again had come; and what they said."""

    class Answer(models.TextChoices):
        STILL_RIGHT = "still_right", "Still right"
        CHANGE = "change", "Something is different"
        OVERTAKEN = "overtaken", "Overtaken: checked or dated anew before an answer came"

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    thing = GenericForeignKey()
    review_on = models.DateField(help_text="The day that had come.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    reminded_at = models.DateTimeField(null=True)
    labelled_at = models.DateTimeField(null=True, help_text="Since when the public page says that nobody answers.")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, choices=Answer, blank=True)

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "review_on"], name="each_day_is_asked_about_once"
            )
        ]

    def __str__(self):
        return f"{self.content_type_id}/{self.object_id} {self.review_on}"

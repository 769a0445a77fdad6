"""Pictures, kept only as the clean copies we made of them (see images.py)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import ManyToOneRel
from django.urls import reverse

from editorial.models.publishing import Publishable


class Image(models.Model):
    """A picture, kept only as the clean copy we made of it (see images.py)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    master = models.FileField(upload_to="images", editable=False)
    preview = models.FileField(upload_to="images", editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    preview_width = models.PositiveIntegerField(editable=False)
    alternative_text = models.CharField(
        max_length=250,
        help_text="What would you tell a friend on the phone about this picture? One short sentence, read out by "
        "screen readers. Never the name of the file.",
    )
    credit = models.CharField(max_length=120, help_text="Who made it, and under which licence we may show it.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "picture"

    def __str__(self):
        return self.alternative_text

    def get_absolute_url(self):
        return reverse("editorial:image", args=[self.key, "master"])

    @property
    def preview_url(self):
        return reverse("editorial:image", args=[self.key, "preview"])

    @property
    def preview_height(self):
        return round(self.height * self.preview_width / self.width)

    def is_public(self) -> bool:
        """Whether something published shows it. Asks each kind of page that may hold a picture."""
        return any(
            relation.related_model.objects.published().filter(**{relation.field.name: self}).exists()
            for relation in self._meta.get_fields(include_hidden=True)
            if isinstance(relation, ManyToOneRel) and issubclass(relation.related_model, Publishable)
        )

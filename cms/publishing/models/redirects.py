"""Addresses that once led somewhere."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from cms.publishing.models.publishable import Publishable


def stored_form(path: str) -> str:
    """The one way in which an old address is stored: in small letters, and with a slash at its end."""
    small = path.lower()
    return small if small.endswith("/") else f"{small}/"


class MovedAddressQuerySet(models.QuerySet):
    def at(self, path: str):
        """What once was at this address, with or without its slash, in whatever case."""
        return self.filter(old_path=stored_form(path))


class MovedAddress(models.Model):
    """An address that once led to something. It leads to wherever that thing lives now."""

    old_path = models.CharField(
        max_length=300,
        unique=True,
        help_text="The old address on this site, for example /programmes/old-name/.",
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True, blank=True, editable=False)
    object_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    thing = GenericForeignKey()
    new_path = models.CharField(
        max_length=300,
        blank=True,
        help_text="The new address on this site. Empty where a page’s web name was changed: the page is looked up.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MovedAddressQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(old_path__endswith="/", old_path=Lower("old_path")),
                name="moved_address_is_stored_in_one_form",
            )
        ]
        verbose_name = "moved address"
        verbose_name_plural = "moved addresses"

    def __str__(self):
        return self.old_path

    def target(self) -> str:
        """The address to send readers to, or an empty text if there is nothing public there."""
        if self.content_type is None:
            return self.new_path
        model = self.content_type.model_class()
        if model is None or not issubclass(model, Publishable):
            return ""
        thing = model.objects.published().filter(pk=self.object_id).first()
        return thing.get_absolute_url() if thing else ""

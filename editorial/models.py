"""How anything is drafted, scheduled, published, illustrated and found again after it moved.

The law here: the public sees only what `published()` lets through, decided by the database's clock.
"""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, ManyToOneRel, Q
from django.db.models.functions import Now
from django.urls import reverse


class PublishableQuerySet(models.QuerySet):
    def published(self):
        """What anyone may read now."""
        return self.filter(
            Q(publish_at=None) | Q(publish_at__lte=Now()),
            Q(unpublish_at=None) | Q(unpublish_at__gt=Now()),
            status=Publishable.Status.PUBLISHED,
        )

    def drafts(self):
        return self.filter(status=Publishable.Status.DRAFT)

    def scheduled(self):
        """Published in name, but its time has not come."""
        return self.filter(status=Publishable.Status.PUBLISHED, publish_at__gt=Now())

    def due_for_review(self):
        return self.published().filter(review_on__lte=Now())


class Publishable(models.Model):
    """Anything the public may read once it is published."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft: only staff can see it"
        PUBLISHED = "published", "Published: anyone can see it"

    status = models.CharField(
        max_length=10,
        choices=Status,
        default=Status.DRAFT,
        help_text="Published pages are public as soon as you save, unless a later time is set below.",
    )
    publish_at = models.DateTimeField(
        "publish at",
        null=True,
        blank=True,
        help_text="Leave empty to publish at once. Derby time. Before this moment nobody but staff sees the page.",
    )
    unpublish_at = models.DateTimeField(
        "take down at",
        null=True,
        blank=True,
        help_text="Leave empty to keep it up. From this moment the page answers “not found”.",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The person who keeps this page true. Shown to staff only.",
    )
    checked_on = models.DateField(
        "last checked on",
        null=True,
        blank=True,
        help_text="The day someone last made sure that everything here is right. The public page shows it.",
    )
    review_on = models.DateField(
        "check again on",
        null=True,
        blank=True,
        help_text="From this day the page is listed on the first page of the admin, to be looked at again.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField("last changed", auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(unpublish_at=None) | Q(publish_at=None) | Q(unpublish_at__gt=F("publish_at")),
                name="%(class)s_is_taken_down_after_it_is_published",
                violation_error_message="The time to take it down must be later than the time to publish it.",
            )
        ]
        indexes = [models.Index(fields=["status", "publish_at"], name="%(class)s_public_idx")]


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

    class Meta:
        ordering = ["-created_at"]
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

"""What the public may read, from when, until when, and who keeps it true.

The public sees only what `published()` lets through, decided by the database's clock.
"""

import datetime

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


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

    def unowned(self):
        """Nobody keeps it true: it has no owner, or one who can no longer sign in."""
        return self.filter(Q(owner=None) | Q(owner__is_active=False) | Q(owner__is_staff=False))

    def given_to(self, person):
        """What somebody whose rights are limited looks after."""
        given = self.model._meta.get_field("given_to")
        through = given.remote_field.through._base_manager
        return self.filter(pk__in=through.filter(user=person).values(given.m2m_column_name()))

    def within_reach_of(self, person):
        """The one rule over single objects: whose rights are limited works only on what they were given.

        What they may do with it, Django's permissions say.
        """
        return self.given_to(person) if _is_limited(person) else self

    def readable_by(self, person):
        """What somebody with the right to look at this kind of thing sees of it: drafts only within their reach."""
        return self.published() | self.given_to(person) if _is_limited(person) else self


def _is_limited(person) -> bool:
    return person.is_limited and not person.is_superuser


class Publishable(models.Model):
    """Anything the public may read once it is published."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft: only staff can see it"
        PUBLISHED = "published", "Published: anyone can see it"

    class Checker(models.TextChoices):
        COUNCIL = "council", "The council"
        PARTNER = "partner", "The organisation itself"

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
    compiled_on = models.DateField(
        "put together on",
        null=True,
        blank=True,
        editable=False,
        help_text="The day the site team put it together from published sources. Nobody checked it by that.",
    )
    checked_on = models.DateField(
        "last checked on",
        null=True,
        blank=True,
        help_text="The day someone last made sure that everything here is right. The public page shows it.",
    )
    checked_by = models.CharField(
        "checked by",
        max_length=10,
        choices=Checker,
        default=Checker.COUNCIL,
        editable=False,
        help_text="Who made sure of it last.",
    )
    review_on = models.DateField(
        "check again on",
        null=True,
        blank=True,
        help_text="From this day the page is listed on the first page of the admin, to be looked at again.",
    )
    given_to = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="%(app_label)s_%(class)s_given",
        help_text="People whose rights are limited, and who may look after this one. Whether somebody’s rights are "
        "limited is said on the person’s own page.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField("last changed", auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        constraints = [
            models.CheckConstraint(
                condition=Q(unpublish_at=None) | Q(publish_at=None) | Q(unpublish_at__gt=F("publish_at")),
                name="%(class)s_is_taken_down_after_it_is_published",
                violation_error_message="The time to take it down must be later than the time to publish it.",
            )
        ]
        indexes = [models.Index(fields=["status", "publish_at"], name="%(class)s_public_idx")]

    @property
    def assured_date(self) -> datetime.date | None:
        """Open Referral's word for the day somebody last made sure of it."""
        return self.checked_on

    @property
    def assurer(self) -> str:
        """Open Referral's word for who made sure of it; nothing where nobody has."""
        return self.get_checked_by_display() if self.checked_on else ""


def publishable_models() -> list[type[Publishable]]:
    """Every kind of thing that is published, whatever app it lives in."""
    return [model for model in apps.get_models() if issubclass(model, Publishable)]

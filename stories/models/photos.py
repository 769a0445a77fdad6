"""Pictures that tellers send, and the people on them.

A picture is public only while a published version shows it and everybody on it who must agree does
(stories/publication/photo_rules.py); it lies apart from the site's own pictures, and no right over those opens it.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.urls import reverse

from cms.media.models import CleanCopy, Size, Sized
from stories.models.stories import Story, Version, told_by


class StoryPictureQuerySet(models.QuerySet):
    def showable(self):
        """Nobody has taken it down, and nobody on it stands against it: an adult who refused; a child without a
        recorded yes that still holds, by the database's clock. What an administrator decided against that rule
        passes."""
        against = DepictedPerson.objects.filter(
            Q(consent=DepictedPerson.Consent.REFUSED)
            | Q(is_child=True) & ~Q(consent=DepictedPerson.Consent.YES)
            | Q(consent=DepictedPerson.Consent.YES, until__lt=TruncDate(Now())),
            picture=models.OuterRef("pk"),
        )
        override = Override.objects.filter(picture=models.OuterRef("pk"), ended_at=None)
        return self.filter(is_hidden=False).filter(~models.Exists(against) | models.Exists(override))

    def public(self):
        """Those a reader may see now."""
        shown = VersionPicture.objects.filter(
            picture=models.OuterRef("pk"), version__shown_for__status=Story.Status.PUBLISHED
        )
        return self.showable().filter(models.Exists(shown))


class StoryPicture(Sized, CleanCopy):
    folder = "stories"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="pictures", editable=False)
    digest = models.CharField(
        max_length=64,
        editable=False,
        help_text="Of the file as it came: the same one sent twice is one picture.",
    )
    has_people = models.BooleanField(
        "can anybody be recognised?", null=True, help_text="Whether `people` are to be listed; None: nobody has said."
    )
    is_hidden = models.BooleanField(default=False, editable=False)
    hidden_why = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StoryPictureQuerySet.as_manager()
    untold = ("master", "preview", "hidden_why")

    class Meta:
        ordering = ["pk"]
        verbose_name = "picture of a story"
        verbose_name_plural = "pictures of stories"
        default_permissions = ("override",)
        indexes = [models.Index(fields=["digest"], name="story_picture_digest_idx")]
        constraints = [
            models.UniqueConstraint(fields=["story", "digest"], name="each_picture_of_a_story_is_there_once")
        ]

    def __str__(self):
        return f"Picture {self.pk} of {self.story}"

    @classmethod
    def theirs(cls, person: Any, addresses: Collection[str]) -> Q:
        return told_by(person, addresses, "story__contributor__")

    def address(self, name: str) -> str:
        return reverse("stories:picture", args=[self.key, self.version, name])


class PictureSize(Size):
    image = models.ForeignKey(StoryPicture, on_delete=models.CASCADE, related_name="renditions")

    class Meta(Size.Meta):
        constraints = [
            models.UniqueConstraint(fields=["image", "name"], name="each_size_of_a_story_picture_is_made_once")
        ]


class VersionPicture(models.Model):
    """A picture in one version of a story, and what that version says of it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey(StoryPicture, on_delete=models.CASCADE, related_name="uses")
    description = models.CharField(
        "what it shows",
        max_length=250,
        blank=True,
        help_text="What would you tell a friend on the phone about this picture?",
    )
    caption = models.CharField(max_length=250, blank=True, help_text="Stands under it, if you like.")
    credit = models.CharField("who took or made it", max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["version", "picture"], name="each_version_shows_a_picture_once")]

    def __str__(self):
        return self.description

    @classmethod
    def theirs(cls, person: Any, addresses: Collection[str]) -> Q:
        return told_by(person, addresses, "version__story__contributor__")


class DepictedPerson(models.Model):
    """Somebody who can be recognised on a picture."""

    class Consent(models.TextChoices):
        YES = "yes", "Said yes"
        NOT_ASKED = "not_asked", "Not asked yet"
        REFUSED = "refused", "Said no"

    picture = models.ForeignKey(StoryPicture, on_delete=models.CASCADE, related_name="people")
    name = models.CharField("who is it?", max_length=120, help_text="Only our team sees this: “my sister”, or a name.")
    is_child = models.BooleanField("is under 18", default=False)
    consent = models.CharField("did they agree?", max_length=10, choices=Consent, default=Consent.NOT_ASKED)
    until = models.DateField("until when", null=True, blank=True, help_text="Empty: until they say otherwise.")
    noted_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self):
        return f"Somebody on {self.picture}"


class Override(models.Model):
    """That an administrator let a picture pass against the rule, and why. Ended, never deleted, while it lasts."""

    picture = models.ForeignKey(StoryPicture, on_delete=models.CASCADE, related_name="overrides")
    why = models.TextField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-at"]
        default_permissions = ()

    def __str__(self):
        return f"Override for {self.picture}"

"""Who tells a story, and who answers for a child. Readers see `shown_name`, and nothing else of it."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from stories.models.stories import Story, told_by


class Contributor(models.Model):
    """Of one story. What is known of the person stands here alone, so that it goes in one piece."""

    class ShownAs(models.TextChoices):
        FULL = "full", "My full name"
        FIRST = "first", "My first name only"
        PEN = "pen", "Another name that I choose"
        NONE = "none", "No name at all"

    class Age(models.TextChoices):
        UNDER_13 = "under-13", "Under 13"
        TEENAGER = "13-17", "13 to 17"
        ADULT = "18-plus", "18 or over"

    class How(models.TextChoices):
        ONLINE = "online", "Ticked on this site"
        SIGNED = "signed", "Signed on paper"
        SAID = "said", "Said aloud, and written down"
        WRITTEN = "written", "Written in a message or letter"

    CHILDREN = (Age.UNDER_13, Age.TEENAGER)

    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="contributor", editable=False)
    full_name = models.CharField("name", max_length=120, blank=True)
    shown_as = models.CharField("name to show", max_length=5, choices=ShownAs, blank=True)
    pen_name = models.CharField("name you choose", max_length=60, blank=True)
    age = models.CharField("age", max_length=10, choices=Age, blank=True)
    email = models.EmailField("e-mail address", blank=True)
    email_verified_at = models.DateTimeField(null=True, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="contributions",
        help_text="Whose story it is, if they have an account here.",
    )
    # Six figures sent by mail, as their hash, and until when they hold.
    code_digest = models.CharField(max_length=64, blank=True, editable=False)
    code_until = models.DateTimeField(null=True, editable=False)
    # Under 13: the adult who sends it with the child; `email` is theirs. 13 to 17: the role of who confirms it.
    adult_name = models.CharField("adult’s name", max_length=120, blank=True)
    adult_role = models.CharField("what they are to the child", max_length=60, blank=True)
    # 13 to 17: who confirms it by a mail of their own.
    guardian_name = models.CharField("parent’s or guardian’s name", max_length=120, blank=True)
    guardian_email = models.EmailField("parent’s or guardian’s e-mail address", blank=True)
    guardian_confirmed_at = models.DateTimeField(null=True, editable=False)
    # What was ticked, of which wording, until it is sent; then it becomes lines of Consent.
    ticked = ArrayField(models.CharField(max_length=10), default=list, blank=True, editable=False)
    ticked_wording = models.PositiveSmallIntegerField(null=True, editable=False)
    # Told at a table or sent by a partner.
    consent_how = models.CharField("how consent was given", max_length=10, choices=How, default=How.ONLINE)
    consent_on = models.DateField("day of the signature", null=True, blank=True)
    paper_place = models.CharField(
        "where the paper lies",
        max_length=200,
        blank=True,
        help_text="So that somebody finds it: “Museum, red folder 3”.",
    )
    asked_wording = models.ForeignKey(
        "ConsentVersion",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="The newer wording they were asked about; what they had agreed to holds until they answer.",
    )
    asked_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)  # of that, once

    untold = ("adult_name", "guardian_name")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["email"], name="contributor_email_idx")]

    def __str__(self):
        return f"Teller of {self.story}"

    @classmethod
    def theirs(cls, person: Any, addresses: Collection[str]) -> Q:
        """A parent or guardian finds theirs by the address they answered from; this is about whoever told it."""
        return told_by(person, addresses)

    @property
    def is_child(self) -> bool:
        return self.age in self.CHILDREN

    @property
    def shown_name(self) -> str:
        """What readers see; empty for no name. No child is shown with more than a first or a chosen name."""
        if self.shown_as == self.ShownAs.PEN:
            return self.pen_name
        if self.shown_as == self.ShownAs.FIRST or (self.shown_as == self.ShownAs.FULL and self.is_child):
            return (self.full_name.split() or [""])[0]
        return self.full_name if self.shown_as == self.ShownAs.FULL else ""

    @property
    def guardian_is_needed(self) -> bool:
        return self.age == self.Age.TEENAGER and self.guardian_confirmed_at is None

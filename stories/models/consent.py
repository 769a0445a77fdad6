"""What a teller allows, in which words, and when. No line is ever changed; the newest one holds."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from stories.models.stories import Story, told_by


class Purpose(models.TextChoices):
    SITE = "site", "On this site"
    PRESS = "press", "In the press"
    MARKETING = "marketing", "In marketing of the city"
    MUSEUM = "museum", "In museum displays and the collection"
    PRINT = "print", "In print"


PURPOSES = tuple(Purpose)
_THESE = "These may use it, and hear of it if you take it back:"  # stored with each answer, so in one language


class ConsentVersionQuerySet(models.QuerySet):
    def current(self):
        """The one that tellers are shown now. There always is one: a migration brings the first."""
        return self.filter(used_since__isnull=False).latest("number")


class ConsentVersion(models.Model):
    """What tellers are shown when they choose. Once in use it stays as it is; a change makes another."""

    number = models.PositiveSmallIntegerField("version", unique=True, editable=False)
    licence = models.TextField(
        "the licence in plain words", help_text="That the teller keeps the copyright, and what they let us do."
    )
    licence_for_children = models.TextField("the same for a child", help_text="In words that a child of nine can read.")
    is_material = models.BooleanField(
        "it means something else",
        default=True,
        help_text="Ask all tellers again. What they had agreed to holds until they answer. Untick only if nothing but "
        "the words became clearer.",
    )
    what_changed = models.TextField(blank=True, help_text="In two or three plain sentences, for the mail to tellers.")
    used_since = models.DateTimeField("in use since", null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConsentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "wording of consent"
        verbose_name_plural = "wordings of consent"
        default_permissions = ("view", "add", "change", "publish")

    def __str__(self):
        return f"Version {self.number}"


class WordingLine(models.Model):
    """One purpose, and what is said beside its box."""

    wording = models.ForeignKey(ConsentVersion, on_delete=models.CASCADE, related_name="lines")
    purpose = models.CharField(max_length=10, choices=Purpose)
    words = models.CharField("beside the box", max_length=200)
    hint = models.CharField("under it", max_length=300, blank=True)
    words_for_children = models.CharField("beside the box, for a child", max_length=200)
    hint_for_children = models.CharField("under it, for a child", max_length=300, blank=True)
    bodies = models.TextField(
        "who may use it",
        blank=True,
        editable=False,
        help_text="Taken over from “About this site” when the version was begun: a line for each, with how it hears "
        "that a story was taken back.",
    )

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["wording", "purpose"], name="each_purpose_is_worded_once"),
        ]

    def __str__(self):
        return self.words

    def shown(self, *, is_child: bool) -> tuple[str, str]:
        """What stands beside its box, and all that stands under it."""
        words, hint = (self.words_for_children, self.hint_for_children) if is_child else (self.words, self.hint)
        if not self.bodies:
            return words, hint
        named = f"{_THESE} {' '.join(self.bodies.splitlines())}"
        return words, f"{hint} {named}".strip()

    @property
    def all_under_it(self) -> str:
        """As a grown-up reads it."""
        return self.shown(is_child=False)[1]


class ConsentQuerySet(models.QuerySet):
    def newest(self):
        """For each story and purpose the line that holds."""
        return self.order_by("story_id", "purpose", "-at", "-pk").distinct("story_id", "purpose")


class Consent(models.Model):
    """One answer to one purpose. `is_given` may be false: not ticked, or taken back."""

    class By(models.TextChoices):
        TELLER = "teller", "The teller"
        ADULT = "adult", "The adult with the child"
        GUARDIAN = "guardian", "A parent or guardian"
        PARTNER = "partner", "A partner, who noted it for the teller"
        STAFF = "staff", "Staff, who noted it for the teller"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    is_given = models.BooleanField()
    wording = models.ForeignKey(ConsentVersion, on_delete=models.PROTECT, related_name="+")
    words_shown = models.TextField(help_text="What stood beside the box, and the licence, as they were read.")
    by = models.CharField(max_length=10, choices=By)
    at = models.DateTimeField(auto_now_add=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["story", "purpose", "-at"], name="consent_newest_idx")]
        constraints = [
            models.CheckConstraint(condition=~Q(words_shown=""), name="consent_says_what_was_shown"),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}: {'yes' if self.is_given else 'no'}"

    @classmethod
    def theirs(cls, person: Any, addresses: Collection[str]) -> Q:
        return told_by(person, addresses, "story__contributor__")

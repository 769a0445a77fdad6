"""A story, and its words as they were told.

A story's status is changed by workflow.py alone, and the public reads what stands on the shelf
(stories/search/search_index.py), which holds nothing but published stories and nothing that their tellers hide.
"""

import secrets
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Upper
from django.urls import reverse

from city.models import Source, Ward
from cms.text.slugs import SlugField
from partners.models import Partner
from programmes.models import Programme
from stories.languages import LANGUAGES, direction_of
from stories.models.calls import Call, Thread

TITLE_LENGTH = 120
TEXT_LENGTH = 20_000
BEGINNING_LENGTH = 300  # of the text, by which stories are known to be nearly the same
_LETTERS = "23456789bcdfghjkmnpqrstvwxz"  # no vowels, so no words; none that look alike


def new_slug() -> str:
    """Says nothing of who told what: a title may hold a name, and an address stands in logs."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def told_by(person: Any, addresses: Collection[str], path: str = "") -> Q:
    """That somebody told it: by their account, or by an address that both sides have proved. `path` leads from a row to
    who told it."""
    proved = Q(**{f"{path}email__in": addresses, f"{path}email_verified_at__isnull": False})
    return Q(**{f"{path}account": person}) | proved


class StoryQuerySet(models.QuerySet):
    def published(self):
        """What anyone may read now."""
        return self.filter(status=Story.Status.PUBLISHED)

    def seen_by_staff(self):
        """Nobody of the staff sees what is still being written, was never confirmed, or was taken back."""
        return self.exclude(status__in=(*Story.UNSEEN, Story.Status.WITHDRAWN))

    def waiting(self):
        """For somebody to look at them, or at a change of what is public, the longest waiting first. What came in a
        flood is not among them, nor what is held."""
        waiting = self.filter(waits_since__isnull=False, is_rate_limited=False).exclude(status=Story.Status.HELD)
        return waiting.order_by("waits_since", "pk")


class Story(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Being written"
        AWAITING_VERIFICATION = "awaiting_address", "Waits for its teller to confirm their address"
        AWAITING_GUARDIAN = "awaiting_guardian", "Waits for a parent or guardian"
        SUBMITTED = "submitted", "Sent"
        IN_REVIEW = "in_review", "Being read"
        CHANGE_ASKED = "change_asked", "Its teller was asked for a change"
        APPROVED = "approved", "Approved, and published when its pictures are ready"
        SCHEDULED = "scheduled", "Will be published"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Taken back by its teller"
        DECLINED = "declined", "Not published"
        HELD = "held", "Held for safeguarding"
        REMOVED = "removed", "Taken down"

    class Way(models.TextChoices):
        ONLINE = "online", "Told here by somebody"
        PARTNER = "partner", "Sent by a partner for somebody"
        TABLE = "table", "Told at a table, and typed in"
        SAMPLE = "sample", "Sample story, written by the site team"

    # Nobody but their teller sees these.
    UNSEEN = (Status.DRAFT, Status.AWAITING_VERIFICATION, Status.AWAITING_GUARDIAN)
    # Somebody of the staff has something to do.
    WAITING = (Status.SUBMITTED, Status.IN_REVIEW)

    slug = SlugField("web name", max_length=80, unique=True, default=new_slug, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT, editable=False)
    status_since = models.DateTimeField(auto_now_add=True, editable=False)
    waits_since = models.DateTimeField(
        null=True, editable=False, help_text="Since when somebody of the staff should look at it."
    )
    way = models.CharField("how it came", max_length=10, choices=Way, default=Way.ONLINE, editable=False)
    # What the public reads, and what was told last: the same, unless a change is being written or read.
    shown = models.OneToOneField(
        "Version", on_delete=models.SET_NULL, null=True, editable=False, related_name="shown_for"
    )
    latest = models.OneToOneField(
        "Version", on_delete=models.SET_NULL, null=True, editable=False, related_name="latest_for"
    )
    call = models.ForeignKey(Call, on_delete=models.SET_NULL, null=True, blank=True, related_name="stories")
    threads = models.ManyToManyField(Thread, blank=True, related_name="stories")
    partner = models.ForeignKey(
        Partner,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
        help_text="The organisation that sent it, or helped with it. Readers see its name.",
    )
    programme = models.ForeignKey(
        Programme,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
        help_text="The programme it is about. It stands on the programme’s page, too.",
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="stories")  # of samples
    drawing = models.CharField(max_length=40, blank=True, editable=False)  # on the cover of a sample: see drawings.py
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="Who typed it in for somebody else, or was signed in when they told it.",
    )
    # The hash of what opens it to whoever is writing it (stories/submit/drafts.py); empty once it is sent.
    draft_digest = models.CharField(max_length=64, blank=True, editable=False)
    choices_made_at = models.DateTimeField(
        null=True, editable=False, help_text="When the choices were last made on this device; asked again on another."
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    is_flagged = models.BooleanField(
        "somebody may be at risk",
        default=False,
        help_text="Marks it in the queue for whoever looks after safeguarding.",
    )
    is_rate_limited = models.BooleanField(
        "one of many",
        default=False,
        editable=False,
        help_text="Came after so many others from one address or network that a person looks first.",
    )
    held_from = models.CharField(max_length=20, blank=True, editable=False)  # where `lift` takes it back to
    publish_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField("first published", null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    words = models.TextField("what we wrote last", blank=True, editable=False)
    warned_at = models.DateTimeField(
        null=True, editable=False, help_text="When its teller was told that it will be deleted."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField("last changed", auto_now=True)

    objects = StoryQuerySet.as_manager()
    # Whether somebody worries about them, and what staff say among themselves: not for
    # accounts/my_account/data_export.py.
    untold = (
        "status", "status_since", "held_from", "is_flagged", "is_rate_limited", "waits_since", "claimed_at",
        "warned_at", "words",
    )  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "stories"
        default_permissions = ("view", "moderate", "safeguard", "tell")
        indexes = [
            models.Index(fields=["status", "status_since"], name="story_status_idx"),
            models.Index(fields=["waits_since"], name="story_queue_idx", condition=Q(waits_since__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["draft_digest"], condition=~Q(draft_digest=""), name="each_draft_opens_with_its_own_key"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | (Q(shown__isnull=False) & Q(published_at__isnull=False)),
                name="published_story_has_words_and_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False), name="scheduled_story_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("declined", "change_asked", "removed")) | ~Q(words=""),
                name="refused_story_says_why",
            ),
        ]

    def __str__(self):
        """Without its title: this stands in the record, which nobody can erase."""
        return f"Story {self.slug}"

    def get_absolute_url(self):
        return reverse("stories:detail", args=[self.slug])

    @classmethod
    def theirs(cls, person: Any, addresses: Collection[str]) -> Q:
        return told_by(person, addresses, "contributor__")

    @property
    def is_sample(self) -> bool:
        return self.way == self.Way.SAMPLE


class Version(models.Model):
    """The words of a story as they were told once. Each sent version stays as it is; a change makes another."""

    class State(models.TextChoices):
        WRITING = "writing", "Being written"
        WAITING = "waiting", "Sent, and not decided"
        ASKED = "asked", "A change was asked for"
        APPROVED = "approved", "Approved, and shown when its pictures are ready"
        SHOWN = "shown", "Shown"
        REFUSED = "refused", "Not published"
        OLD = "old", "Replaced by a later one"

    class When(models.TextChoices):
        NONE = "", "I would rather not say"
        YEAR = "year", "In a year"
        DECADE = "decade", "In a decade"
        WORDS = "words", "In words of my own"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="versions", editable=False)
    number = models.PositiveSmallIntegerField(default=1, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WRITING, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    language = models.CharField(max_length=10, choices=LANGUAGES, default="en")
    when_kind = models.CharField(max_length=10, choices=When, blank=True)
    when_words = models.CharField(
        "when", max_length=60, blank=True, help_text="As readers see it: “1962”, “the 1960s”, “when I was small”."
    )
    year_from = models.SmallIntegerField(null=True, blank=True)
    year_to = models.SmallIntegerField(null=True, blank=True)
    ward = models.ForeignKey(Ward, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    place = models.CharField("public place", max_length=120, blank=True)
    content_note = models.CharField(
        max_length=200, blank=True, help_text="What a reader should know first, if it may distress: “Talks of a death.”"
    )
    answers = models.JSONField(default=list, blank=True)  # [{"question": words, "answer": words}], as they were asked
    # How its teller wants to be named from this version on (stories/display_name.py); all empty: as before.
    shown_as = models.CharField(max_length=5, blank=True, editable=False)
    full_name = models.CharField(max_length=120, blank=True, editable=False)
    pen_name = models.CharField(max_length=60, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    words = models.TextField("what we wrote about it", blank=True, editable=False)

    class Meta:
        ordering = ["story", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["story", "number"], name="each_version_of_a_story_has_its_number"),
            models.CheckConstraint(
                condition=Q(year_from=None) | Q(year_to=None) | Q(year_to__gte=F("year_from")),
                name="version_years_run_upwards",
            ),
        ]
        indexes = [  # near-duplicates: pg_trgm on the beginning is enough
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="version_title_trgm"),
            GinIndex(
                OpClass(Upper(Left("text", BEGINNING_LENGTH)), name="gin_trgm_ops"),
                name="version_beginning_trgm",
                condition=~Q(state="writing"),
            ),
        ]

    def __str__(self):
        return f"{self.story}, version {self.number}"

    @classmethod
    def theirs(cls, person: Any, addresses: Collection[str]) -> Q:
        return told_by(person, addresses, "story__contributor__")

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def minutes(self) -> int:
        """To read it, at 200 words a minute."""
        return max(1, round(len(self.text.split()) / 200))

"""What the public finds: one narrow row for each published story, with what lists, search, feeds and maps show of it.

A story is on the shelf exactly while it is published; shelf.put and shelf.take alone write here, in the
transaction that decides; and nothing is copied here that its teller hides.
"""

from collections import defaultdict
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cms.lib.queries import partial
from stories.languages import direction_of, tag_of
from stories.models.photos import StoryPicture
from stories.models.stories import Story

PATTERNS = 6  # of the cloth on a cover that has no picture


def letter_of(title: str) -> str:
    """What stands on its cloth: its first letter, in whatever script."""
    return next((letter for letter in title if letter.isalnum()), "·").upper()[:1]


class ShelvedManager(models.Manager):
    """Leaves in the database what only search looks at: it is ten times as much as the rest."""

    def get_queryset(self):
        return super().get_queryset().defer("search", "short", "words", "names")


class StoryIndex(models.Model):
    story = models.OneToOneField(Story, on_delete=models.CASCADE, primary_key=True, related_name="shelf")
    slug = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    opening = models.CharField(max_length=250)
    language = models.CharField(max_length=10)
    told_by = models.CharField(max_length=120, blank=True)
    when_words = models.CharField(max_length=60, blank=True)
    year = models.SmallIntegerField(null=True)  # where it stands on the line of time
    place = models.CharField(max_length=120, blank=True)
    ward = models.ForeignKey("city.Ward", on_delete=models.SET_NULL, null=True, related_name="shelved")
    call = models.ForeignKey("stories.Call", on_delete=models.SET_NULL, null=True, related_name="shelved")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.SET_NULL, null=True, related_name="shelved")
    partner = models.ForeignKey("partners.Partner", on_delete=models.SET_NULL, null=True, related_name="shelved")
    threads = ArrayField(models.IntegerField(), default=list)  # keys of Thread
    is_sample = models.BooleanField(default=False)
    has_note = models.BooleanField(default=False)
    cover = models.JSONField(null=True)  # what a card shows of the first picture: see shelf.cover_of
    published_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    search = SearchVectorField()  # title, opening, text and names
    short = SearchVectorField()  # title, opening and names
    words = ArrayField(models.CharField(max_length=60), default=list)  # as they are spelt in it, for SearchWord
    names = models.TextField(default="")  # of its threads, call and ward, as they are in `search`
    index_version = models.SmallIntegerField(default=0)  # of the rules by which the four above were made

    objects = ShelvedManager()

    class Meta:
        ordering = ["-published_at", "-story_id"]
        default_permissions = ()
        indexes = [
            GinIndex(fields=["search"], name="shelf_search_idx", fastupdate=False),
            GinIndex(fields=["threads"], name="shelf_threads_idx", fastupdate=False),
            models.Index(fields=["-published_at", "-story"], name="shelf_newest_idx"),
            models.Index(fields=["-modified_at"], name="shelf_modified_idx"),
            models.Index(fields=["ward", "-published_at", "-story"], name="shelf_ward_idx"),
            models.Index(fields=["call", "-published_at", "-story"], name="shelf_call_idx"),
            models.Index(fields=["language", "-published_at", "-story"], name="shelf_language_idx"),
            models.Index(fields=["year", "story"], name="shelf_year_idx"),
            models.Index(fields=["programme", "-published_at", "-story"], name="shelf_programme_idx"),
            models.Index(fields=["partner", "-published_at", "-story"], name="shelf_partner_idx"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("stories:detail", args=[self.slug])

    @property
    def lang(self) -> str:
        return tag_of(self.language)

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def picture(self) -> StoryPicture | None:
        """On its card. None where a reader should be told first what is coming, nor once a consent has run out."""
        if not self.cover or "key" not in self.cover or self.has_note:
            return None
        until = self.cover.get("until")
        if until and until < timezone.localdate().isoformat():
            return None
        return partial(StoryPicture, self.cover)

    @property
    def card(self) -> dict[str, Any]:
        """Its cover as plain values: a picture, a drawing, or else a cloth with its first letter."""
        picture = self.picture
        return {
            "src": picture.preview_url if picture else "",
            "avif": picture.avif_srcset if picture and picture.is_ready else "",
            "jpeg": picture.jpeg_srcset if picture else "",
            "width": picture.width if picture else 0,
            "height": picture.height if picture else 0,
            "drawing": "" if picture or self.has_note else (self.cover or {}).get("drawing", ""),
            "pattern": self.pk % PATTERNS + 1,
            "letter": letter_of(self.title),
        }


class FacetCountQuerySet(models.QuerySet):
    def of(self, *kinds: str) -> dict[str, dict[str, int]]:
        """How many stories stand under each key, by kind."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for kind, key, stories in self.filter(kind__in=kinds).values_list("kind", "key", "stories"):
            found[kind][key] = stories
        return found


class FacetCount(models.Model):
    """How many stories on the shelf have the same thread, ward, year …, so that no page counts a hundred thousand.
    Kept by a trigger of the shelf (migration 0007), whoever writes there; and so are search words."""

    kind = models.CharField(max_length=10)  # every, thread, ward, language, year, call, programme, partner
    key = models.CharField(max_length=20)
    stories = models.IntegerField(default=0)

    objects = FacetCountQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="each_count_of_the_shelf_is_there_once")]

    def __str__(self):
        return f"{self.kind} {self.key}"


class SearchWord(models.Model):
    """A word of published stories and in how many it stands, so that search knows what a misspelling meant."""

    word = models.CharField(max_length=60, primary_key=True)
    stories = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trgm")]

    def __str__(self):
        return self.word

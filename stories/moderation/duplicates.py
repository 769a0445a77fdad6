"""Stories that are nearly the same as one at hand: by title, by how they begin, or by a picture.

Nothing is told of stories that whoever asks may not see.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import CharField, F, FloatField, QuerySet, Value
from django.db.models.functions import Left, Upper

from stories.models import Story, StoryPicture, Version
from stories.models.stories import BEGINNING_LENGTH

ALIKE = 0.6  # of what two texts have in groups of three letters; the index is quick from there on
MOST = 8
_MOST_READ = 50  # of each reason: a flood may hold a thousand that are the same
_ABOUT = ("story_id", "story__slug", "story__status", "story__latest__title")


@dataclass
class Alike:
    pk: int
    title: str
    state: str
    reasons: list[str] = field(default_factory=list)
    score: float = 0


def like(story: Story, version: Version, seen: QuerySet[Story]) -> list[Alike]:
    """The most alike first, of those in `seen`, in one question after one that says how alike they must be."""
    words = {"title": version.title, "beginning": version.text[:BEGINNING_LENGTH]}
    asked = []
    sent = Version.objects.exclude(state=Version.State.WRITING).exclude(story=story).order_by()
    beginning: Any = Upper(Left("text", BEGINNING_LENGTH))
    for what, expression in (("title", Upper("title")), ("beginning", beginning)):
        if len(words[what].split()) < 2:  # one word says nothing
            continue
        loud: Any = Upper(Value(words[what]))
        alike = sent.annotate(loud=expression).filter(loud__trigram_similar=loud)
        asked.append(_rows(alike.annotate(score=TrigramSimilarity("loud", loud)), what, seen))
    same = StoryPicture.objects.exclude(story=story).order_by()
    same = same.filter(digest__in=StoryPicture.objects.filter(uses__version=version).order_by().values("digest"))
    asked.append(_rows(same.annotate(score=Value(1.0, FloatField())), "picture", seen))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        rows = list(asked[0].union(*asked[1:], all=True))
    return _put_together(rows)


def _rows(found: QuerySet, what: str, seen: QuerySet[Story]) -> QuerySet:
    found = found.filter(story__in=seen.order_by().values("pk"))
    told = found.annotate(why=Value(what, CharField()), much=F("score")).order_by("-much")
    return told.values_list("why", "much", *_ABOUT)[:_MOST_READ]


_WORDS = {"title": "its title", "beginning": "how it begins", "picture": "a picture"}


def _put_together(rows) -> list[Alike]:
    scores: dict[int, dict[str, float]] = defaultdict(dict)
    found: dict[int, Alike] = {}
    for why, score, pk, slug, status, title in rows:
        found[pk] = Alike(pk, title or slug, Story.Status(status).label)
        scores[pk][why] = max(score, scores[pk].get(why, 0))
    for pk, one in found.items():
        one.reasons = [_WORDS[why] for why in _WORDS if why in scores[pk]]
        one.score = sum(scores[pk].values())
    return sorted(found.values(), key=lambda one: -one.score)[:MOST]

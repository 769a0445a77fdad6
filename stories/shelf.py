"""Writes the one table that public pages, search, feeds and maps of stories read; see models/shelf.py.

How many stories have a word, a thread, a ward … is counted by triggers of that table (migration 0007), so that a story
that is deleted with all its rows is counted out, too.
"""

import re
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Min, Q, Value
from django.db.models.expressions import Combinable
from django.utils import timezone

from stories.models import Depicted, ShelvedStory, Story, StoryPicture, Version

OPENING_LENGTH = 200
CONFIG, PLAIN_CONFIG = "stories_english", "stories_plain"  # made by the first migration

# Scripts that put no spaces between words: each sign is a word of its own, and words are phrases of them.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])")
# Words of four letters and more as search splits them, without accents; none that search leaves out, such as “with”.
_WORDS = """
SELECT coalesce(array_agg(word ORDER BY word), '{}') FROM (
    SELECT DISTINCT unaccent(lower(token)) AS word FROM ts_parse('default', %(text)s) WHERE tokid IN (1, 2, 10, 11)
) AS spelt
WHERE char_length(word) BETWEEN 4 AND 40 AND to_tsvector(%(config)s::regconfig, word) <> ''::tsvector
"""


def put(story: Story) -> None:
    """Replaces what stands there about it."""
    version = Version.objects.get(shown_for=story)
    contributor = getattr(story, "contributor", None)
    config = CONFIG if version.language == "en" else PLAIN_CONFIG
    opening = opening_of(version.text)
    row = {
        "slug": story.slug,
        "title": version.title,
        "opening": opening,
        "language": version.language,
        "told_by": contributor.shown_name if contributor else "",
        "when_words": version.when_words,
        "year": version.year_from if version.year_from is not None else version.year_to,
        "place": version.place,
        "ward_id": version.ward_id,
        "call_id": story.call_id,
        "programme_id": story.programme_id,
        "partner_id": story.partner_id,
        "threads": sorted(story.threads.values_list("pk", flat=True)),
        "is_sample": story.is_sample,
        "has_note": bool(version.content_note),
        "cover": cover_of(version) or drawing_of(story),
        "published_at": story.published_at,
        "modified_at": timezone.now(),
        "search": _vector(config, A=version.title, B=opening, C=_searched(version)),
        "short": _vector(config, A=version.title, B=opening),
        "words": _words(config, f"{version.title}\n{_searched(version)}"),
    }
    ShelvedStory.objects.update_or_create(story=story, defaults=row)


def take(story: Story) -> None:
    ShelvedStory.objects.filter(story=story).delete()


def opening_of(text: str) -> str:
    """The first words, as a card shows them: whole words, at most so many letters."""
    plain = " ".join(text.split())
    if len(plain) <= OPENING_LENGTH:
        return plain
    return plain[:OPENING_LENGTH].rsplit(" ", 1)[0].rstrip(",;:–-") + "…"


def cover_of(version: Version) -> dict[str, Any] | None:
    """What a card shows of the first picture that may be shown, as plain values; and the last day on which all who
    are on it agree."""
    shown = version.pictures.filter(picture__in=StoryPicture.objects.showable()).select_related("picture").first()
    if shown is None:
        return None
    picture = shown.picture
    names = ("version", "width", "height", "preview_width", "widths")
    agreed = Q(consent=Depicted.Consent.YES)
    is_overruled = picture.overrides.filter(ended_at=None).exists()
    until = None if is_overruled else picture.people.filter(agreed).aggregate(until=Min("until"))["until"]
    return {name: getattr(picture, name) for name in names} | {
        "key": str(picture.key),
        "words": shown.description,
        "until": until.isoformat() if until else "",
    }


def drawing_of(story: Story) -> dict[str, Any] | None:
    return {"drawing": story.drawing} if story.drawing else None


def spaced(text: str) -> str:
    """As search reads it: with spaces around signs that are words of their own."""
    return _UNSPACED.sub(r" \1 ", text)


def _searched(version: Version) -> str:
    """All that is told: the text, where it was, and what was answered to a call."""
    answers = [str(row.get("answer", "")) for row in version.answers if isinstance(row, dict)]
    return "\n".join(filter(None, (version.text, version.place, *answers)))


def _vector(config: str, **weighted: str) -> Combinable:
    vector: Any = None
    for weight, words in weighted.items():
        one = SearchVector(Value(spaced(words)), config=config, weight=weight)
        vector = one if vector is None else vector + one
    return vector


def _words(config: str, text: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"text": spaced(text), "config": config})
        return cursor.fetchone()[0]

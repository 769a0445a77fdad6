"""Writes the one table that public pages, search, feeds and maps of stories read; see stories/models/search_index.py.

How many stories have a word, a thread, a ward … is counted by triggers of that table (migration 0007), so that a story
that is deleted with all its rows is counted out, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Min, Q, Value
from django.db.models.expressions import Combinable
from django.utils import timezone

from city.models import Ward
from cms.search import normaliser
from stories.models import Call, DepictedPerson, Story, StoryIndex, StoryPicture, Thread, Version

OPENING_LENGTH = 200
CONFIG, PLAIN_CONFIG = "stories_english", "stories_plain"  # made by the first migration

# Words of four letters and more, without accents; none that search leaves out, such as “with”.
_WORDS = """
SELECT coalesce(array_agg(DISTINCT spelt ORDER BY spelt), '{}')
FROM unnest(%(words)s::text[]) AS word, unaccent(word) AS spelt
WHERE char_length(spelt) BETWEEN 4 AND 40 AND to_tsvector(%(config)s::regconfig, spelt) <> ''::tsvector
"""

Titles = dict[str, dict[int, str]]


def samples_among(stories: Sequence[StoryIndex]) -> str:
    """Whether “all”, “some” or “none” of these were written by the site team, for words that must be true of them."""
    samples = sum(story.is_sample for story in stories)
    return "none" if not samples else "all" if samples == len(stories) else "some"


def put(story: Story) -> None:
    """Replaces what stands there about it."""
    version = Version.objects.get(shown_for=story)
    contributor = getattr(story, "contributor", None)
    threads = sorted(story.threads.values_list("pk", flat=True))
    row = {
        "slug": story.slug,
        "title": version.title,
        "opening": opening_of(version.text),
        "language": version.language,
        "told_by": contributor.shown_name if contributor else "",
        "when_words": version.when_words,
        "year": version.year_from if version.year_from is not None else version.year_to,
        "place": version.place,
        "ward_id": version.ward_id,
        "call_id": story.call_id,
        "programme_id": story.programme_id,
        "partner_id": story.partner_id,
        "threads": threads,
        "is_sample": story.is_sample,
        "has_note": bool(version.content_note),
        "cover": cover_of(version) or drawing_of(story),
        "published_at": story.published_at,
        "modified_at": timezone.now(),
    }
    names = _names(_titles(), threads, story.call_id, version.ward_id)
    StoryIndex.objects.update_or_create(story=story, defaults=row | _indexed(version, names))


def reindex(story: Story) -> None:
    """Only what search looks through; what readers see of it, and when it was changed, stays as it is."""
    version = Version.objects.get(shown_for=story)
    threads = story.threads.values_list("pk", flat=True)
    names = _names(_titles(), sorted(threads), story.call_id, version.ward_id)
    row = StoryIndex.objects.filter(story=story)
    row.update(**_indexed(version, names))


def not_indexed() -> Iterator[int]:
    """Keys of stories that were indexed by other rules, or under names that its thread, call or ward no longer has."""
    titles = _titles()
    rows = StoryIndex.objects.values_list("pk", "index_version", "names", "threads", "call_id", "ward_id")
    for pk, version, names, threads, call, ward in rows.iterator():
        if version != normaliser.VERSION or names != _names(titles, threads, call, ward):
            yield pk


def take(story: Story) -> None:
    StoryIndex.objects.filter(story=story).delete()


def opening_of(told: str) -> str:
    """The first words, as a card shows them: whole words, at most so many letters."""
    plain = " ".join(told.split())
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
    agreed = Q(consent=DepictedPerson.Consent.YES)
    is_overruled = picture.overrides.filter(ended_at=None).exists()
    until = None if is_overruled else picture.people.filter(agreed).aggregate(until=Min("until"))["until"]
    return {name: getattr(picture, name) for name in names} | {
        "key": str(picture.key),
        "words": shown.description,
        "until": until.isoformat() if until else "",
    }


def drawing_of(story: Story) -> dict[str, Any] | None:
    return {"drawing": story.drawing} if story.drawing else None


def _titles() -> Titles:
    """What threads, calls and wards are called that anybody may read."""
    return {
        "thread": dict(Thread.objects.published().values_list("pk", "title")),
        "call": dict(Call.objects.published().values_list("pk", "title")),
        "ward": dict(Ward.objects.published().values_list("pk", "name")),
    }


def _names(titles: Titles, threads: Iterable[int], call: int | None, ward: int | None) -> str:
    """By which it is found, too: one on each line."""
    keys = [*(("thread", key) for key in threads), ("call", call), ("ward", ward)]
    return "\n".join(titles[kind][key] for kind, key in keys if key in titles[kind])


def _indexed(version: Version, names: str) -> dict[str, Any]:
    """What search looks through. A word of the title weighs most, one of a thread's name least."""
    config = CONFIG if version.language == "en" else PLAIN_CONFIG
    opening, searched = opening_of(version.text), _searched(version)
    return {
        "search": _vector(config, A=version.title, B=opening, C=searched, D=names),
        "short": _vector(config, A=version.title, B=opening, D=names),
        "words": _words(config, f"{version.title}\n{searched}\n{names}"),
        "names": names,
        "index_version": normaliser.VERSION,
    }


def _searched(version: Version) -> str:
    """All that is told: the text, where it was, and what was answered to a call."""
    answers = [str(row.get("answer", "")) for row in version.answers if isinstance(row, dict)]
    return "\n".join(filter(None, (version.text, version.place, *answers)))


def _vector(config: str, **weighted: str) -> Combinable:
    vector: Any = None
    for weight, words in weighted.items():
        one = SearchVector(Value(normaliser.index_text(words)), config=config, weight=weight)
        vector = one if vector is None else vector + one
    return vector


def _words(config: str, searched: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"words": sorted(normaliser.spellings(searched)), "config": config})
        return cursor.fetchone()[0]

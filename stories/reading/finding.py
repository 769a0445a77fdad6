"""Finds stories by words, however they are spelt, and however many there are.

PostgreSQL first guesses how many fit. Up to MOST_RANKED all of them are ranked and counted; of more, the newest are,
and the reader is told “about”. Either way the time an answer takes does not grow with the shelf.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from editorial.queries import number
from stories.models import ShelvedStory
from stories.reading.lists import NEWEST
from stories.shelf import CONFIG, PLAIN_CONFIG, spaced

MOST_LETTERS, MOST_WORDS = 200, 12  # of a question; what is longer is cut
MOST_RANKED, NEWEST_RANKED = 8_000, 200
SIZE = 24
_MOST_RANK = 2**31 - 1

# In English and in every other language, as stories are kept; what one leaves out as a stop word the other may find.
_QUERY = f"(websearch_to_tsquery('{CONFIG}', %(words)s) || websearch_to_tsquery('{PLAIN_CONFIG}', %(words)s))"
_CARD = [
    name.attname for name in ShelvedStory._meta.concrete_fields if name.attname not in ("search", "short", "words")
]
_COLUMNS = ", ".join(f'shelf."{name}"' for name in _CARD)

_GUESS = "EXPLAIN (FORMAT JSON) SELECT 1 FROM stories_shelvedstory AS shelf WHERE {where}"
_RANK = "(ts_rank(shelf.short, {query}) * 1000000)::int AS rank"
_FOUND = """
WITH found AS MATERIALIZED (
    SELECT shelf.story_id AS pk, shelf.published_at AS at, shelf.language, shelf.ward_id AS ward, shelf.threads,
        {rank}
    FROM stories_shelvedstory AS shelf WHERE {where} {newest}
), shown AS (
    SELECT pk, rank FROM found {beyond} ORDER BY rank DESC, at DESC, pk DESC LIMIT {limit}
)
SELECT (SELECT count(*) FROM found), {choices}, shown.rank, {columns}
FROM shown JOIN stories_shelvedstory AS shelf ON shelf.story_id = shown.pk
ORDER BY shown.rank DESC, shelf.published_at DESC, shelf.story_id DESC
"""
_CHOICES = """(SELECT coalesce(jsonb_object_agg(kind, of_kind), '{}') FROM (
    SELECT kind, jsonb_object_agg(key, n) AS of_kind FROM (
        SELECT 'language' AS kind, language AS key, count(*) AS n FROM found GROUP BY language
        UNION ALL SELECT 'ward', ward::text, count(*) FROM found WHERE ward IS NOT NULL GROUP BY ward
        UNION ALL SELECT 'thread', thread::text, count(*) FROM found, unnest(threads) AS thread GROUP BY thread
    ) AS each GROUP BY kind) AS by_kind)"""


@dataclass
class Found:
    words: str
    stories: list[ShelvedStory] = field(default_factory=list)
    count: int = 0
    is_about: bool = False  # more than are ranked; the count is a guess
    choices: dict[str, dict[str, int]] = field(default_factory=dict)  # kind: key: how many
    after: str = ""  # where the next page begins
    is_first: bool = True

    @property
    def about(self) -> int:
        """Two figures of it are as much as is known."""
        digits = len(str(self.count)) - 2
        return round(self.count, -digits) if digits > 0 else self.count


def cleaned(words: str) -> str:
    """A question as it is asked of the database: not too long, and nothing in it that a text cannot hold."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", words[: 5 * MOST_LETTERS])
    return " ".join(plain.split()[:MOST_WORDS])[:MOST_LETTERS].strip()


def find(words: str, narrowed: Mapping[str, Any] | None = None, after: str = "") -> Found:
    """`narrowed` are the language, the key of the ward and of the thread that stories must have, where given."""
    narrowed = {kind: value for kind, value in (narrowed or {}).items() if value}
    given: dict[str, Any] = {"words": as_query(words), **narrowed}
    tests = {
        "language": "shelf.language = %(language)s",
        "ward": "shelf.ward_id = %(ward)s",
        "thread": "shelf.threads @> ARRAY[%(thread)s::int]",
    }
    where = " AND ".join([f"shelf.search @@ {_QUERY}", *(tests[kind] for kind in narrowed)])
    found = Found(words)
    with connection.cursor() as cursor:
        cursor.execute(_GUESS.format(where=where), given)
        guess = int(_plan_of(cursor.fetchone()[0])["Plan Rows"])
        found.is_about = guess > MOST_RANKED
        beyond, place = "", _place(after)
        if place:
            beyond = "WHERE (rank, at, pk) < (%(rank)s, %(at)s, %(pk)s)"
            given |= dict(zip(("rank", "at", "pk"), place, strict=True))
            found.is_first = False
        newest = f"ORDER BY shelf.published_at DESC, shelf.story_id DESC LIMIT {NEWEST_RANKED}"
        sql = _FOUND.format(
            rank=_RANK.format(query=_QUERY),
            where=where,
            newest=newest if found.is_about else "",
            beyond=beyond,
            limit=SIZE + 1,
            choices="NULL::jsonb" if found.is_about else _CHOICES,
            columns=_COLUMNS,
        )
        cursor.execute(sql, given)
        rows = cursor.fetchall()
    return _read(found, rows, guess)


def _read(found: Found, rows: list[tuple], guess: int) -> Found:
    shown = rows[:SIZE]
    found.stories = [ShelvedStory.from_db(None, _CARD, _values(row[3:])) for row in shown]
    if rows:
        found.count = guess if found.is_about else rows[0][0]
        found.choices = {} if found.is_about else _json(rows[0][1])
    if found.is_about and rows and rows[0][0] < NEWEST_RANKED:  # the guess was too high: these are all
        found.is_about, found.count = False, rows[0][0]
    if len(rows) > SIZE:
        last = found.stories[-1]
        found.after = f"{shown[-1][2]}-{NEWEST.place_of(last)}"
    return found


def _plan_of(plan: Any) -> dict[str, Any]:
    return _json(plan)[0]["Plan"]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _values(row: tuple) -> list[Any]:
    """A raw question gives JSON as text; everything else is as Django would read it."""
    at = _CARD.index("cover")
    return [_json(value) if number == at else value for number, value in enumerate(row)]


def _place(after: str) -> tuple[int, Any, int] | None:
    """Where a page begins: the rank, the moment and the key of the story before it."""
    rank, _, rest = after.partition("-")
    value, place = number(rank), NEWEST.read(rest)
    if value is None or value > _MOST_RANK or place is None:
        return None
    return value, *place


def as_query(words: str) -> str:
    """Runs of signs that are words by themselves are looked for as a phrase, as they were written."""
    return re.sub(r"[^\s\"]+", lambda found: _phrase(found.group()), words)


def _phrase(word: str) -> str:
    signs = spaced(word)
    if signs == word:
        return word
    return f'-"{signs[1:].strip()}"' if word.startswith("-") else f'"{signs.strip()}"'

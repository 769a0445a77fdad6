"""Finds stories by words, however they are written, and however many there are.

PostgreSQL first guesses how many fit. Up to `most_ranked` all of them are ranked and counted; of more, the newest are,
and the reader is told “about”. Either way the time an answer takes grows much less than the shelf.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from cms.lib.queries import number
from cms.search.normaliser import Question
from stories.models import StoryIndex
from stories.search.keyset import NEWEST
from stories.search.search_index import CONFIG, PLAIN_CONFIG

MOST_LETTERS, MOST_WORDS = 200, 12  # of a question; what is longer is cut
NEWEST_RANKED = 200
SAMPLED = 150  # stories that fit, in a sample: their number is then within a fifth in 99 of 100
SIZE = 24
_MOST_RANK = 2**31 - 1

_UNREAD = ("search", "short", "words", "names", "index_version")
_CARD = [name.attname for name in StoryIndex._meta.concrete_fields if name.attname not in _UNREAD]
_COLUMNS = ", ".join(f'shelf."{name}"' for name in _CARD)

# In English and in every other language, as stories are kept; what one leaves out as a stop word the other may find.
_READ = f"""
SELECT to_tsquery('{CONFIG}', %(wanted)s)::text, to_tsquery('{PLAIN_CONFIG}', %(wanted)s)::text,
    to_tsquery('{CONFIG}', %(unwanted)s)::text, to_tsquery('{PLAIN_CONFIG}', %(unwanted)s)::text,
    (SELECT coalesce(sum(stories), 0) FROM stories_facetcount WHERE kind = 'every')
"""  # noqa: S608 - two names of ours
_QUERY = "%(query)s::tsquery"
_GUESS = "EXPLAIN (FORMAT JSON) SELECT 1 FROM stories_storyindex AS shelf WHERE {where}"
_BY_WORDS = "SELECT set_config('enable_seqscan', %(on)s, true), set_config('enable_indexscan', %(on)s, true)"
_SAMPLE = """
SELECT count(*) FILTER (WHERE {where}), count(*)
FROM stories_storyindex AS shelf TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (1)
"""
_NEWEST = "ORDER BY shelf.published_at DESC, shelf.story_id DESC LIMIT %(newest)s"
_RANK = "(ts_rank(shelf.short, {query}) * 1000000)::int AS rank"
_FOUND = """
WITH found AS MATERIALIZED (
    SELECT shelf.story_id AS pk, shelf.published_at AS at, shelf.language, shelf.ward_id AS ward, shelf.threads,
        {rank}
    FROM stories_storyindex AS shelf WHERE {where} {which}
), shown AS (
    SELECT pk, rank FROM found {beyond} ORDER BY rank DESC, at DESC, pk DESC LIMIT {limit}
)
SELECT (SELECT count(*) FROM found), {choices}, shown.rank, {columns}
FROM shown JOIN stories_storyindex AS shelf ON shelf.story_id = shown.pk
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
    stories: list[StoryIndex] = field(default_factory=list)
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


def most_ranked(stories: int) -> int:
    """Of so many on the shelf. Measured: beyond it, reading the newest until enough of them fit costs less."""
    return max(2_000, 20 * math.isqrt(stories))


def find(words: str, narrowed: Mapping[str, Any] | None = None, after: str = "") -> Found:
    """`narrowed` are the language, the key of the ward and of the thread that stories must have, where given."""
    question, found = Question(words), Found(words, is_first=_place(after) is None)
    if not question.wanted:
        return found
    narrowed = {kind: value for kind, value in (narrowed or {}).items() if value}
    tests = {
        "language": "shelf.language = %(language)s",
        "ward": "shelf.ward_id = %(ward)s",
        "thread": "shelf.threads @> ARRAY[%(thread)s::int]",
    }
    where = " AND ".join([f"shelf.search @@ {_QUERY}", *(tests[kind] for kind in narrowed)])
    given: dict[str, Any] = {**narrowed, "newest": NEWEST_RANKED}
    with connection.cursor() as cursor:
        given["query"], stories = _as_query(cursor, question)
        cursor.execute(_GUESS.format(where=where), given)
        guess = int(_plan_of(cursor.fetchone()[0])["Plan Rows"])
        most = most_ranked(stories)
        place, rows = _place(after), None
        if guess > most and re.search("[<!]", given["query"]):
            rows = _collected(cursor, where, given, place, most)
        if rows is None:
            found.is_about = guess > most
            if found.is_about and (narrowed or not question.is_one_word):
                guess = _sampled(cursor, where, given, most, stories)
            rows = _ranked(cursor, where, given, place, _NEWEST if found.is_about else "")
    return _read(found, rows, guess)


def _as_query(cursor, question: Question) -> tuple[str, int]:
    """What PostgreSQL makes of it, and how many stories there are. Asked of two configurations where they differ: how
    many fit is guessed twice too high for the same words asked twice."""
    cursor.execute(_READ, {"wanted": question.wanted, "unwanted": question.unwanted})
    *asked, stories = cursor.fetchone()
    wanted, unwanted = _either(*asked[:2]), _either(*asked[2:])
    return (f"({wanted}) & !({unwanted})" if wanted and unwanted else wanted), stories


def _either(english: str, plain: str) -> str:
    each = list(filter(None, dict.fromkeys([english, plain])))
    return each[0] if len(each) == 1 else " | ".join(f"({query})" for query in each)


def _collected(cursor, where: str, given: dict[str, Any], place: Any, most: int) -> list[tuple] | None:
    """A page of all that fit; None if they are more than `most`. Phrases, and words that must not be there, are guessed
    badly, and where few fit the newest would be read to their end: so these are found by their words alone."""
    cursor.execute(_BY_WORDS, {"on": "off"})
    rows = _ranked(cursor, where, given, place, f"LIMIT {most + 1}")
    if rows and rows[0][0] > most:
        cursor.execute(_BY_WORDS, {"on": "on"})
        return None
    return rows


def _sampled(cursor, where: str, given: dict[str, Any], most: int, stories: int) -> int:
    """How many fit: words that stand in the same texts, or never do, are guessed as if they knew nothing of each
    other. The same sample each time, so that every page of an answer says the same."""
    percent = min(100.0, 100 * SAMPLED / max(most, 1))
    cursor.execute(_SAMPLE.format(where=where), given | {"percent": percent})
    fitting, seen = cursor.fetchone()
    return round(fitting / max(seen, 1) * stories)


def _ranked(cursor, where: str, given: dict[str, Any], place: Any, which: str) -> list[tuple]:
    """A page of them and one more, the best first; `place` is where the page before it ended, `which` are ranked."""
    if place:
        given = given | dict(zip(("rank", "at", "pk"), place, strict=True))
    sql = _FOUND.format(
        rank=_RANK.format(query=_QUERY),
        where=where,
        which=which,
        beyond="WHERE (rank, at, pk) < (%(rank)s, %(at)s, %(pk)s)" if place else "",
        limit=SIZE + 1,
        choices="NULL::jsonb" if which == _NEWEST else _CHOICES,
        columns=_COLUMNS,
    )
    cursor.execute(sql, given)
    return cursor.fetchall()


def _read(found: Found, rows: list[tuple], guess: int) -> Found:
    shown = rows[:SIZE]
    found.stories = [StoryIndex.from_db(None, _CARD, _values(row[3:])) for row in shown]
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

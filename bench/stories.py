"""Says what reading The Derby Story costs with a thousand and with a hundred thousand stories, as a ratio to Django's
plain “hello” in the same run.

    make bench WHAT=stories
    make bench WHAT=stories ARGS="--stories 1000 --requests 200"

Stories are made by PostgreSQL in a database made for it and removed afterwards, of words that are as common as words
are: the second half as often as the first, the third a third as often. Each page is made anew for every request,
without a network between, and never kept.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "derbycity.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext, setup_databases, setup_test_environment, teardown_databases
from django.urls import path

from stories.languages import LANGUAGES
from stories.models import Contributor, FacetCount, Story, StoryIndex, Version
from tests import make
from tests import make_stories as told

MOST_QUERIES = 6
WORDS = 30_000
THREADS, WARDS = 12, 18
urlpatterns = [path("", lambda _: HttpResponse("hello"))]

# Words of two to four syllables, the same in each run; among the commonest some that people ask for. And in each story
# one that no other has, as a name or a slip would be.
VOCABULARY = """
CREATE TEMPORARY TABLE vocabulary AS SELECT n AS rank, CASE WHEN n %% 40 = 7 AND n < 400 THEN (ARRAY['derby','railway',
    'market','winter','factory','theatre','carnival','neighbour','grandmother','river'])[n / 40 + 1] ELSE (
        SELECT string_agg((ARRAY['ba','der','lin','mo','ster','ca','ton','ri','wel','sha','pen','gro','vi','nor','el',
            'hu','tam','kes','ro','bing'])[1 + (n / (20 ^ k)::int + n * k) %% 20], '')
        FROM generate_series(0, 1 + n %% 3) AS k) END AS word
FROM generate_series(1, %(words)s) AS n
"""
TEXTS = """
CREATE TEMPORARY TABLE told AS
SELECT n, string_agg(word, ' ') || ' ' || translate(left(md5(n::text), 9), '0123456789', 'ghijklmnop') AS text FROM (
    SELECT n, 1 + floor(exp(random() * ln(%(words)s - 1)))::int AS rank
    FROM generate_series(1, %(stories)s) AS n, generate_series(1, 40 + n * 7919 %% 200)
) AS picked JOIN vocabulary USING (rank) GROUP BY n
"""

# Each as one story that is there already, but for what differs.
STORY = {
    "id": "1000000 + n",
    "slug": "'bench-' || n",
    "shown_id": "1000000 + n",
    "latest_id": "1000000 + n",
    "published_at": "now() - n * interval '1 minute'",
    "partner_id": "CASE n %% 10 WHEN 0 THEN %(partner)s::bigint END",
    "programme_id": "CASE n %% 9 WHEN 0 THEN %(programme)s::bigint END",
    "call_id": "CASE n %% 3 WHEN 0 THEN %(call)s::bigint END",
}
VERSION = {
    "id": "1000000 + n",
    "story_id": "1000000 + n",
    "title": "left(told.text, 40)",
    "text": "told.text",
    "language": "CASE WHEN n %% 10 = 0 THEN (%(languages)s::text[])[1 + n / 10 %% 40] ELSE 'en' END",
    "year_from": "CASE WHEN n %% 2 = 0 THEN 2025 - floor(exp(random() * 6))::int END",
    "ward_id": "CASE WHEN n %% 4 <> 0 THEN (%(wards)s::bigint[])[1 + n %% %(ward_count)s] END",
}
CONTRIBUTOR = {"id": "1000000 + n", "story_id": "1000000 + n"}
LINKS = """
INSERT INTO stories_story_threads (story_id, thread_id)
SELECT 1000000 + n, thread FROM told, LATERAL (
    SELECT DISTINCT (%(threads)s::bigint[])[floor(exp(random() * ln(%(thread_count)s + 1)))::int] AS thread
    FROM generate_series(1, 2) AS twice WHERE n > 0) AS one
"""
SHELF = """
INSERT INTO stories_storyindex (story_id, slug, title, opening, language, told_by, when_words, year, place, ward_id,
    call_id, programme_id, partner_id, threads, is_sample, has_note, published_at, modified_at, search, short, words,
    names, index_version)
SELECT s.id, s.slug, v.title, left(v.text, 200), v.language, c.full_name, v.when_words, v.year_from, v.place, v.ward_id,
    s.call_id, s.programme_id, s.partner_id,
    ARRAY(SELECT thread_id::int FROM stories_story_threads WHERE story_id = s.id ORDER BY 1), false, false,
    s.published_at, s.modified_at,
    setweight(to_tsvector(config, v.title), 'A') || setweight(to_tsvector(config, left(v.text, 200)), 'B')
        || setweight(to_tsvector(config, v.text), 'C'),
    setweight(to_tsvector(config, v.title), 'A') || setweight(to_tsvector(config, left(v.text, 200)), 'B'),
    ARRAY(SELECT DISTINCT word FROM unnest(string_to_array(v.text, ' ')) AS word WHERE char_length(word) >= 4), '', 0
FROM stories_story AS s JOIN stories_version AS v ON v.id = s.shown_id
    JOIN stories_contributor AS c ON c.story_id = s.id, LATERAL (
        SELECT CASE v.language WHEN 'en' THEN 'stories_english' ELSE 'stories_plain' END::regconfig AS config) AS of
WHERE s.id > 1000000
"""
# Built at once, as after a copy was brought back; put in story by story they are the same.
INDEX = "CREATE INDEX shelf_search_idx ON stories_storyindex USING gin (search) WITH (fastupdate = off)"


def copied(model: type[Model], different: dict[str, str]) -> str:
    """A statement that writes a row like the one that is there for each text."""
    table = model._meta.db_table
    same = [field.column for field in model._meta.concrete_fields if field.column not in different]
    columns = ", ".join(f'"{name}"' for name in (*different, *same))
    values = ", ".join((*different.values(), *(f'one."{name}"' for name in same)))
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS one, told"  # noqa: S608 - names of ours


def fill(count: int, given: dict) -> None:
    rows = (copied(Story, STORY), copied(Version, VERSION), copied(Contributor, CONTRIBUTOR))
    steps = (VOCABULARY, TEXTS, *rows, LINKS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        told.story(when_words="1962", allowed=())
        for step in steps:
            cursor.execute(step, given | {"words": WORDS, "stories": count})
        cursor.execute("DROP INDEX shelf_search_idx")
        cursor.execute(SHELF)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(INDEX)
        cursor.execute("DROP TABLE vocabulary, told")
    with connection.cursor() as cursor:
        for table in ("story", "version", "storyindex", "searchword", "facetcount", "contributor", "story_threads"):
            cursor.execute(f"VACUUM ANALYZE stories_{table}")


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE stories_story, stories_facetcount, stories_searchword CASCADE")


def pages(given: dict) -> dict[str, str]:
    far = StoryIndex.objects.order_by("published_at").first()
    deep = f"?after={round(far.published_at.timestamp() * 1_000_000) + 10**10}-{far.pk}"
    thread = told.Thread.objects.order_by("pk")
    year = max(FacetCount.objects.of("year")["year"].items(), key=lambda row: row[1])[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM stories_searchword WHERE stories = 1 AND word ~ '^[a-z]{9}$' LIMIT 1")
        rare = cursor.fetchone()[0]
        cursor.execute(
            "SELECT word FROM stories_searchword "
            "ORDER BY abs(stories - (SELECT count(*) FROM stories_story) / 15) LIMIT 1"
        )
        medium = cursor.fetchone()[0]
    return {
        "first page": "/stories/",
        "list": "/stories/all/",
        "list, near its end": f"/stories/all/{deep}",
        "a story": f"/stories/{far.slug}/",
        "thread, common": f"/stories/threads/{thread.first().slug}/",
        "thread, rare": f"/stories/threads/{thread.last().slug}/",
        "ward": f"/stories/places/{given['ward_slug']}/",
        "page of a ward": f"/wards/{given['ward_slug']}/",
        "map": "/stories/places/",
        "time": "/stories/time/",
        "a decade": f"/stories/time/{int(year) // 10 * 10}s/",
        "language": "/stories/languages/pl/",
        "search, common word": "/stories/search/?q=derby",
        "search, one in fifteen": f"/stories/search/?q={medium}",
        "search, rare word": f"/stories/search/?q={rare}",
        "search, two words": f"/stories/search/?q=railway+{medium}",
        "search, misspelt": "/stories/search/?q=railwya",
        "search, misspelt long": "/stories/search/?q=grandmohter",
        "search, phrase": '/stories/search/?q="railway+derby"',
        "search, without": "/stories/search/?q=derby+-railway",
        "search, joined": "/stories/search/?q=railway-works",
        "search, nothing": "/stories/search/?q=xqzzyxq",
        "feed": "/stories/feed.atom",
        "sitemap": "/sitemap.xml",
    }


def measured(ask: Callable[[], None], requests: int) -> dict[str, float]:
    for _ in range(5):
        ask()
    times, cpu = [], time.process_time()
    for _ in range(requests):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    p95 = statistics.quantiles(times, n=20)[18]
    return {"cpu": (time.process_time() - cpu) / requests * 1000, "p50": statistics.median(times), "p95": p95}


def hello(requests: int) -> dict[str, float]:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        client = Client()
        return measured(lambda: client.get("/"), requests)


def measure(count: int, requests: int) -> list[str]:
    """What went wrong."""
    partner, programme, call = make.partner(), make.programme(), told.call()
    threads, wards = [told.thread() for _ in range(THREADS)], [make.ward() for _ in range(WARDS)]
    given = {
        "partner": partner.pk,
        "programme": programme.pk,
        "call": call.pk,
        "threads": [thread.pk for thread in threads],
        "thread_count": THREADS,
        "wards": [ward.pk for ward in wards],
        "ward_count": WARDS,
        "ward_slug": wards[1].slug,
        "languages": [code for code, _ in LANGUAGES],
    }
    begun = time.perf_counter()
    fill(count, {name: value for name, value in given.items() if name != "ward_slug"})
    plain = hello(requests * 5)
    print(f"\n{count} stories (made in {time.perf_counter() - begun:.0f} s)")
    print(f"{'':24}{'questions':>10}{'CPU ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'× hello':>9}")
    print(f"{'Django’s hello':24}{'':10}{plain['cpu']:8.2f}{plain['p50']:8.2f}{plain['p95']:8.2f}{1:9.1f}")
    client, wrong = Client(), []
    for name, address in pages(given).items():
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        if response.status_code != 200:
            wrong.append(f"{name} answered {response.status_code}")
        questions = len(asked)
        if questions > MOST_QUERIES and not name.startswith(("search", "sitemap")):
            wrong.append(f"{name} asks {questions} questions")
        seen = measured(lambda address=address: client.get(address), requests)
        print(
            f"{name:24}{questions:10}{seen['cpu']:8.2f}{seen['p50']:8.2f}{seen['p95']:8.2f}"
            f"{seen['p50'] / plain['p50']:9.1f}",
            flush=True,
        )
    empty()
    for thing in (call, programme, partner, *threads, *wards):
        thing.delete()
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--requests", type=int, default=100, help="for each page")
    asked = parser.parse_args()
    settings.DEBUG, settings.PAGE_CACHE_MB = False, 0
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        wrong = [mistake for count in asked.stories for mistake in measure(count, asked.requests)]
    finally:
        teardown_databases(databases, verbosity=0)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()

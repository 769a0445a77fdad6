"""Keeps finished public pages in memory for exactly as long as nothing they could show has changed.

PostgreSQL keeps a stamp that changes with every commit to a watched table, and the moments at which something is
scheduled to appear or go. A request asks for the stamp, the time and the next such moment in one small question;
while the stamp is the same and the moment has not come, the page made before is still the page.

The stamp is the sum of random tokens, one for each change: changes only ever add rows, old ones are cleared past those
that somebody else holds, and so no writer waits for another. Apps name their tables in a migration:

    operations = [edition.watch("programmes_programme", …)]
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.operations import RunSQL
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

FUNCTION = """
CREATE FUNCTION editorial_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
BEGIN
    INSERT INTO editorial_edition (token)
        VALUES (('x' || left(md5(gen_random_uuid()::text), 16))::bit(64)::bigint) RETURNING id INTO newest;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO editorial_moment (at)
            SELECT DISTINCT due::timestamptz
            FROM changed, LATERAL (VALUES (to_jsonb(changed) ->> 'publish_at'), (to_jsonb(changed) ->> 'unpublish_at'))
                AS moments (due)
            WHERE due IS NOT NULL AND due::timestamptz > clock_timestamp();
    END IF;
    IF newest % 100 = 0 THEN
        DELETE FROM editorial_edition WHERE id IN (
            SELECT id FROM editorial_edition WHERE id < newest - 100 FOR UPDATE SKIP LOCKED);
        DELETE FROM editorial_moment WHERE id IN (
            SELECT id FROM editorial_moment WHERE at < clock_timestamp() - interval '1 day' FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NULL;
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION editorial_note_change();"

_EVENTS = {
    "insert": "INSERT ON {table} REFERENCING NEW TABLE AS changed",
    "update": "UPDATE ON {table} REFERENCING NEW TABLE AS changed",
    "delete": "DELETE ON {table}",
    "truncate": "TRUNCATE ON {table}",
}
_WATCH = "CREATE TRIGGER {table}_{event} AFTER {what} FOR EACH STATEMENT EXECUTE FUNCTION editorial_note_change();\n"
_UNWATCH = "DROP TRIGGER {table}_{event} ON {table};\n"


def watch(*tables: str) -> RunSQL:
    """A migration's operation: from now on a change in these tables makes every kept page be made again."""
    each = [(table, event, what.format(table=table)) for table in tables for event, what in _EVENTS.items()]
    return RunSQL(
        "".join(_WATCH.format(table=table, event=event, what=what) for table, event, what in each),
        "".join(_UNWATCH.format(table=table, event=event) for table, event, _ in each),
    )


@dataclass(frozen=True)
class Now:
    """The state of everything public, as the database sees it."""

    stamp: str
    at: datetime
    next_moment: datetime | None


def read() -> Now:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(token), 0)::text FROM editorial_edition), statement_timestamp(), "
            "(SELECT min(at) FROM editorial_moment WHERE at > statement_timestamp())"
        )
        return Now(*cursor.fetchone())


@dataclass(frozen=True)
class Kept:
    stamp: str
    until: datetime | None
    headers: dict[str, str]
    content: bytes

    def is_good(self, now: Now) -> bool:
        return self.stamp == now.stamp and (self.until is None or now.at < self.until)


# Host, address with its query, whether compressed.
Key = tuple[str, str, bool]


class KeptPages:
    """Answers from memory where it can. Only pages that any cache may hold are kept, so nobody's own page ever is.

    Stands outside compression and ETags, which are kept with the page; stands inside the headers of security.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages: OrderedDict[Key, Kept] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or not settings.KEPT_PAGES or request.path.startswith(settings.NEVER_KEPT):
            return self.get_response(request)
        key = (
            request.get_host(),
            request.get_full_path(),
            "gzip" in request.headers.get("Accept-Encoding", ""),
        )
        now = read()
        if kept := self._find(key, now):
            page = HttpResponse(kept.content, headers=kept.headers)
            return get_conditional_response(request, etag=page.headers.get("ETag"), response=page) or page
        response = self.get_response(request)
        if self._may_keep(response):
            self._keep(key, Kept(now.stamp, now.next_moment, dict(response.headers.items()), response.content))
        return response

    def _find(self, key: Key, now: Now) -> Kept | None:
        with self.lock:
            kept = self.pages.get(key)
            if kept is None or not kept.is_good(now):
                return None
            self.pages.move_to_end(key)
            return kept

    def _keep(self, key: Key, page: Kept) -> None:
        """Forgets the pages nobody asked for the longest, beyond the number we keep."""
        with self.lock:
            self.pages[key] = page
            self.pages.move_to_end(key)
            while len(self.pages) > settings.KEPT_PAGES:
                self.pages.popitem(last=False)

    @staticmethod
    def _may_keep(response: HttpResponse) -> bool:
        return (
            response.status_code == 200
            and not response.streaming
            and not response.cookies
            and response.headers.get("Cache-Control", "").startswith("public")
            and "cookie" not in response.headers.get("Vary", "").lower()
            and len(response.content) < 500_000
        )

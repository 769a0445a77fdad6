"""Keeps finished public pages in memory for exactly as long as nothing they could show has changed.

PostgreSQL keeps a stamp that changes with every commit to a watched table, and the moments at which something is
scheduled to appear or go. A request asks for the stamp, the time and the next such moment in one small question;
while the stamp is the same and the moment has not come, the page made before is still the page.

The stamp changes at the very end of a transaction (a deferred trigger), so that no writer waits for another while it
still needs more rows, and no deadlock can come of it. Apps name their tables in a migration:

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
    changed jsonb;
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        changed := to_jsonb(NEW);
        INSERT INTO editorial_moment (at)
            SELECT due::timestamptz
            FROM (VALUES (changed ->> 'publish_at'), (changed ->> 'unpublish_at')) AS moments (due)
            WHERE due IS NOT NULL AND due::timestamptz > clock_timestamp()
            ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO editorial_edition AS kept (id, stamp, transaction_id)
        VALUES (1, gen_random_uuid(), pg_current_xact_id()::text)
        ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp, transaction_id = excluded.transaction_id
        WHERE kept.transaction_id <> excluded.transaction_id;
    RETURN NULL;
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION editorial_note_change();"

_WATCH = """
CREATE CONSTRAINT TRIGGER {table}_is_watched AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION editorial_note_change();
CREATE TRIGGER {table}_is_watched_when_emptied AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION editorial_note_change();
"""
_UNWATCH = """
DROP TRIGGER {table}_is_watched ON {table};
DROP TRIGGER {table}_is_watched_when_emptied ON {table};
"""


def watch(*tables: str) -> RunSQL:
    """A migration's operation: from now on a change in these tables makes every kept page be made again."""
    return RunSQL(
        "".join(_WATCH.format(table=table) for table in tables),
        "".join(_UNWATCH.format(table=table) for table in tables),
    )


@dataclass(frozen=True)
class Now:
    """The state of everything public, as the database sees it."""

    stamp: str | None
    at: datetime
    next_moment: datetime | None


def read() -> Now:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT stamp::text FROM editorial_edition), statement_timestamp(), "
            "(SELECT min(at) FROM editorial_moment WHERE at > statement_timestamp())"
        )
        return Now(*cursor.fetchone())


@dataclass(frozen=True)
class Kept:
    stamp: str | None
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
            response = HttpResponse(kept.content, headers=kept.headers)
            return get_conditional_response(request, etag=response.headers.get("ETag"), response=response)
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
            and len(response.content) < 500_000
        )

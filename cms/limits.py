"""How often something may be done, counted in the database, so that it holds across processes and machines.

The table is unlogged and no model's: after a crash it is empty, and that is all that is lost.
"""

import hashlib
import hmac

from django.conf import settings
from django.db import connection

TABLE = """
CREATE UNLOGGED TABLE cms_limit (
    key char(64) PRIMARY KEY,
    count integer NOT NULL,
    until timestamptz NOT NULL
);
CREATE UNLOGGED TABLE cms_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX cms_cache_expires ON cms_cache (expires);
"""
NO_TABLE = "DROP TABLE cms_limit; DROP TABLE cms_cache;"

_COUNT = """
INSERT INTO cms_limit AS kept (key, count, until)
VALUES (%s, 1, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.until < clock_timestamp() THEN 1 ELSE kept.count + 1 END,
    until = CASE WHEN kept.until < clock_timestamp() THEN excluded.until ELSE kept.until END
RETURNING count
"""
_LOOK = "SELECT count FROM cms_limit WHERE key = %s AND until >= clock_timestamp()"


def _key(what: str, who: str) -> str:
    """Nobody can read from the table whom it is about."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{what}\0{who}".encode(), hashlib.sha256).hexdigest()


def count(what: str, who: str, *, seconds: int) -> int:
    """Counts one more, and says how many there were since a window of so many seconds opened."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(what, who), seconds])
        return cursor.fetchone()[0]


def counted(what: str, who: str) -> int:
    """How many there were in the window that is open now, without counting."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [_key(what, who)])
        row = cursor.fetchone()
    return row[0] if row else 0


def allows(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Counts one more; false once there were more than `most` of them in the window."""
    return count(what, who, seconds=seconds) <= most


def uncount(what: str, who: str) -> None:
    """Takes one back that turned out not to belong."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cms_limit SET count = count - 1 WHERE key = %s AND count > 0", [_key(what, who)])


def forget(what: str, who: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cms_limit WHERE key = %s", [_key(what, who)])


def forget_old() -> None:
    """Windows that have closed, and what the cache need not hold any more."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cms_limit WHERE until < clock_timestamp()")
        cursor.execute("DELETE FROM cms_cache WHERE expires < clock_timestamp()")

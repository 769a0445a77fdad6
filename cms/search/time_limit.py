"""How long the database may look for what somebody asks: a question is cheap to write, and may be dear to answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

SECONDS = 2
LIMITS = {
    "statement_timeout": str(SECONDS * 1000),
    # With the four megabytes of PostgreSQL's default, a common word of a million stories is looked up in their texts.
    "work_mem": "16MB",
}


class TooSlow(Exception):
    """The database was stopped; it has found nothing."""


@contextmanager
def time_limit() -> Iterator[None]:
    """Each statement inside may take so long and no longer. Raises TooSlow, with the transaction rolled back."""
    is_inside = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            before = _set(cursor, LIMITS)
            yield
            if is_inside:  # otherwise they end with the transaction
                _set(cursor, before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise


def _set(cursor, limits: dict[str, str]) -> dict[str, str]:
    """For the rest of the transaction. Returns what they were."""
    were = ", ".join("current_setting(%s)" for _ in limits)
    are = ", ".join("set_config(%s, %s, true)" for _ in limits)
    given = [*limits, *(word for pair in limits.items() for word in pair)]
    cursor.execute(f"SELECT {were}, {are}", given)
    return dict(zip(limits, cursor.fetchone(), strict=False))

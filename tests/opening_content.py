"""The opening content in the database of a test. It is seeded once in each process, and copied after that.

Seeding takes ten seconds, and is a subject of its own (tests/cms/publishing/test_seeding.py).
"""

from django.core.management import call_command
from django.db import connection

from tests import rows

_copies: list[rows.Rows] = []


def load() -> None:
    """As `manage.py seed` leaves an empty portal. Keys given out while it was seeded are never given out again."""
    if _copies:
        rows.add(connection, _copies[0])
        return
    before = rows.taken(connection)
    call_command("seed", verbosity=0)
    after = rows.taken(connection)
    changed = {table: kept for table, kept in after.items() if kept != before.get(table)}
    assert all(kept.startswith(before.get(table, b"")) for table, kept in changed.items()), "seeding changed a row"
    _copies.append({table: kept[len(before.get(table, b"")) :] for table, kept in changed.items()})

"""What all tables hold, taken and brought back as PostgreSQL's own rows: quicker by far than one object at a time."""

from django.core.management import call_command
from django.db import transaction

Rows = dict[str, bytes]
# Written by triggers of the database, as it gets the other rows back.
DERIVED = {"stories_searchword", "stories_facetcount", "cms_cacheinvalidation"}


def taken(connection) -> Rows:
    """The rows of each table of our models that has any."""
    kept = {}
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        for table in (table for table in tables if table not in DERIVED):
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copied:
                kept[table] = b"".join(copied)
    return {table: rows for table, rows in kept.items() if rows}


def bring(connection, kept: Rows) -> None:
    """In the place of whatever is there. Links may lead to rows that come later: they are looked at in the end."""
    if taken(connection):
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True, database=connection.alias)
    add(connection, kept)


def add(connection, kept: Rows) -> None:
    """Beside whatever is there."""
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        for table, rows in kept.items():
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} FROM STDIN") as copied:
                copied.write(rows)

"""Tells the page cache (middleware.py) that something public has changed: triggers of PostgreSQL, named in migrations.

The stamp is the sum of random tokens, one for each change: changes only ever add rows, old ones are cleared past those
that somebody else holds, and so no writer waits for another. Apps name their tables in a migration:

    operations = [edition.invalidates_page_cache("programmes_programme", …)]
"""

from django.db.migrations.operations import RunSQL

FUNCTION = """
CREATE FUNCTION cms_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
BEGIN
    INSERT INTO cms_cacheinvalidation (token)
        VALUES (('x' || left(md5(gen_random_uuid()::text), 16))::bit(64)::bigint) RETURNING id INTO newest;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO cms_scheduledchange (at)
            SELECT DISTINCT due::timestamptz
            FROM changed, LATERAL (VALUES (to_jsonb(changed) ->> 'publish_at'), (to_jsonb(changed) ->> 'unpublish_at'))
                AS moments (due)
            WHERE due IS NOT NULL AND due::timestamptz > clock_timestamp();
    END IF;
    IF newest % 100 = 0 THEN
        DELETE FROM cms_cacheinvalidation WHERE id IN (
            SELECT id FROM cms_cacheinvalidation WHERE id < newest - 100 FOR UPDATE SKIP LOCKED);
        DELETE FROM cms_scheduledchange WHERE id IN (
            SELECT id FROM cms_scheduledchange WHERE at < clock_timestamp() - interval '1 day' FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NULL;
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION cms_note_change();"

_EVENTS = {
    "insert": "INSERT ON {table} REFERENCING NEW TABLE AS changed",
    "update": "UPDATE ON {table} REFERENCING NEW TABLE AS changed",
    "delete": "DELETE ON {table}",
    "truncate": "TRUNCATE ON {table}",
}
_WATCH = "CREATE TRIGGER {table}_{event} AFTER {what} FOR EACH STATEMENT EXECUTE FUNCTION cms_note_change();\n"
_UNWATCH = "DROP TRIGGER {table}_{event} ON {table};\n"


def invalidates_page_cache(*tables: str) -> RunSQL:
    """A migration's operation: from now on a change in these tables makes every kept page be made again."""
    each = [(table, event, what.format(table=table)) for table in tables for event, what in _EVENTS.items()]
    return RunSQL(
        "".join(_WATCH.format(table=table, event=event, what=what) for table, event, what in each),
        "".join(_UNWATCH.format(table=table, event=event) for table, event, _ in each),
    )


watch = invalidates_page_cache  # as older migrations call it

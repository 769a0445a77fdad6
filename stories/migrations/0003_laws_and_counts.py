"""What the database itself sees to: what tellers were shown and answered stays as it is; and how many stories there are of
each kind, and with each word, is counted with every change of the shelf."""

from django.db import migrations

from stories.retention.db_triggers import LAWS, NO_LAWS

# What each statement on the shelf changes: the rows that came, and those that went.
ROWS = {
    "insert": "SELECT 1 AS n, after.* FROM after",
    "delete": "SELECT -1 AS n, before.* FROM before",
    "update": "SELECT 1 AS n, after.* FROM after UNION ALL SELECT -1 AS n, before.* FROM before",
}
TABLES = {
    "insert": "NEW TABLE AS after",
    "delete": "OLD TABLE AS before",
    "update": "NEW TABLE AS after OLD TABLE AS before",
}
# One writer at a time, until its transaction ends: counts are rows that many stories share, and two writers who meet
# on them in different orders would wait for each other for ever. Readers wait for nobody.
COUNT = """
CREATE FUNCTION stories_count_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS ({rows}) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7405260011);
    INSERT INTO stories_searchword AS kept (word, stories)
        SELECT word, sum(n) FROM ({rows}) AS changed, unnest(changed.words) AS word
        GROUP BY word HAVING sum(n) <> 0 ORDER BY word
        ON CONFLICT (word) DO UPDATE SET stories = kept.stories + excluded.stories;
    INSERT INTO stories_facetcount AS kept (kind, key, stories)
        SELECT kind, key, sum(n) FROM ({rows}) AS changed, LATERAL (
            VALUES ('every', ''), ('language', language), ('year', year::text), ('ward', ward_id::text),
                ('call', call_id::text), ('programme', programme_id::text), ('partner', partner_id::text)
            UNION ALL SELECT 'thread', thread::text FROM unnest(threads) AS thread
        ) AS counted (kind, key)
        WHERE key IS NOT NULL GROUP BY kind, key HAVING sum(n) <> 0 ORDER BY kind, key
        ON CONFLICT (kind, key) DO UPDATE SET stories = kept.stories + excluded.stories;
    {clear}
    RETURN NULL;
END $$;
CREATE TRIGGER stories_count_{event} AFTER {event} ON stories_storyindex REFERENCING {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION stories_count_{event}();
"""
CLEAR = """
    DELETE FROM stories_searchword WHERE stories <= 0 AND word IN (SELECT unnest(words) FROM before);
    DELETE FROM stories_facetcount WHERE stories <= 0;"""
NO_COUNT = """
DROP TRIGGER stories_count_{event} ON stories_storyindex;
DROP FUNCTION stories_count_{event}();
"""


def counted(template):
    return "".join(
        template.format(event=event, rows=rows, tables=TABLES[event], clear="" if event == "insert" else CLEAR)
        for event, rows in ROWS.items()
    )


# What lists show stands in the row itself, and so does what search ranks by. What search only looks through lies
# beside it, unpacked: unpacking costs more than reading.
STORAGE = """
ALTER TABLE stories_storyindex ALTER COLUMN search SET STORAGE EXTERNAL, ALTER COLUMN short SET STORAGE MAIN;
"""


class Migration(migrations.Migration):
    dependencies = [("stories", "0002_words_rights_search")]

    operations = [
        migrations.RunSQL(LAWS, NO_LAWS),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(counted(COUNT), counted(NO_COUNT)),
    ]

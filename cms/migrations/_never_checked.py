"""Takes back a day of checking that nobody of the council ever said. Frozen here for the migrations of several apps.

The opening content once called the day on which the site team put a thing together the day it was checked, by the
council. Where no person has said since that it is right, that day becomes `compiled_on`, in the thing and in its
history alike, so that the next change of it does not seem to take a check away.
"""

_UNTRUE = """
    SELECT thing.id, thing.checked_on
    FROM {table} AS thing
    JOIN cms_seededrow AS seeded ON seeded.kind = %(kind)s AND seeded.object_id = thing.id
    WHERE thing.checked_on IS NOT NULL
      AND thing.checked_by = 'council'
      AND NOT EXISTS (
        SELECT 1 FROM cms_auditevent AS event
        JOIN django_content_type AS kind ON kind.id = event.content_type_id
        WHERE event.action = 'checked' AND event.object_id = thing.id
          AND kind.app_label = %(app)s AND kind.model = %(model)s
      )
      AND NOT EXISTS (
        SELECT 1 FROM (
          SELECT checked_on, history_user_id,
                 lag(checked_on) OVER (ORDER BY history_date, history_id) AS before
          FROM {history} WHERE id = thing.id
        ) AS version
        WHERE version.checked_on = thing.checked_on
          AND version.history_user_id IS NOT NULL
          AND version.before IS DISTINCT FROM version.checked_on
      )
"""
_PUT_RIGHT = """
    WITH untrue AS MATERIALIZED ({untrue}),
    past AS (
      UPDATE {history} AS version SET compiled_on = version.checked_on, checked_on = NULL
      FROM untrue WHERE version.id = untrue.id AND version.checked_on = untrue.checked_on
    )
    UPDATE {table} AS thing SET compiled_on = thing.checked_on, checked_on = NULL
    FROM untrue WHERE thing.id = untrue.id
"""


def put_right(*models: str):
    """What a migration runs for models of its app, each given as “app.Model”."""

    def forwards(apps, schema_editor):
        for label in models:
            model, history = apps.get_model(label), _history_of(apps, label)
            names = {"table": model._meta.db_table, "history": history._meta.db_table}
            untrue = _UNTRUE.format(**names)
            about = {"kind": label, "app": model._meta.app_label, "model": model._meta.model_name}
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(untrue, about)
                if cursor.fetchone():  # an update of no rows would still tell the kept pages to go
                    cursor.execute(_PUT_RIGHT.format(untrue=untrue, **names), about)

    return forwards


def _history_of(apps, label):
    app, name = label.split(".")
    return apps.get_model(app, f"Historical{name}")

"""Hundreds of stories at once, each as one that is there already but for its address."""

from django.db import connection

from stories.models import Story, StoryIndex, Version


def _copy(model, number, **changed):
    """Rows like one, with what changes as SQL; `number` runs in it as n."""
    names = [field.column for field in model._meta.concrete_fields if field.column not in changed]
    columns = ", ".join(f'"{name}"' for name in (*changed, *names))
    values = ", ".join((*changed.values(), *(f'"{name}"' for name in names)))
    return f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {values} FROM {model._meta.db_table}, {number}"  # noqa: S608


def copies(story, count):
    """On the shelf as `story` is, a minute apart."""
    numbers = f"generate_series(1, {int(count)}) AS n"
    links = {"shown_id": "NULL", "latest_id": "NULL", "status": "'withdrawn'"}
    with connection.cursor() as cursor:
        cursor.execute(
            _copy(Story, numbers, id="id + 100000 + n", slug="'copy-' || n", **links) + " WHERE id = %s", [story.pk]
        )
        cursor.execute(
            _copy(Version, numbers, id="id + 100000 + n", story_id="story_id + 100000 + n") + " WHERE id = %s",
            [story.shown_id],
        )
        cursor.execute(
            "UPDATE stories_story SET status = 'published', shown_id = %s + id - %s, latest_id = %s + id - %s "
            "WHERE id > %s + 100000",
            [story.shown_id, story.pk, story.shown_id, story.pk, story.pk],
        )
        cursor.execute(
            _copy(
                StoryIndex, numbers, story_id="story_id + 100000 + n", slug="'copy-' || n",
                published_at="published_at - n * interval '1 minute'",
            )
            + " WHERE story_id = %s",
            [story.pk],
        )  # fmt: skip

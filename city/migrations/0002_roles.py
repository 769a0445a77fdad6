from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant

WRITE = "view add change"
ALL = "view add change delete"


def give(apps, schema_editor):
    rows = {"pagefigure": ALL}
    things = ("page", "theme", "priorityarea", "ward", "source")
    grant(apps, EDITOR, "city", {thing: WRITE for thing in things} | rows)
    grant(apps, MODERATOR, "city", {thing: "view" for thing in (*things, *rows)})
    grant(apps, ADMINISTRATOR, "city", {thing: ALL for thing in (*things, *rows)})


class Migration(migrations.Migration):
    dependencies = [
        ("city", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant

WRITE = "view add change"
ALL = "view add change delete"


def give(apps, schema_editor):
    rows = {
        row: ALL for row in ("involvement", "period", "funding", "step", "headlinefigure", "goodpractice")
    }
    grant(apps, EDITOR, "programmes", {"programme": WRITE, "audience": WRITE} | rows)
    grant(apps, MODERATOR, "programmes", {thing: "view" for thing in ("programme", "audience", *rows)})
    grant(apps, ADMINISTRATOR, "programmes", {"programme": ALL, "audience": ALL} | rows)


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

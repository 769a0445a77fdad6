from django.db import migrations

from accounts.roles import WRITER, extend, grant


ALL = "view add change delete"


def give(apps, schema_editor):
    """Publishing becomes a right of its own. Whoever could change could publish, and still can."""
    extend(apps, "programmes", "programme", having="change", gets="publish")
    rows = {
        row: ALL for row in ("involvement", "period", "funding", "step", "headlinefigure", "goodpractice")
    }
    grant(apps, WRITER, "programmes", {"programme": "view add change", "audience": "view"} | rows)


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0004_given_to"),
        ("accounts", "0003_limited"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

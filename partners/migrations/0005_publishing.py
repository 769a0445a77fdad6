from django.db import migrations

from accounts.roles import WRITER, extend, grant


ALL = "view add change delete"


def give(apps, schema_editor):
    """Publishing becomes a right of its own. Whoever could change could publish, and still can."""
    extend(apps, "partners", "partner", having="change", gets="publish")
    grant(apps, WRITER, "partners", {"partner": "view add change", "formername": ALL, "personinrole": ALL})


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_given_to"),
        ("accounts", "0003_limited"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

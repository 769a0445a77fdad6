from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant

WRITE = "view add change"
ALL = "view add change delete"


def give(apps, schema_editor):
    rows = {"formername": ALL, "personinrole": ALL}
    grant(apps, EDITOR, "partners", {"partner": WRITE} | rows)
    grant(apps, MODERATOR, "partners", {thing: "view" for thing in ("partner", *rows)})
    grant(apps, ADMINISTRATOR, "partners", {"partner": ALL} | rows)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

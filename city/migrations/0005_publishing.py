from django.db import migrations

from accounts.roles import WRITER, extend, grant


ALL = "view add change delete"


def give(apps, schema_editor):
    """Publishing becomes a right of its own. Whoever could change could publish, and still can."""
    extend(apps, "city", "page theme priorityarea ward", having="change", gets="publish")
    grant(apps, WRITER, "city", {"page": "view add change", "source": "view add change", "pagefigure": ALL})
    grant(apps, WRITER, "city", {thing: "view" for thing in ("theme", "priorityarea", "ward")})


class Migration(migrations.Migration):
    dependencies = [
        ("city", "0004_given_to"),
        ("accounts", "0003_limited"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

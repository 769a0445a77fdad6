from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant

WRITE = "view add change"
ALL = "view add change delete"


def give(apps, schema_editor):
    grant(apps, EDITOR, "editorial", {"image": WRITE, "movedaddress": ALL})
    grant(apps, MODERATOR, "editorial", {"image": "view"})
    grant(apps, ADMINISTRATOR, "editorial", {"image": ALL, "movedaddress": ALL})


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

from django.db import migrations

from accounts.roles import ADMINISTRATOR, grant

WRITE = "view add change"


def give(apps, schema_editor):
    grant(apps, ADMINISTRATOR, "accounts", {"user": WRITE})
    grant(apps, ADMINISTRATOR, "auth", {"group": WRITE})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

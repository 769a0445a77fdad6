from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant

WRITE = "view add change"
ALL = "view add change delete"


def give(apps, schema_editor):
    grant(apps, ADMINISTRATOR, "accounts", {"user": WRITE})
    grant(apps, ADMINISTRATOR, "auth", {"group": WRITE})
    # Pictures and moved addresses belong to an app that knows nobody, so their rights are given here.
    grant(apps, EDITOR, "cms", {"image": WRITE, "movedaddress": ALL})
    grant(apps, MODERATOR, "cms", {"image": "view"})
    grant(apps, ADMINISTRATOR, "cms", {"image": ALL, "movedaddress": ALL})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cms", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

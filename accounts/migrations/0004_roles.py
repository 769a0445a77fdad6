from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, grant


def give(apps, schema_editor):
    """The rights over what editorial brings, which knows nobody itself."""
    grant(apps, WRITER, "editorial", {"image": "view add change"})
    grant(apps, EDITOR, "editorial", {"deadlink": "view"})
    grant(apps, MODERATOR, "editorial", {"deadlink": "view"})
    grant(apps, ADMINISTRATOR, "editorial", {
        "deadlink": "view", "notice": "view add change delete", "auditevent": "view export", "mail": "view",
    })


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_limited"),
        ("editorial", "0003_record_is_kept"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

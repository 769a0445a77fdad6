from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, grant


def give(apps, schema_editor):
    """The rights over what cms brings, which knows nobody itself."""
    grant(apps, WRITER, "cms", {"image": "view add change"})
    grant(apps, EDITOR, "cms", {"deadlink": "view"})
    grant(apps, MODERATOR, "cms", {"deadlink": "view"})
    grant(apps, ADMINISTRATOR, "cms", {
        "deadlink": "view", "notice": "view add change delete", "auditevent": "view export", "mail": "view",
    })


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_limited"),
        ("cms", "0003_record_is_kept"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, grant
from cms.page_cache import triggers

ALL = "view add change delete"


def give(apps, schema_editor):
    grant(apps, WRITER, "news", {"newsitem": "view add change", "newspicture": ALL})
    grant(apps, EDITOR, "news", {"newsitem": "view add change publish", "newspicture": ALL})
    grant(apps, MODERATOR, "news", {"newsitem": "view", "newspicture": "view"})
    grant(apps, ADMINISTRATOR, "news", {"newsitem": f"{ALL} publish", "newspicture": ALL})


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0001_initial"),
        ("accounts", "0007_addresses_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("cms", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop),
        triggers.invalidates_page_cache(
            "news_newsitem",
            "news_newsitem_partners",
            "news_newsitem_programmes",
            "news_newsitem_sources",
            "news_newspicture",
        ),
    ]

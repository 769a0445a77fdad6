from django.db import migrations

from accounts.roles import ADMINISTRATOR, MODERATOR, grant


def give(apps, schema_editor):
    """What people ask may hold anything about them, so it is for those who judge what residents send."""
    for group in (MODERATOR, ADMINISTRATOR):
        grant(apps, group, "cms", {"enquiry": "view answer"})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_settings_roles"),
        ("cms", "0012_enquiries"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

from django.db import migrations

from accounts.roles import ADMINISTRATOR, grant


def give(apps, schema_editor):
    """Who answers for the site, administrators alone say."""
    grant(apps, ADMINISTRATOR, "cms", {"sitesettings": "view change"})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_addresses_roles"),
        ("cms", "0008_site_settings"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

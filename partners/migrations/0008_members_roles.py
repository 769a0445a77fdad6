from django.db import migrations

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant


def give(apps, schema_editor):
    """Editors look after partners and who speaks for them; to make two records one takes an administrator."""
    shared = {"joinrequest": "view decide", "member": "view change", "invitation": "view add"}
    grant(apps, EDITOR, "partners", {"partner": "act_for end"} | shared)
    grant(apps, ADMINISTRATOR, "partners", {"partner": "act_for merge end"} | shared)
    grant(apps, MODERATOR, "partners", {"joinrequest": "view", "member": "view", "invitation": "view"})


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0007_members_joining"),
        ("accounts", "0007_addresses_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

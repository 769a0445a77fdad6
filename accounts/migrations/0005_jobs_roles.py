from django.db import migrations

from accounts.roles import ADMINISTRATOR, grant


def give(apps, schema_editor):
    """Who looks after the portal sees what the worker does, and may have it tried again."""
    grant(apps, ADMINISTRATOR, "cms", {"job": "view retry", "mail": "view retry"})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_roles"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

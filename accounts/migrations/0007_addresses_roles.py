from django.db import migrations
from django.db.models.functions import Lower

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, grant


def write_addresses(apps, schema_editor):
    """Sign-in knows people by rows of their own, in small letters. Nobody has confirmed these yet: whoever signs in
    next gets a code there once."""
    people = apps.get_model("accounts", "User").objects.all()
    people.exclude(email=Lower("email")).update(email=Lower("email"))
    addresses = apps.get_model("account", "EmailAddress").objects
    known = addresses.values("user_id")
    new = [
        addresses.model(user_id=pk, email=email, primary=True, verified=False)
        for pk, email in people.exclude(pk__in=known).values_list("pk", "email")
    ]
    addresses.bulk_create(new, batch_size=500)


def give(apps, schema_editor):
    for group in (EDITOR, MODERATOR, ADMINISTRATOR):
        grant(apps, group, "cms", {"suggestion": "view answer"})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_sign_outs"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("cms", "0005_keys_suggestions_askings"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(write_addresses, migrations.RunPython.noop),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]

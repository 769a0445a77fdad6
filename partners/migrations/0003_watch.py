from django.db import migrations

from editorial import edition


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_roles"), ("editorial", "0001_initial")]

    operations = [
        edition.watch(
            "partners_formername",
            "partners_partner",
            "partners_partner_sources",
            "partners_partner_wards",
            "partners_personinrole",
        )
    ]

from django.db import migrations

from cms.page_cache import triggers


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_roles"), ("cms", "0001_initial")]

    operations = [
        triggers.watch(
            "partners_formername",
            "partners_partner",
            "partners_partner_sources",
            "partners_partner_wards",
            "partners_personinrole",
        )
    ]

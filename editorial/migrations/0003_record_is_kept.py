from django.db import migrations

from editorial import edition, record


class Migration(migrations.Migration):
    dependencies = [("editorial", "0002_drafts_record_mail_notices")]

    operations = [
        migrations.RunSQL(record.PROTECTION, record.NO_PROTECTION),
        edition.watch("editorial_notice"),
    ]

from django.db import migrations

from cms.page_cache import triggers
from cms.audit import audit_log


class Migration(migrations.Migration):
    dependencies = [("cms", "0002_drafts_record_mail_notices")]

    operations = [
        migrations.RunSQL(audit_log.PROTECTION, audit_log.NO_PROTECTION),
        triggers.watch("cms_notice"),
    ]

from django.db import migrations, models

from cms.page_cache import triggers


class Migration(migrations.Migration):
    dependencies = [("cms", "0005_keys_suggestions_askings")]

    operations = [
        migrations.AddField(
            model_name="reviewrequest",
            name="labelled_at",
            field=models.DateTimeField(help_text="Since when the public page says that nobody answers.", null=True),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="told_at",
            field=models.DateTimeField(editable=False, help_text="When those it concerns were told of it.", null=True),
        ),
        triggers.watch("cms_reviewrequest"),
    ]

import django.db.models.deletion
import cms.media.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0004_pictures'),
        ('partners', '0005_publishing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalpartner',
            name='logo',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Only a logo the partner has let us show. Without one the page draws a mark from the name.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cms.image', validators=[cms.media.models.check_described]),
        ),
        migrations.AlterField(
            model_name='partner',
            name='logo',
            field=models.ForeignKey(blank=True, help_text='Only a logo the partner has let us show. Without one the page draws a mark from the name.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cms.image', validators=[cms.media.models.check_described]),
        ),
    ]

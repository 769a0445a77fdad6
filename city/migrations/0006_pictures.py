import django.db.models.deletion
import cms.media.alternative_text
import cms.media.models
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, grant
from cms.page_cache import triggers


def give(apps, schema_editor):
    for group in (WRITER, EDITOR, ADMINISTRATOR):
        grant(apps, group, "city", {"pagepicture": "view add change delete"})
    grant(apps, MODERATOR, "city", {"pagepicture": "view"})


class Migration(migrations.Migration):

    dependencies = [
        ('city', '0005_publishing'),
        ('accounts', '0003_limited'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('cms', '0004_pictures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalPagePicture',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('alternative_text', models.CharField(blank=True, help_text='Leave this empty to use the picture’s own description. Fill it in if something else about the picture matters on this page.', max_length=250, validators=[cms.media.alternative_text.check_alternative_text], verbose_name='what it shows here')),
                ('is_decorative', models.BooleanField(default=False, help_text='Screen readers then leave it out. For few pictures is this so.', verbose_name='it is only decoration')),
                ('caption', models.CharField(blank=True, help_text='Stands under the picture, before who made it.', max_length=250)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('image', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cms.image', validators=[cms.media.models.check_described], verbose_name='picture')),
                ('page', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='city.page')),
            ],
            options={
                'verbose_name': 'historical picture on the page',
                'verbose_name_plural': 'historical pictures on the page',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PagePicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alternative_text', models.CharField(blank=True, help_text='Leave this empty to use the picture’s own description. Fill it in if something else about the picture matters on this page.', max_length=250, validators=[cms.media.alternative_text.check_alternative_text], verbose_name='what it shows here')),
                ('is_decorative', models.BooleanField(default=False, help_text='Screen readers then leave it out. For few pictures is this so.', verbose_name='it is only decoration')),
                ('caption', models.CharField(blank=True, help_text='Stands under the picture, before who made it.', max_length=250)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cms.image', validators=[cms.media.models.check_described], verbose_name='picture')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='city.page')),
            ],
            options={
                'verbose_name': 'picture on the page',
                'verbose_name_plural': 'pictures on the page',
                'ordering': ['order', 'pk'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('is_decorative', False), ('alternative_text', ''), _connector='OR'), name='pagepicture_that_is_decorative_has_no_text', violation_error_message='A picture that is only decoration has no words. Untick that, or empty them.')],
            },
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
        triggers.watch("city_pagepicture"),
    ]

import django.db.models.deletion
import cms.media.alternative_text
import cms.media.models
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, grant
from cms.page_cache import triggers


def carry_over(apps, schema_editor):
    """The one picture a programme held in a field becomes its first; its words stay those of the picture itself."""
    uses = apps.get_model("programmes", "ProgrammePicture")
    for programme in apps.get_model("programmes", "Programme").objects.exclude(picture=None):
        uses.objects.create(programme=programme, image_id=programme.picture_id)


def carry_back(apps, schema_editor):
    programmes = apps.get_model("programmes", "Programme").objects
    for use in apps.get_model("programmes", "ProgrammePicture").objects.order_by("-order", "-pk"):
        programmes.filter(pk=use.programme_id).update(picture=use.image_id)


def give(apps, schema_editor):
    for group in (WRITER, EDITOR, ADMINISTRATOR):
        grant(apps, group, "programmes", {"programmepicture": "view add change delete"})
    grant(apps, MODERATOR, "programmes", {"programmepicture": "view"})


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0004_pictures'),
        ('programmes', '0005_publishing'),
        ('accounts', '0003_limited'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalProgrammePicture',
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
                ('programme', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='programmes.programme')),
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
            name='ProgrammePicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alternative_text', models.CharField(blank=True, help_text='Leave this empty to use the picture’s own description. Fill it in if something else about the picture matters on this page.', max_length=250, validators=[cms.media.alternative_text.check_alternative_text], verbose_name='what it shows here')),
                ('is_decorative', models.BooleanField(default=False, help_text='Screen readers then leave it out. For few pictures is this so.', verbose_name='it is only decoration')),
                ('caption', models.CharField(blank=True, help_text='Stands under the picture, before who made it.', max_length=250)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cms.image', validators=[cms.media.models.check_described], verbose_name='picture')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='programmes.programme')),
            ],
            options={
                'verbose_name': 'picture on the page',
                'verbose_name_plural': 'pictures on the page',
                'ordering': ['order', 'pk'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('is_decorative', False), ('alternative_text', ''), _connector='OR'), name='programmepicture_that_is_decorative_has_no_text', violation_error_message='A picture that is only decoration has no words. Untick that, or empty them.')],
            },
        ),
        migrations.RunPython(carry_over, carry_back),
        migrations.RunPython(give, migrations.RunPython.noop),
        triggers.watch("programmes_programmepicture"),
        migrations.RemoveField(model_name='historicalprogramme', name='picture'),
        migrations.RemoveField(model_name='programme', name='picture'),
    ]

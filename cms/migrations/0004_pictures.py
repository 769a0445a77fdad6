import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import cms.media.alternative_text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


def begin_history(apps, schema_editor):
    """From what each picture says now, so that the first change of it can be told."""
    names = ["id", "alternative_text", "credit", "licence", "version", "focal_x", "focal_y", "created_at"]
    records = apps.get_model("cms", "HistoricalImage").objects
    for image in apps.get_model("cms", "Image").objects.all():
        values = {name: getattr(image, name) for name in names}
        records.create(
            **values, history_type="+", history_date=image.created_at, history_user_id=image.uploaded_by_id
        )


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0003_record_is_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='focal_x',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='from the left, in percent'),
        ),
        migrations.AddField(
            model_name='image',
            name='focal_y',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='from the top, in percent'),
        ),
        migrations.AddField(
            model_name='image',
            name='licence',
            field=models.CharField(blank=True, choices=[('cc0', 'CC0 (anybody may use it)'), ('cc-by-4', 'CC BY 4.0'), ('cc-by-sa-4', 'CC BY-SA 4.0'), ('ogl-3', 'Open Government Licence v3'), ('permission', 'Used with permission'), ('ours', 'All rights reserved, ours')], help_text='What lets us show it. It stands beside the name. If you do not know, ask before you use it.', max_length=12),
        ),
        migrations.AddField(
            model_name='image',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='Part of every address of the picture.'),
        ),
        migrations.AddField(
            model_name='image',
            name='widths',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, editable=False, help_text='Of the sizes that are made, both as AVIF and as JPEG; none until all are.', size=None),
        ),
        migrations.AlterField(
            model_name='image',
            name='alternative_text',
            field=models.CharField(blank=True, help_text='What would you tell a friend on the phone about this picture? One short sentence, read out by screen readers. Never the name of the file.', max_length=250, validators=[cms.media.alternative_text.check_alternative_text], verbose_name='what it shows'),
        ),
        migrations.AlterField(
            model_name='image',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='added'),
        ),
        migrations.AlterField(
            model_name='image',
            name='credit',
            field=models.CharField(blank=True, help_text='The name that stands under the picture.', max_length=120, verbose_name='who made it'),
        ),
        migrations.CreateModel(
            name='HistoricalImage',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('alternative_text', models.CharField(blank=True, help_text='What would you tell a friend on the phone about this picture? One short sentence, read out by screen readers. Never the name of the file.', max_length=250, validators=[cms.media.alternative_text.check_alternative_text], verbose_name='what it shows')),
                ('credit', models.CharField(blank=True, help_text='The name that stands under the picture.', max_length=120, verbose_name='who made it')),
                ('licence', models.CharField(blank=True, choices=[('cc0', 'CC0 (anybody may use it)'), ('cc-by-4', 'CC BY 4.0'), ('cc-by-sa-4', 'CC BY-SA 4.0'), ('ogl-3', 'Open Government Licence v3'), ('permission', 'Used with permission'), ('ours', 'All rights reserved, ours')], help_text='What lets us show it. It stands beside the name. If you do not know, ask before you use it.', max_length=12)),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Part of every address of the picture.')),
                ('focal_x', models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='from the left, in percent')),
                ('focal_y', models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='from the top, in percent')),
                ('created_at', models.DateTimeField(blank=True, editable=False, verbose_name='added')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical picture',
                'verbose_name_plural': 'historical pictures',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('master', models.FileField(editable=False, upload_to='images')),
                ('preview', models.FileField(editable=False, upload_to='images')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('preview_width', models.PositiveIntegerField(editable=False)),
                ('alternative_text', models.CharField(blank=True, help_text='What would you tell a friend on the phone about this picture? One short sentence, read out by screen readers. Never the name of the file.', max_length=250, validators=[cms.media.alternative_text.check_alternative_text], verbose_name='what it shows')),
                ('credit', models.CharField(blank=True, help_text='The name that stands under the picture.', max_length=120, verbose_name='who made it')),
                ('licence', models.CharField(blank=True, choices=[('cc0', 'CC0 (anybody may use it)'), ('cc-by-4', 'CC BY 4.0'), ('cc-by-sa-4', 'CC BY-SA 4.0'), ('ogl-3', 'Open Government Licence v3'), ('permission', 'Used with permission'), ('ours', 'All rights reserved, ours')], help_text='What lets us show it. It stands beside the name. If you do not know, ask before you use it.', max_length=12)),
                ('use_words', models.JSONField(default=list, editable=False, help_text='What pages say of it in words of their own: “was” about the old picture, “words” about this one.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='replacement', to='cms.image')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Rendition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The last part of its address: “640.avif”, “wide.jpg”.', max_length=20)),
                ('format', models.CharField(choices=[('avif', 'AVIF'), ('jpg', 'JPEG')], max_length=4)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('file', models.FileField(upload_to='images')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='cms.image')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('image', 'name'), name='each_size_of_a_picture_is_made_once')],
            },
        ),
        migrations.RunPython(begin_history, migrations.RunPython.noop),
    ]

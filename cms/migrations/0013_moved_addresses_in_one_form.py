from django.db import migrations, models
from django.db.models.functions import Lower


def stored_form(path):
    small = path.lower()
    return small if small.endswith("/") else f"{small}/"


def merge(apps, schema_editor):
    """Of several rows for one address, that counts which readers met until now: the one written with its slash, in the
    form it is stored in from now on; else the newest."""
    moved = apps.get_model("cms", "MovedAddress").objects.using(schema_editor.connection.alias)
    kept = {}
    for row in moved.order_by("created_at", "pk"):
        form = stored_form(row.old_path)
        other = kept.get(form)
        if other is None or other.old_path != form:
            kept[form] = row
    moved.exclude(pk__in=[row.pk for row in kept.values()]).delete()
    for form, row in kept.items():
        if row.old_path != form and len(form) <= 300:
            moved.filter(pk=row.pk).update(old_path=form)
        elif row.old_path != form:  # too long for any address of ours
            moved.filter(pk=row.pk).delete()


class Migration(migrations.Migration):
    dependencies = [("cms", "0012_enquiries")]

    operations = [
        migrations.RunPython(merge, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="movedaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(old_path__endswith="/", old_path=Lower("old_path")),
                name="moved_address_is_stored_in_one_form",
            ),
        ),
    ]

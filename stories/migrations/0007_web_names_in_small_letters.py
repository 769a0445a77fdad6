"""Web names are small and begin with a letter or a figure. Where one has to change by more than its capitals, which lead
on by themselves, its old address leads to the new one."""

import re

from django.db import migrations

# What is known by a web name, and where its page is.
PAGES = {
    ("city", "Ward"): "/wards/",
    ("city", "Theme"): "/themes/",
    ("city", "PriorityArea"): "/priority-areas/",
    ("city", "Page"): "/",
    ("programmes", "Audience"): None,
    ("programmes", "Programme"): "/programmes/",
    ("partners", "Partner"): "/partners/",
    ("news", "NewsItem"): "/news/",
    ("stories", "Thread"): "/stories/threads/",
    ("stories", "Call"): "/stories/calls/",
}
ODD = r"[A-Z]|^[^a-z0-9]"


def small(apps, schema_editor):
    using = schema_editor.connection.alias
    content_types = apps.get_model("contenttypes", "ContentType").objects.using(using)
    moved = apps.get_model("cms", "MovedAddress").objects.using(using)
    for (app, model), where in PAGES.items():
        rows = apps.get_model(app, model).objects.using(using)
        for row in rows.filter(slug__regex=ODD).order_by("pk"):
            new = free_name(rows, row)
            rows.filter(pk=row.pk).update(slug=new)
            old_path = f"{where}{row.slug.lower()}/"
            is_taken = rows.filter(slug=row.slug.lower()).exists()
            if where is None or is_taken or moved.filter(old_path=old_path).exists():
                continue
            kind, _ = content_types.get_or_create(app_label=app, model=model.lower())
            moved.create(old_path=old_path, content_type=kind, object_id=row.pk, new_path="")


def free_name(rows, row):
    plain = re.sub(r"^[^a-z0-9]+", "", row.slug.lower())[:70] or f"page-{row.pk}"
    name, number = plain, 2
    while rows.filter(slug=name).exclude(pk=row.pk).exists():
        name, number = f"{plain}-{number}", number + 1
    return name


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("cms", "0013_moved_addresses_in_one_form"),
        ("city", "0007_checked_by"),
        ("news", "0001_initial"),
        ("partners", "0008_members_roles"),
        ("programmes", "0007_checked_by"),
        ("stories", "0006_compiled_on"),
    ]

    operations = [migrations.RunPython(small, migrations.RunPython.noop)]

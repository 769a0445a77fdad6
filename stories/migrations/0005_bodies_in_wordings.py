from django.db import migrations, models

# What the first version said without having asked them, and what it says now.
BEFORE_AND_AFTER = {
    "press": (
        "For example the Derby Telegraph or local radio, with your name as you chose it.",
        "For example a newspaper or local radio, with your name as you chose it.",
    ),
    "museum": (
        "In displays and at events of Derby Museums, and in their collection for people to come.",
        "In displays and at events, and in a collection for people to come.",
    ),
}


def name_nobody(apps, schema_editor):
    """The version that came with the software named two bodies as examples. While nobody has answered it, it is proof of
    nothing, and is put right; once somebody has, it stays, and staff write the next one."""
    if apps.get_model("stories", "Consent").objects.exists():
        return
    lines = apps.get_model("stories", "WordingLine").objects.filter(wording__number=1)
    schema_editor.execute("ALTER TABLE stories_wordingline DISABLE TRIGGER stories_wordingline_kept")
    for purpose, (before, after) in BEFORE_AND_AFTER.items():
        lines.filter(purpose=purpose, hint=before).update(hint=after)
    schema_editor.execute("ALTER TABLE stories_wordingline ENABLE TRIGGER stories_wordingline_kept")


class Migration(migrations.Migration):
    dependencies = [("stories", "0004_search_text")]

    operations = [
        migrations.AddField(
            model_name="wordingline",
            name="bodies",
            field=models.TextField(
                blank=True,
                default="",
                editable=False,
                help_text="Taken over from “About this site” when the version was begun: a line for each, with how it "
                "hears that a story was taken back.",
                verbose_name="who may use it",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(name_nobody, migrations.RunPython.noop),
    ]

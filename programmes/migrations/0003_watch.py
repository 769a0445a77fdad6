from django.db import migrations

from cms.page_cache import triggers


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_roles"), ("cms", "0001_initial")]

    operations = [
        triggers.watch(
            "programmes_audience",
            "programmes_funding",
            "programmes_goodpractice",
            "programmes_headlinefigure",
            "programmes_involvement",
            "programmes_period",
            "programmes_programme",
            "programmes_programme_audiences",
            "programmes_programme_led_to",
            "programmes_programme_priority_areas",
            "programmes_programme_sources",
            "programmes_programme_themes",
            "programmes_programme_wards",
            "programmes_step",
        )
    ]

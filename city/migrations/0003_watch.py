from django.db import migrations

from editorial import edition


class Migration(migrations.Migration):
    dependencies = [("city", "0002_roles"), ("editorial", "0001_initial")]

    operations = [
        edition.watch(
            "city_page",
            "city_page_sources",
            "city_pagefigure",
            "city_priorityarea",
            "city_source",
            "city_theme",
            "city_ward",
        )
    ]

from django.db import migrations

from cms.page_cache import triggers


class Migration(migrations.Migration):
    dependencies = [("city", "0002_roles"), ("cms", "0001_initial")]

    operations = [
        triggers.watch(
            "city_page",
            "city_page_sources",
            "city_pagefigure",
            "city_priorityarea",
            "city_source",
            "city_theme",
            "city_ward",
        )
    ]

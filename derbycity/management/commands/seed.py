"""Loads content/ into the database. Run it as often as you like: what staff changed stays as they have it."""

from collections import Counter
from functools import partial

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from city.models import Page, PriorityArea, Source, Theme, Ward
from cms.publishing import seeding
from news.models import NewsItem
from partners.models import Partner
from programmes.models import Audience, Programme
from stories import sample_loader
from stories.models import Call, Thread
from stories.publication import publishing

# In an order in which each finds what it leads to. The names in brackets lead to rows of the same file.
FILES = (
    ("sources", Source, ()),
    ("wards", Ward, ()),
    ("themes", Theme, ()),
    ("priority_areas", PriorityArea, ()),
    ("audiences", Audience, ()),
    ("pages", Page, ()),
    ("partners", Partner, ("successor", "parent")),
    ("programmes", Programme, ("led_to", "instead")),
    ("news", NewsItem, ()),
    ("threads", Thread, ()),
    ("calls", Call, ()),
)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        self._load(options["verbosity"])
        publishing.reindex()

    @transaction.atomic
    def _load(self, verbosity):
        total: Counter = Counter()
        loaders = [(name, partial(seeding.load, model, later=later)) for name, model, later in FILES]
        for name, load in [*loaders, ("stories", sample_loader.load)]:
            path = settings.BASE_DIR / "content" / f"{name}.yaml"
            try:
                done = load([_with_review(row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))])
            except (yaml.YAMLError, seeding.Mistake) as error:
                raise CommandError(f"{path.name}: {error}") from error
            total += done
            if verbosity > 1:
                self.stdout.write(f"{name}: {_in_words(done)}")
        self.stdout.write(f"Opening content: {_in_words(total)}.")


def _with_review(row: dict) -> dict:
    """What was put together on a day is to be looked at within a year, unless the content says otherwise."""
    compiled_on = row.get("compiled_on")
    return {"review_on": compiled_on.replace(year=compiled_on.year + 1)} | row if compiled_on else row


def _in_words(done: Counter) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.items())) or "nothing"

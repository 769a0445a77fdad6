"""Finding a partner: by kind, by what it works on, by the programmes it has a part in, and whether it is at work."""

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import QueryDict

from city.models import Theme, Ward
from cms.lib.queries import partial
from cms.search.finder import Finder, named, read_labels
from partners.models import CARD_FIELDS, Partner

STATES = {"active": "At work", "ended": "Ended"}


class PartnerFinder(Finder):
    legends = {
        "sector": "What kind?",
        "about": "What does it work on?",
        "where": "Where?",
        "state": "Is it still at work?",
    }
    page_size = 60

    def __init__(self, asked: QueryDict):
        rows = list(_rows().all())
        self.cards = {row["id"]: {name: row[name] for name in CARD_FIELDS} for row in rows}
        super().__init__(asked, ((row["id"], _facets(row)) for row in rows), _labels())

    def partners(self) -> list[Partner]:
        """Those of this page, A to Z; with what their lines show, and nothing else."""
        return [partial(Partner, self.cards[key]) for key in self.keys]


@cache
def _rows():
    this = OuterRef("pk")
    programmes = Theme.programmes.rel.related_model.objects.published().order_by()
    themes = Theme.objects.published().filter(programmes__in=programmes, programmes__involvements__partner=this)
    wards = Ward.objects.published().filter(partners=this)
    return (
        Partner.objects.published()
        .a_to_z()
        .values(
            *CARD_FIELDS,
            "is_citywide",
            theme_slugs=ArraySubquery(themes.order_by().values("slug")),
            ward_slugs=ArraySubquery(wards.order_by().values("slug")),
        )
    )


def _facets(row):
    return {
        "sector": {row["sector"]},
        "about": set(row["theme_slugs"]),
        "where": {*row["ward_slugs"], "whole-city"} if row["is_citywide"] else row["ward_slugs"],
        "state": {"ended" if row["ended"] else "active"},
    }


def _labels():
    labels = read_labels(
        named("about", Theme.objects.published(), "short_title", "order"),
        named("where", Ward.objects.published().filter(partners__isnull=False), "name"),
    )
    where = {"whole-city": "The whole city"} | labels.get("where", {})
    return labels | {"where": where, "sector": dict(Partner.Sector.choices), "state": STATES}

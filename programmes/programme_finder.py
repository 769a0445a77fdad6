"""Finding a programme: by who it is for, age, theme, priority area, partner and whether it runs."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import QueryDict

from city.models import PriorityArea, Theme
from cms.lib.queries import partial
from cms.search.finder import Finder, named, read_labels
from partners.models import Partner
from programmes.models import CARD_FIELDS, Audience, Programme

# Words for the reader, first and last year of age.
AGES = {
    "under-5": ("Under 5", 0, 4),
    "5-to-11": ("5 to 11", 5, 10),
    "11-to-16": ("11 to 16", 11, 15),
    "16-and-over": ("16 and over", 16, 150),
}
STATUSES = {"running": "Running now", "unconfirmed": "We are checking", "finished": "Finished"}


@dataclass(frozen=True)
class Section:
    """The programmes of one status on a page of the list, and how many were found of it on all pages."""

    kind: str
    total: int
    programmes: list[Programme]


class ProgrammeFinder(Finder):
    legends = {
        "status": "Can I join now?",
        "for": "Who is it for?",
        "age": "How old?",
        "about": "What is it about?",
        "area": "Which of the city’s priorities?",
        "partner": "Who is behind it?",
    }

    def __init__(self, asked: QueryDict):
        rows = list(_rows().all())
        self.cards = {row["id"]: {name: row[name] for name in CARD_FIELDS} for row in rows}
        labels = _labels()
        super().__init__(asked, ((row["id"], _facets(row, labels)) for row in rows), labels)

    def programmes(self) -> list[Programme]:
        """Those of this page, in the order of the list; with what their cards show, and nothing else."""
        return [partial(Programme, self.cards[key]) for key in self.keys]

    def sections(self) -> list[Section]:
        """Those of this page under their status. The numbers agree with those beside the choices of the filter."""
        totals = Counter(self.cards[key]["running"] for key in self.found)
        by_status: dict[str, list[Programme]] = {}
        for programme in self.programmes():
            by_status.setdefault(programme.running, []).append(programme)
        return [Section(status.partition("-")[2], totals[status], by_status[status]) for status in sorted(by_status)]


def _slugs(queryset):
    return ArraySubquery(queryset.order_by().values("slug"))


@cache
def _rows():
    """Every published programme: what its card shows and what filtering needs; in the order of the list."""
    this = OuterRef("pk")
    return (
        Programme.objects.published()
        .in_list_order()
        .values(
            *CARD_FIELDS,
            "age_from",
            "age_to",
            audience_slugs=_slugs(Audience.objects.filter(programmes=this)),
            theme_slugs=_slugs(Theme.objects.published().filter(programmes=this)),
            area_slugs=_slugs(PriorityArea.objects.published().filter(programmes=this)),
            partner_slugs=_slugs(Partner.objects.published().filter(involvements__programme=this)),
        )
    )


def _facets(row, labels):
    audiences = row["audience_slugs"]
    youngest = 0 if row["age_from"] is None else row["age_from"]
    oldest = 150 if row["age_to"] is None else row["age_to"]
    return {
        "status": {row["running"].partition("-")[2]},
        "for": labels.get("for", ()) if Audience.EVERYONE in audiences else audiences,
        "age": [key for key, (_, first, last) in AGES.items() if youngest <= last and oldest >= first],
        "about": row["theme_slugs"],
        "area": row["area_slugs"],
        "partner": set(row["partner_slugs"]),
    }


def _labels():
    return read_labels(
        named("for", Audience.objects.all(), "title", "order"),
        named("about", Theme.objects.published(), "short_title", "order"),
        named("area", PriorityArea.objects.published(), "title", "order"),
        named("partner", Partner.objects.published().filter(involvements__isnull=False), "name"),
    ) | {"status": STATUSES, "age": {key: label for key, (label, *_) in AGES.items()}}

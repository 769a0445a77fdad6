"""The Derby Story by when it was: a line from the Romans to this week."""

import datetime
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.page_cache.middleware import public_page
from stories.models import FacetCount, StoryIndex
from stories.search.keyset import BY_YEAR, page_of

_FAR = 30_000  # further back, and further ahead, than a year in the database can be
_DECADES_SINCE = 1900


@dataclass(frozen=True)
class Period:
    slug: str
    words: str
    first: int
    last: int


_LONG_AGO = (
    Period("before-the-saxons", "Roman times, and before", -_FAR, 409),
    Period("saxons-and-vikings", "Saxons and Vikings", 410, 1065),
    Period("middle-ages", "The Middle Ages", 1066, 1499),
    *(Period(f"{year}s", f"The {year}s", year, year + 99) for year in range(1500, _DECADES_SINCE, 100)),
    Period("1900-to-1909", "1900 to 1909", 1900, 1909),
)


def periods() -> list[Period]:
    """Long ones long ago, and decades since 1900; the last one takes what is said to be still to come."""
    newest = timezone.localdate().year // 10 * 10
    decades = [Period(f"{year}s", f"The {year}s", year, year + 9) for year in range(1910, newest, 10)]
    return [*_LONG_AGO, *decades, Period(f"{newest}s", f"The {newest}s", newest, _FAR)]


@public_page
@require_safe
def time(request):
    counts = FacetCount.objects.of("year", "every")
    by_year = {int(year): stories for year, stories in counts["year"].items()}
    rows = [
        (period, sum(stories for year, stories in by_year.items() if period.first <= year <= period.last))
        for period in periods()
    ]
    a_week_ago = timezone.now() - datetime.timedelta(days=7)
    newest = StoryIndex.objects.filter(published_at__gte=a_week_ago)[:4]
    context = {
        "rows": [(period, count) for period, count in rows if count],
        "undated": counts["every"].get("", 0) - sum(by_year.values()),
        "newest": list(newest),
    }
    return render(request, "stories/time.html", context)


@public_page(query={"after", "before"})
@require_safe
def period(request, period):
    every = periods()
    number = next((number for number, one in enumerate(every) if one.slug == period), None)
    if number is None:
        raise Http404
    found = every[number]
    stories = StoryIndex.objects.filter(year__range=(found.first, found.last))
    by_year = FacetCount.objects.of("year")["year"]
    context = {
        "period": found,
        "page": page_of(stories, request.GET, BY_YEAR),
        "total": sum(count for year, count in by_year.items() if found.first <= int(year) <= found.last),
        "earlier": every[number - 1] if number else None,
        "later": every[number + 1] if number + 1 < len(every) else None,
    }
    return render(request, "stories/period.html", context)

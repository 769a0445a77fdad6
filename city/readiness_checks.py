"""That the standing pages show who answers for the portal (passages.py, cms/readiness/registry.py)."""

from django.db.models import Q
from django.urls import reverse

from city import passages
from city.models import Page
from cms.readiness.registry import LAW, Check, register


def _pages_without():
    """Those that lost a passage they should show, or never had it."""
    lacks = Q()
    for slug, names in passages.NEEDED.items():
        shows = Q(*[Q(body__contains=f"<p>{{{name}}}</p>") for name in names])
        lacks |= Q(slug=slug) & ~shows
    return Page.objects.published().filter(lacks)


register(
    Check(
        "pages_show_it",
        LAW,
        "Pages that show who answers",
        "Open each page. Below its text stands which passages the portal fills in; put back those that are missing.",
        "city.publish_page",
        link=lambda: reverse("admin:city_page_changelist"),
        link_text="Pages",
        rows=lambda: [_pages_without()],
        detail="{count} of contact, privacy, terms and accessibility",
        is_legal=True,
    ),
)

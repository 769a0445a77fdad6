from urllib.parse import quote

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Count, F, Window
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from city import figures
from city.models import Page, PageFigure
from cms.lib.structured_data import absolute
from cms.page_cache.middleware import public_page
from cms.site_settings.models import SiteSettings
from derbycity import structured_data
from news.models import NewsItem
from partners.models import Partner
from programmes.models import HeadlineFigure, Programme
from stories.models import StoryIndex
from stories.search.search_index import samples_among

STORIES = 4  # on the front page: one that leads, and three below
NEWS = 3  # the newest, on the front page


@public_page
@require_safe
def home(request):
    """The front page, in six questions to the database, however much there is."""
    every = Window(Count("*"))
    flagships_first = Programme.objects.published().for_cards().order_by(F("flagship").asc(nulls_last=True))
    programmes = list(flagships_first.annotate(total=every)[:3])
    busy = Partner.objects.published().filter(ended="").annotate(parts=Count("involvements"))
    partners = sorted(busy.for_cards().order_by("-parts", "name")[:10], key=lambda partner: partner.name)
    told_of_programmes = HeadlineFigure.objects.filter(
        on_home=True, programme__in=Programme.objects.published().order_by()
    )
    told_of_derby = PageFigure.objects.filter(on_home=True, page__in=Page.objects.published().order_by())
    agreed, disputed = figures.read(
        [
            *told_of_derby.select_related("source", "page"),
            *told_of_programmes.select_related("source", "programme"),
        ]
    )
    stories = list(StoryIndex.objects.all()[:STORIES])
    return render(
        request,
        "derbycity/home.html",
        {
            "flagships": [programme for programme in programmes if programme.flagship],
            "programme_count": programmes[0].total if programmes else 0,
            "partners": partners,
            "stories": stories,
            "samples": samples_among(stories),
            "news": list(NewsItem.objects.published().for_cards().newest_first()[:NEWS]),
            "figures": agreed,
            "disputed": disputed,
            "structured": structured_data.of_home(),
        },
    )


@public_page
@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page(is_kept=False)
@require_safe
def security(request):
    """Where to report a weakness (RFC 9116): first the address under About this site, if there is one.

    The date moves on by itself, half a year ahead, each month.
    """
    today = timezone.now()
    month = today.month + 6
    expires = today.replace(
        year=today.year + (month - 1) // 12, month=(month - 1) % 12 + 1, day=1, hour=0, minute=0, second=0
    )
    security_email = SiteSettings.load().security_email
    lines = [
        *([f"Contact: mailto:{quote(security_email, safe='@')}"] if security_email else []),
        f"Contact: {absolute('/contact/')}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {absolute('/.well-known/security.txt')}",
        "",
    ]
    headers = {"Cache-Control": "no-cache"}  # its date moves on while nothing else changes
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8", headers=headers)


@public_page(is_kept=False)
@require_safe
def favicon(request):
    return HttpResponsePermanentRedirect(staticfiles_storage.url("icon.svg"))

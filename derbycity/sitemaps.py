"""Every public address, for search engines. Only what is published now.

However many stories there are, no file holds more than `limit` of them: /sitemap.xml names all the files.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem
from django.core.paginator import Paginator
from django.db.models import Max
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from city.models import Page, PriorityArea, Theme, Ward
from cms.lib.structured_data import absolute
from cms.page_cache.middleware import public_page
from news.models import NewsItem
from partners.models import Partner
from programmes.models import Programme
from stories.models import Call, FacetCount, StoryIndex, Thread


class OurSitemap(Sitemap):
    """Addresses start with SITE_URL, whatever name the portal was asked by."""

    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Published(OurSitemap):
    """The published things of one model, newest change with each."""

    limit = 10_000

    def __init__(self, model):
        self.model = model

    def items(self):
        return self.model.objects.published().only("slug", "modified_at").order_by("slug")

    def lastmod(self, thing):
        return thing.modified_at

    def get_latest_lastmod(self):
        return self.items().order_by().aggregate(newest=Max("modified_at"))["newest"]


class CountedPaginator(Paginator):
    """A hundred thousand stories are counted already."""

    @cached_property
    def count(self):
        return FacetCount.objects.of("every")["every"].get("", 0)


class Stories(Published):
    def __init__(self):
        super().__init__(StoryIndex)

    def items(self):
        return StoryIndex.objects.only("slug", "modified_at").order_by("slug")

    @property
    def paginator(self):
        return CountedPaginator(self._items(), self.limit)


class Lists(OurSitemap):
    def items(self):
        return [
            "home", "programmes:index", "programmes:good_practice", "partners:index", "news:index", "city:wards",
            "city:themes", "city:sources", "stories:index", "stories:every", "stories:threads", "stories:time",
            "stories:places", "stories:languages", "stories:calls", "submit:start", "join:ask",
        ]  # fmt: skip

    def location(self, name):
        return reverse(name)


SITEMAPS = (
    {"lists": Lists()}
    | {
        str(model._meta.model_name): Published(model)
        for model in (Programme, Partner, NewsItem, Page, Theme, PriorityArea, Ward, Thread, Call)
    }
    | {"story": Stories()}
)


@public_page
@require_safe
def index(request):
    """The files, as many as there are pages of each kind of thing."""
    files = []
    for name, one in SITEMAPS.items():
        address = absolute(reverse("sitemap_of", args=[name]))
        changed = one.get_latest_lastmod()
        addresses = [f"{address}?p={page}" if page > 1 else address for page in one.paginator.page_range]
        files += [SitemapIndexItem(page, changed) for page in addresses]
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")

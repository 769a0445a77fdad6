"""Every public address, for search engines. Only what is published now."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from city.models import Page, PriorityArea, Theme, Ward
from partners.models import Partner
from programmes.models import Programme


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


class Lists(OurSitemap):
    def items(self):
        return ["home", "programmes:index", "partners:index", "city:wards", "city:themes", "city:sources"]

    def location(self, name):
        return reverse(name)


SITEMAPS = {"lists": Lists} | {
    model._meta.model_name: Published(model) for model in (Programme, Partner, Page, Theme, PriorityArea, Ward)
}

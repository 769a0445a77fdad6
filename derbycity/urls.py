from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from cms.page_cache.middleware import public_page
from derbycity import health, sitemaps, views

handler400 = "derbycity.responses.errors.bad_request"
handler403 = "derbycity.responses.errors.forbidden"
handler404 = "derbycity.responses.errors.not_found"
handler500 = "derbycity.responses.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("programmes/", include("programmes.urls")),
    path("partners/", include("partners.public.urls")),
    path("news/", include("news.urls")),
    path("pictures/", include("cms.media.urls")),
    path("preview/", include("cms.preview_urls")),
    path("account/", include("accounts.urls")),
    path("stories/", include("stories.public.urls")),
    path("tell/", include("stories.submit.urls")),
    path("my-stories/", include("stories.my_stories.urls")),
    path("guardian/", include("stories.guardians.urls")),
    path("concern/", include("stories.reports.urls")),
    path("desk/<slug:slug>/stories/", include("stories.partner_desk.urls")),
    path("desk/", include("partners.desk.urls")),
    path("", include("partners.public.join_urls")),
    path("still-right/", include("partners.public.still_right_urls")),
    path("suggest/", include("partners.public.suggest_urls")),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path(
        "sitemap-<slug:section>.xml",
        public_page(sitemap, query={"p"}),
        {"sitemaps": sitemaps.SITEMAPS},
        name="sitemap_of",
    ),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security, name="security"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("", include("city.urls")),  # last: its standing pages take any single name
]

"""What anybody reads of The Derby Story."""

from django.urls import path

from stories.photos import views as pictures
from stories.public import call_views, feeds, map_views, search_views, timeline_views, views

app_name = "stories"

urlpatterns = [
    path("", views.index, name="index"),
    path("all/", views.every, name="every"),
    path("threads/", views.threads, name="threads"),
    path("threads/<slug:slug>/", views.thread, name="thread"),
    path("threads/<slug:slug>/feed.atom", feeds.of_thread, name="thread_feed"),
    path("time/", timeline_views.time, name="time"),
    path("time/<slug:period>/", timeline_views.period, name="period"),
    path("places/", map_views.places, name="places"),
    path("places/<slug:slug>/", map_views.place, name="place"),
    path("languages/", views.languages, name="languages"),
    path("languages/<slug:code>/", views.language, name="language"),
    path("programmes/<slug:slug>/", views.of_programme, name="programme"),
    path("partners/<slug:slug>/", views.of_partner, name="partner"),
    path("search/", search_views.search, name="search"),
    path("feed.atom", feeds.newest, name="feed"),
    path("calls/", call_views.calls, name="calls"),
    path("calls/<slug:slug>/", call_views.call, name="call"),
    path("calls/<slug:slug>/sheet/", call_views.sheet, name="sheet"),
    path("calls/<slug:slug>/stories/", views.of_call, name="of_call"),
    path("pictures/<uuid:key>/<int:version>/<str:name>", pictures.picture, name="picture"),
    path("<slug:slug>/", views.detail, name="detail"),  # last: it takes any single name
]

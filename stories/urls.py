"""What anybody reads of The Derby Story."""

from django.urls import path

from stories.pictures import views as pictures
from stories.reading import calls, feeds, places, search, timeline, views

app_name = "stories"

urlpatterns = [
    path("", views.index, name="index"),
    path("all/", views.every, name="every"),
    path("threads/", views.threads, name="threads"),
    path("threads/<slug:slug>/", views.thread, name="thread"),
    path("threads/<slug:slug>/feed.atom", feeds.of_thread, name="thread_feed"),
    path("time/", timeline.time, name="time"),
    path("time/<slug:period>/", timeline.period, name="period"),
    path("places/", places.places, name="places"),
    path("places/<slug:slug>/", places.place, name="place"),
    path("languages/", views.languages, name="languages"),
    path("languages/<slug:code>/", views.language, name="language"),
    path("programmes/<slug:slug>/", views.of_programme, name="programme"),
    path("partners/<slug:slug>/", views.of_partner, name="partner"),
    path("search/", search.search, name="search"),
    path("feed.atom", feeds.newest, name="feed"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<slug:slug>/", calls.call, name="call"),
    path("calls/<slug:slug>/sheet/", calls.sheet, name="sheet"),
    path("calls/<slug:slug>/stories/", views.of_call, name="of_call"),
    path("pictures/<uuid:key>/<int:version>/<str:name>", pictures.picture, name="picture"),
    path("<slug:slug>/", views.detail, name="detail"),  # last: it takes any single name
]

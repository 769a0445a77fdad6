from django.urls import path

from news import feeds, views

app_name = "news"

urlpatterns = [
    path("", views.index, name="index"),
    path("feed.atom", feeds.newest, name="feed"),
    path("<slug:slug>/", views.detail, name="detail"),
]

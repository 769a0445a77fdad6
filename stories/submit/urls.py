"""The four pages on which somebody tells a story, and the doors to them."""

from django.urls import path

from stories.submit import resume_views, views

app_name = "submit"

urlpatterns = [
    path("", views.start, name="start"),
    path("story/", views.story, name="story"),
    path("pictures/", views.pictures, name="pictures"),
    path("picture/<uuid:key>/<str:name>", views.picture, name="picture"),
    path("choices/", views.choices, name="choices"),
    path("check/", views.check, name="check"),
    path("sent/", resume_views.sent, name="sent"),
    path("code/", resume_views.code, name="code"),
    path("address/", resume_views.address, name="address"),
    path("confirm/", resume_views.confirm, name="confirm"),
    path("later/", resume_views.later, name="later"),
    path("go-on/", resume_views.go_on, name="go_on"),
    path("table/", resume_views.table, name="table"),
    path("forget/", views.forget, name="forget"),
]

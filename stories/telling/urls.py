"""The four pages on which somebody tells a story, and the doors to them."""

from django.urls import path

from stories.telling import doors, views

app_name = "tell"

urlpatterns = [
    path("", views.start, name="start"),
    path("story/", views.story, name="story"),
    path("pictures/", views.pictures, name="pictures"),
    path("picture/<uuid:key>/<str:name>", views.picture, name="picture"),
    path("choices/", views.choices, name="choices"),
    path("check/", views.check, name="check"),
    path("sent/", doors.sent, name="sent"),
    path("code/", doors.code, name="code"),
    path("address/", doors.address, name="address"),
    path("confirm/", doors.confirm, name="confirm"),
    path("later/", doors.later, name="later"),
    path("go-on/", doors.go_on, name="go_on"),
    path("table/", doors.table, name="table"),
    path("forget/", views.forget, name="forget"),
]

"""Where a parent or guardian answers."""

from django.urls import path

from stories.guardians import views

app_name = "guardians"

urlpatterns = [
    path("", views.answer, name="answer"),
    path("thanks/", views.thanks, name="thanks"),
    path("picture/<uuid:key>/<str:name>", views.picture, name="picture"),
]

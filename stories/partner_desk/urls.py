"""A partner’s stories, at its desk."""

from django.urls import path

from stories.partner_desk import views

app_name = "partner_desk"

urlpatterns = [
    path("", views.index, name="index"),
    path("tell/", views.tell, name="tell"),
    path("<int:number>/", views.story, name="story"),
    path("<int:number>/pictures/", views.pictures_of, name="pictures"),
    path("<int:number>/check/", views.check, name="check"),
    path("<int:number>/pictures/<uuid:key>/<str:name>", views.picture, name="picture"),
]

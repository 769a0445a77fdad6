"""The teller's own page of a story, and what they may do there."""

from django.urls import path

from stories.own import changing, choosing, leaving, taking, views

app_name = "my_stories"

urlpatterns = [
    path("", views.index, name="index"),
    path("link-sent/", views.link_sent, name="link_sent"),
    path("erased/<str:receipt>/", leaving.erased, name="erased"),
    path("<slug:slug>/", views.story, name="story"),
    path("<slug:slug>/change/", changing.change, name="change"),
    path("<slug:slug>/change/pictures/", changing.change_pictures, name="change_pictures"),
    path("<slug:slug>/change/check/", changing.change_check, name="change_check"),
    path("<slug:slug>/change/drop/", views.drop, name="drop"),
    path("<slug:slug>/name/", choosing.name, name="name"),
    path("<slug:slug>/consent/", choosing.consent, name="consent"),
    path("<slug:slug>/guardian/", views.guardian, name="guardian"),
    path("<slug:slug>/keep-informed/", views.keep_informed, name="keep_informed"),
    path("<slug:slug>/go-on/", views.go_on, name="go_on"),
    path("<slug:slug>/picture/<uuid:key>/<str:name>", views.picture, name="picture"),
    path("<slug:slug>/withdraw/", leaving.withdraw, name="withdraw"),
    path("<slug:slug>/bring-back/", leaving.bring_back, name="bring_back"),
    path("<slug:slug>/erase/", leaving.erase, name="erase"),
    path("<slug:slug>/download/", taking.download, name="download"),
]

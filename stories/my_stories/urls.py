"""The teller's own page of a story, and what they may do there."""

from django.urls import path

from stories.my_stories import consent_views, edit_views, story_export, views, withdrawal

app_name = "my_stories"

urlpatterns = [
    path("", views.index, name="index"),
    path("link-sent/", views.link_sent, name="link_sent"),
    path("erased/<str:receipt>/", withdrawal.erased, name="erased"),
    path("<slug:slug>/", views.story, name="story"),
    path("<slug:slug>/change/", edit_views.change, name="change"),
    path("<slug:slug>/change/pictures/", edit_views.change_pictures, name="change_pictures"),
    path("<slug:slug>/change/check/", edit_views.change_check, name="change_check"),
    path("<slug:slug>/change/drop/", views.drop, name="drop"),
    path("<slug:slug>/name/", consent_views.name, name="name"),
    path("<slug:slug>/consent/", consent_views.consent, name="consent"),
    path("<slug:slug>/guardian/", views.guardian, name="guardian"),
    path("<slug:slug>/keep-informed/", views.keep_informed, name="keep_informed"),
    path("<slug:slug>/go-on/", views.go_on, name="go_on"),
    path("<slug:slug>/picture/<uuid:key>/<str:name>", views.picture, name="picture"),
    path("<slug:slug>/withdraw/", withdrawal.withdraw, name="withdraw"),
    path("<slug:slug>/bring-back/", withdrawal.bring_back, name="bring_back"),
    path("<slug:slug>/erase/", withdrawal.erase, name="erase"),
    path("<slug:slug>/download/", story_export.download, name="download"),
]

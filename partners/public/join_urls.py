from django.urls import path

from partners.public import join_views as views

app_name = "join"

urlpatterns = [
    path("join/", views.ask, name="ask"),
    path("join/thanks/", views.thanks, name="thanks"),
    path("join/confirm/", views.confirm, name="confirm"),
    path("invitation/", views.invitation, name="invitation"),
]

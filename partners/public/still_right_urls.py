from django.urls import path

from partners.public import still_right_views as views

app_name = "still_right"

urlpatterns = [
    path("", views.ask, name="ask"),
    path("thanks/", views.thanks, name="thanks"),
]

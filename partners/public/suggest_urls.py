from django.urls import path

from partners.public import suggest_views as views

app_name = "suggest"

urlpatterns = [
    path("", views.suggest, name="suggest"),
    path("thanks/", views.thanks, name="thanks"),
]

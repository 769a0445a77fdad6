"""Reporting a concern."""

from django.urls import path

from stories.reports import views

app_name = "reports"

urlpatterns = [
    path("thanks/", views.thanks, name="thanks"),
    path("outcome/", views.outcome, name="outcome"),
    path("<slug:slug>/", views.report, name="report"),
]

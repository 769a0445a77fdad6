from django.urls import path

from partners.public import views

app_name = "partners"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.detail, name="detail"),
]

from django.urls import path

from city import views

app_name = "city"

urlpatterns = [
    path("wards/", views.wards, name="wards"),
    path("wards/<slug:slug>/", views.ward, name="ward"),
    path("themes/", views.themes, name="themes"),
    path("themes/<slug:slug>/", views.theme, name="theme"),
    path("priority-areas/<slug:slug>/", views.priority_area, name="priority_area"),
    path("sources/", views.sources, name="sources"),
    path("<slug:slug>/", views.page, name="page"),
]

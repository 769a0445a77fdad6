from django.urls import path

from city import contact_views, views

app_name = "city"

urlpatterns = [
    path("wards/", views.wards, name="wards"),
    path("wards/<slug:slug>/", views.ward, name="ward"),
    path("themes/", views.themes, name="themes"),
    path("themes/<slug:slug>/", views.theme, name="theme"),
    path("priority-areas/<slug:slug>/", views.priority_area, name="priority_area"),
    path("sources/", views.sources, name="sources"),
    path("contact/", contact_views.contact, name="contact"),
    path("contact/thanks/", contact_views.thanks, name="contact_thanks"),
    path("<slug:slug>/", views.page, name="page"),
]

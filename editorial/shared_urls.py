from django.urls import path

from editorial import shared_views as views

app_name = "preview"

urlpatterns = [path("", views.shared, name="shared"), path("page/", views.shared_page, name="page")]

from django.urls import path

from cms import preview_views as views

app_name = "preview"

urlpatterns = [path("", views.shared, name="shared"), path("page/", views.shared_page, name="page")]

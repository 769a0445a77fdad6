from django.urls import path

from cms.media import views

app_name = "media"

urlpatterns = [path("<uuid:key>/<int:version>/<str:name>", views.image, name="image")]

from django.urls import path

from editorial import views

app_name = "editorial"

urlpatterns = [path("<uuid:key>/<int:version>/<str:name>", views.image, name="image")]

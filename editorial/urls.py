from django.urls import path

from editorial import views

app_name = "editorial"

urlpatterns = [path("<uuid:key>/<slug:size>.jpg", views.image, name="image")]

from django.urls import path

from programmes import views

app_name = "programmes"

urlpatterns = [
    path("", views.index, name="index"),
    path("good-practice/", views.good_practice, name="good_practice"),
    path("<slug:slug>/", views.detail, name="detail"),
]

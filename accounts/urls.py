from django.urls import include, path

from accounts import views
from accounts.proving import first

own = [*views.urlpatterns, path("first/", first.first, name="first")]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include("allauth.account.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
]

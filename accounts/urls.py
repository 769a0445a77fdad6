from django.urls import include, path

from accounts import views
from accounts.authentication import first_login

own = [*views.urlpatterns, path("first/", first_login.first, name="first")]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include("allauth.account.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
]

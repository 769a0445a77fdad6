"""The first sign-in of an administrator: by a link that whoever runs the server made there."""

import datetime

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import EmailAddress, Login
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent

HOURS = 24


@transaction.atomic
def make_administrator(email: str, *, note: str) -> tuple[User, str]:
    """The person, who may do everything from now on, and the link for their next sign-in. It ends earlier ones."""
    email = email.strip().lower()
    person = User.objects.select_for_update().filter(email=email).first() or User(email=email)
    before = {"superuser": person.is_superuser, "active": person.is_active} if person.pk else {}
    if not person.pk:
        person.set_unusable_password()
    person.is_superuser = person.is_staff = person.is_active = True
    person.save()
    audit_log.write(
        AuditEvent.Action.ROLE, person, by=None, old=before, new={"superuser": True, "active": True}, note=note
    )
    token_links.revoke_all(AccessToken.Purpose.FIRST_SIGN_IN, person)
    text, _ = token_links.make(AccessToken.Purpose.FIRST_SIGN_IN, person, days=HOURS / 24, email=email)
    audit_log.write(AuditEvent.Action.KEY, person, by=None, new={"ends": _tomorrow()}, note=note)
    return person, f"{settings.SITE_URL}{reverse('accounts:first')}?key={text}"


def _tomorrow() -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=HOURS)).isoformat(timespec="minutes")


@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """GET shows whose it is; POST signs in, and asks for a second factor where there is one already."""
    key = token_links.find(request.GET.get("key", ""), AccessToken.Purpose.FIRST_SIGN_IN)
    person = key.thing if key else None
    if key is None or person is None or not person.is_active or person.email != key.email:
        return _private(render(request, "accounts/first_ended.html", {"title": "This link has ended"}, status=404))
    if request.method != "POST":
        return _private(render(request, "accounts/first.html", {"title": "Sign in", "person": person}))
    try:
        with transaction.atomic():
            token_links.use(key)
            EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
            EmailAddress.objects.update_or_create(
                user=person, email=person.email, defaults={"verified": True, "primary": True}
            )
    except token_links.Spent:
        return _private(render(request, "accounts/first_ended.html", {"title": "This link has ended"}, status=404))
    record_authentication(request, person, "link")
    return _private(perform_login(request, Login(user=person, email=person.email)))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "same-origin"  # with none, a browser names no origin, and its form is refused
    return response

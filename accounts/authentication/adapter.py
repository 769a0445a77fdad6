"""Where django-allauth does what we do: mails in the queue, limits in the database, secrets encrypted."""

import datetime
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.authentication import encryption, networks, security_events, throttle
from accounts.models import User
from cms.outbox import mail


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed. Ask the council if you think that is wrong.",
        "email_password_mismatch": "The address or the password is not right. You can also have a code mailed to you.",
        "enter_current_password": "This is not your password now.",
        "incorrect_code": "This code is not right. Look at the newest mail or at the app, and type it again.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "That was tried too often. Wait an hour, or have a code mailed to you.",
        "rate_limited": "That was tried too often. Wait five minutes, then try again.",
        "same_as_current": "This is the address you have already.",
        "email_taken": "This address cannot be used.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A row in the queue. What holds a code is told to nobody else, and is useless when the code has ended."""
        is_secret = "code" in context
        plain = {"email": email, "site": settings.SITE_URL} | _plain(context)
        subject = render_to_string(f"{template_prefix}_subject.txt", plain)
        text = render_to_string(f"{template_prefix}_message.txt", plain)
        useless_at = timezone.now() + datetime.timedelta(seconds=settings.CODE_SECONDS) if is_secret else None
        mail.send(to=email, subject=subject, text=text.strip(), is_secret=is_secret, useless_at=useless_at)

    def get_client_ip(self, request: HttpRequest) -> str:
        return networks.address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
        if not throttle.may_try(request, email):
            raise self.throttled(request, security_events.person_of(email))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        person = super().authenticate(request, **credentials)
        if person is not None:
            throttle.succeeded(request, credentials.get("email", ""))
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        security_events.sign_in_failed(security_events.person_of(credentials.get("email")), how="password")

    def throttled(self, request: HttpRequest, person: User | None) -> ValidationError:
        """Raised for one try too many: written down, and answered with 429."""
        security_events.sign_in_throttled(request, person)
        return super().validation_error("too_many_login_attempts")

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """allauth counts some tries itself and asks here for the words."""
        if code in ("too_many_login_attempts", "rate_limited"):
            person = self.request.user if self.request.user.is_authenticated else None
            security_events.sign_in_throttled(self.request, person)
        return super().validation_error(code, *args)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Who has just signed in has just shown who they are."""
        records = get_authentication_records(request, user)
        if records:
            request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
                *records[:-1],
                records[-1] | {"reauthenticated": True},
            ]
        response = super().post_login(request, user, **kwargs)
        throttle.remember_device(request, response, user.email)
        security_events.signed_in(request, user)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has neither a password nor a second factor shows who they are by a code, which allauth does not
        know: it would ask them for nothing."""
        person = self.request.user
        if not get_reauthentication_flows(person) and not _showed_lately(self.request, person):
            raise ReauthenticationRequired
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        found = super().get_reauthentication_methods(user)
        words = {
            "reauthenticate": "With your password",
            "mfa_reauthenticate": "With a code of your app, or a recovery code",
            "mfa_reauthenticate:webauthn": "With your passkey",
        }
        found = [method | {"description": words.get(method["id"], method["description"])} for method in found]
        if found or not user.is_authenticated:
            return found
        return [{"id": "code", "description": "With a code by mail", "url": reverse("accounts:confirm")}]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:home")


def _plain(context: dict[str, Any]) -> dict[str, Any]:
    """What a mail needs; nothing of the request, such as the reader's address, reaches it."""
    return {
        name: value for name, value in context.items() if name not in ("request", "ip", "user_agent", "current_site")
    }


def _showed_lately(request: HttpRequest, person: Any) -> bool:
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, person)
    return any(record.get("reauthenticated") and record["at"] > since for record in records)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": "Your work here needs a second factor. Set up another before you remove this.",
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        has_other = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_other or not authenticator.user.needs_second_factor()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "My passkey" if number == 1 else f"My passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

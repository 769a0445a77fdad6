"""What follows when somebody signs in, or changes how they do."""

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import user_logged_in
from django.urls import reverse

from accounts import sessions
from accounts.authentication import security_events, throttle
from cms.outbox import mail


def listen() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    account.authentication_step_completed.connect(_shown_again, dispatch_uid="accounts.shown_again")
    mfa.authenticator_added.connect(_factor_added, dispatch_uid="accounts.factor_added")
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid="accounts.factor_removed")
    for changed in (account.password_changed, account.password_set):
        changed.connect(_password_changed, dispatch_uid="accounts.password_changed")
    mfa.authentication_failed.connect(_factor_failed, dispatch_uid="accounts.factor_failed")
    account.login_code_rejected.connect(_login_code_rejected, dispatch_uid="accounts.login_code_rejected")
    account.password_reset.connect(_password_reset, dispatch_uid="accounts.password_reset")
    account.email_changed.connect(_email_changed, dispatch_uid="accounts.email_changed")


def _signed_in(request: Any, **kwargs: Any) -> None:
    if hasattr(request, "session"):
        sessions.begin(request)


def _shown_again(request: Any, user: Any, reauthenticated: bool = False, **kwargs: Any) -> None:
    """This opens a session that was locked."""
    if reauthenticated:
        sessions.note(request)


def _factor_added(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever sets one up has shown it. Sessions elsewhere have not: they end."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", type=authenticator.type, id=authenticator.pk)
        sessions.end_all(user, keeping=request)


def _factor_removed(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """With the last one goes what it has proved."""
    if not Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        records = get_authentication_records(request, user)
        left = [record for record in records if record["method"] != "mfa"]
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = left


def _factor_failed(user: Any, **kwargs: Any) -> None:
    """Somebody who tries codes has the password, or the mailbox: its owner should know."""
    security_events.sign_in_failed(user, how="second factor")
    if throttle.factor_failed(user.pk):
        address = f"{settings.SITE_URL}{reverse('accounts:home')}"
        words = [
            "Somebody has typed a wrong code for your second factor many times today.",
            "If it was you, all is well: a few wrong codes are no harm.",
            "If it was not, they know your password or read your mails. Set a new password, and end other sessions: "
            + address,
        ]
        mail.send(to=user.email, subject="Many wrong codes for your account", text="\n\n".join(words))


def _login_code_rejected(user: Any, **kwargs: Any) -> None:
    security_events.sign_in_failed(user, how="code from an email")


def _password_changed(request: Any, user: Any, **kwargs: Any) -> None:
    sessions.end_all(user, keeping=request)


def _password_reset(request: Any, user: Any, **kwargs: Any) -> None:
    sessions.end_all(user)


def _email_changed(request: Any, user: Any, from_email_address: Any = None, **kwargs: Any) -> None:
    """Not at the first address: whoever confirms it is about to be signed in, by what they know of this person."""
    if from_email_address is not None:
        sessions.end_all(user, keeping=request if request.user == user else None)

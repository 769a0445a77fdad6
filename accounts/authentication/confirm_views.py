"""Whoever has neither a password nor a second factor shows again who they are by a code that we mail them."""

import datetime
import secrets
import time

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, resume_request
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_http_methods

from accounts.authentication import security_events
from accounts.authentication.forms import MailedCodeForm
from cms import limits
from cms.outbox import mail

_IN_SESSION = "mailed_code"
TRIES, SENDS, HOUR = 5, 5, 60 * 60
WORDS = (
    "Hello,\n\nhere is the code that shows that it is you, at Derby, a learning city:\n\n{code}\n\n"
    "It works for 15 minutes, in the browser in which you asked for it.\n\n"
    "If you did not ask for it, somebody may be using your account. Never give this code to anybody. Sign in, and end "
    "all other sessions: {address}"
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request):
    if get_reauthentication_flows(request.user):
        return redirect(passthrough_next_redirect_url(request, reverse("account_reauthenticate"), "next"))
    here = passthrough_next_redirect_url(request, reverse("accounts:confirm"), "next")
    if request.method == "POST" and request.POST.get("action") == "send":
        if not _send(request):
            return _page(request, MailedCodeForm())
        return redirect(here)
    form = MailedCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if _is_right(request, form.cleaned_data["code"]):
            record_authentication(request, request.user, method="code", reauthenticated=True)
            return resume_request(request) or redirect("accounts:home")
        security_events.sign_in_failed(request.user, how="code from an email")
        form.add_error("code", "This code is not right, or it has ended. Look at the newest mail, or ask for another.")
    return _page(request, form)


def _page(request: HttpRequest, form: MailedCodeForm) -> HttpResponse:
    context = {
        "title": "Is it you?",
        "form": form,
        "is_sent": bool(_pending(request)),
        "next": get_next_redirect_url(request, "next") or "",
    }
    return render(request, "accounts/confirm.html", context)


def _digest(code: str) -> str:
    return salted_hmac("accounts.authentication.confirm_views", code, algorithm="sha256").hexdigest()


def _pending(request: HttpRequest) -> dict | None:
    found = request.session.get(_IN_SESSION)
    return found if found and time.time() - found["at"] < settings.CODE_SECONDS else None


def _send(request) -> bool:
    """Whether another code was mailed."""
    if not limits.allows("mailed code", str(request.user.pk), most=SENDS, seconds=HOUR):
        security_events.sign_in_throttled(request, request.user)
        messages.error(request, "We have mailed you many codes already. Wait an hour, then ask again.")
        return False
    code = f"{secrets.randbelow(1_000_000):06}"
    nonce = secrets.token_urlsafe(8)
    request.session[_IN_SESSION] = {"digest": _digest(f"{nonce} {code}"), "nonce": nonce, "at": time.time()}
    mail.send(
        to=request.user.email,
        subject="Your code to show that it is you",
        text=WORDS.format(code=code, address=f"{settings.SITE_URL}{reverse('accounts:sessions')}"),
        is_secret=True,
        useless_at=timezone.now() + datetime.timedelta(seconds=settings.CODE_SECONDS),
    )
    messages.success(request, "A mail is on its way.")
    return True


def _is_right(request: HttpRequest, code: str) -> bool:
    """Each code can be tried five times, however many try at once; and it is right once."""
    pending = _pending(request)
    if not pending or not limits.allows("tried code", pending["nonce"], most=TRIES, seconds=HOUR):
        return False
    plain = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    if not constant_time_compare(pending["digest"], _digest(f"{pending['nonce']} {plain}")):
        return False
    del request.session[_IN_SESSION]
    return True

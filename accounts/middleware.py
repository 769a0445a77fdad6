"""Who may come behind the counter: the admin, and the desks of partners.

    signed in longer than it may last          signed out
    staff or a manager, and no second factor   to where one is set up
    not seen for too long                      locked: shows again who they are, and goes on where they were

The seconds of each are settings. Public pages are never asked about: they know no session.
"""

import json

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseForbidden, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from accounts import sessions
from accounts.authentication import security_events
from cms.page_cache import middleware
from cms.requests.reauthentication import has_shown_factor

COUNTERS = ("/admin/", "/desk/")
THROTTLED_SECONDS = 15 * 60  # what Retry-After says; the shortest of the windows in accounts/authentication/throttle.py
_SECRET_HEADERS = {"HTTP_COOKIE", "HTTP_AUTHORIZATION", "CSRF_COOKIE"}
# What a locked session may still reach, so that it can be opened or ended.
_OPENING = ("/account/reauthenticate/", "/account/second-factor/", "/account/confirm/", "/account/logout/")


class BackOffice:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "is_throttled", False) and response.status_code == 200:
            response.status_code, response.headers["Retry-After"] = 429, str(THROTTLED_SECONDS)
        if request.session.modified and reauthentication.STATE_SESSION_KEY in request.session:
            _forget_secrets(request.session)
        return response

    def process_exception(self, request, exception):
        """Whoever is signed in and asks for what is not theirs; the answer stays Django's."""
        if isinstance(exception, PermissionDenied):
            security_events.access_refused(request)

    def process_view(self, request, view, args, kwargs):
        """After Django has seen that the form was one of ours, and before the view does anything."""
        path = request.path_info
        if middleware.declared_by(view) or not request.user.is_authenticated:
            return None
        is_strict = path.startswith(COUNTERS) or request.user.is_staff
        if sessions.age(request) > (settings.BACK_OFFICE_SESSION if is_strict else settings.SESSION_COOKIE_AGE):
            return _signed_out(request)
        # before the lock: what waits behind it is carried out without asking here again
        if path.startswith(COUNTERS) and (answer := _without_second_factor(request)):
            return answer
        if path.startswith(_OPENING):
            _drop_what_may_not_go_on(request)
        if sessions.idle(request) > (settings.BACK_OFFICE_IDLE if is_strict else settings.SESSION_IDLE):
            if path.startswith(_OPENING):
                return None
            return HttpResponseForbidden() if _is_background(request) else _locked(request)
        if not _is_background(request):
            sessions.note(request)
        return None


def _is_background(request):
    """Whether a script asks, and not a person: that keeps nobody signed in, and must not push aside what waits."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _signed_out(request):
    request.was_signed_in_as = request.user.pk  # what they sent is given back, to be sent again by them alone
    logout(request)
    messages.info(request, "You were signed out, because you signed in a long time ago. Please sign in again.")
    if request.path.startswith("/account/"):
        return HttpResponseRedirect(reverse("account_login"))
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")


def _locked(request):
    """What was typed waits in the session, and goes on when its owner has shown who they are."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    messages.info(request, "You have been away for a while. Show who you are, and go on where you were.")
    return reauthentication.suspend_request(request, methods[0]["url"])


def _waiting(session):
    """What was sent from a locked session, if anything waits there."""
    text = (session.get(reauthentication.STATE_SESSION_KEY) or {}).get("request")
    return json.loads(text) if text else None


def _drop_what_may_not_go_on(request):
    """Rights may have changed since it was put there."""
    waiting = _waiting(request.session)
    if not waiting or not waiting["path_info"].startswith(COUNTERS) or has_shown_factor(request):
        return
    if request.user.needs_second_factor():
        del request.session[reauthentication.STATE_SESSION_KEY]


def _forget_secrets(session):
    """What waits is kept in the database: without passwords, and without the cookies it came with."""
    waiting = _waiting(session)
    if waiting is None:
        return
    sent = QueryDict(waiting["POST"], mutable=True)
    for name in [name for name in sent if "password" in name]:
        del sent[name]
    waiting["POST"] = sent.urlencode()
    waiting["META"] = {name: value for name, value in waiting["META"].items() if name not in _SECRET_HEADERS}
    session[reauthentication.STATE_SESSION_KEY] = {"request": json.dumps(waiting)}


def _without_second_factor(request):
    if has_shown_factor(request) or not request.user.needs_second_factor():
        return None
    own = Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if own.exists():  # set up since this session began, and so not shown in it
        logout(request)
        messages.info(request, "Please sign in again, with your second factor.")
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
    messages.info(request, "Your work here needs a second factor. Set one up; it takes two minutes.")
    return HttpResponseRedirect(reverse("mfa_index"))

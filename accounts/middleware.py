"""Who may come behind the counter: the admin, and the desks of partners.

    signed in longer than it may last          signed out
    staff or a manager, and no second factor   to where one is set up
    not seen for too long                      locked: shows again who they are, and goes on where they were

The seconds of each are settings. Public pages are never asked about: they know no session.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponseForbidden, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts import sessions

COUNTERS = ("/admin/", "/desk/")
# What a locked session may still reach, so that it can be opened or ended.
_OPENING = ("/account/reauthenticate/", "/account/second-factor/", "/account/confirm/", "/account/logout/")


class BackOffice:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """After Django has seen that the form was one of ours, and before the view does anything."""
        if not request.path.startswith(settings.PRIVATE) or not request.user.is_authenticated:
            return None
        is_strict = request.path.startswith(COUNTERS) or request.user.is_staff
        if sessions.age(request) > (settings.BACK_OFFICE_SESSION if is_strict else settings.SESSION_COOKIE_AGE):
            return _signed_out(request)
        if sessions.idle(request) > (settings.BACK_OFFICE_IDLE if is_strict else settings.SESSION_IDLE):
            if request.path.startswith(_OPENING):
                return None
            return HttpResponseForbidden() if _is_background(request) else _locked(request)
        if request.path.startswith(COUNTERS) and (answer := _without_second_factor(request)):
            return answer
        if not _is_background(request):
            sessions.note(request)
        return None


def _is_background(request):
    """Whether a script asks, and not a person: that keeps nobody signed in, and must not push aside what waits."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _signed_out(request):
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


def _without_second_factor(request):
    if sessions.has_proved_second_factor(request) or not request.user.needs_second_factor():
        return None
    own = Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if own.exists():  # set up since this session began, and so not shown in it
        logout(request)
        messages.info(request, "Please sign in again, with your second factor.")
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
    messages.info(request, "Your work here needs a second factor. Set one up; it takes two minutes.")
    return HttpResponseRedirect(reverse("mfa_index"))

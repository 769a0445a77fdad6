"""The pages for when something is wrong. None of them asks the database anything; each is rendered once."""

import errno
import sys
from functools import cache

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.middleware import COUNTERS
from cms.lib import database_errors
from cms.page_cache import middleware
from cms.requests import preserve_input
from cms.requests.same_origin import is_same_origin

TITLES = {
    400: "We could not understand that",
    403: "You may not see this",
    404: "We cannot find that page",
    405: "That does not work here",
    500: "Something went wrong on our side",
    503: "We are back in a moment",
}


@cache
def page(status: int) -> bytes:
    return render_to_string(f"errors/{status}.html", {"title": TITLES[status], "status": status}).encode()


def _answer(status: int, **headers: str) -> HttpResponse:
    """Where a form was sent, preserve_input.py puts a page with all that was typed in the place of this."""
    response = HttpResponse(page(status), status=status, headers={"Cache-Control": "no-store"} | headers)
    response.is_error_page = True  # type: ignore[attr-defined]
    return response


def bad_request(request, exception=None):
    return _answer(400)


def forbidden(request, exception=None):
    return _answer(403)


def csrf_failure(request, reason=""):
    """Where no page takes a form, the method is what is wrong. Else it is given back, with a token that is good: from
    within the middleware for tokens, which sets the cookie that belongs to it."""
    if middleware.declared_for(request):
        return _answer(405, Allow="GET, HEAD")
    if not is_same_origin(request):
        return preserve_input.give_back(request, preserve_input.FOREIGN)
    is_signed_out = request.path.startswith(COUNTERS) and not request.user.is_authenticated
    is_signed_out &= request.path != reverse("admin:login")
    return preserve_input.give_back(request, preserve_input.SIGNED_OUT if is_signed_out else preserve_input.EXPIRED)


def not_found(request, exception=None):
    return _answer(404)


def server_error(request):
    """Also where a lost database and a full disk end up: those are a 503, which tells caches and search engines to come
    back."""
    error = sys.exc_info()[1]
    if request.method == "POST" and database_errors.is_clash(error):
        return preserve_input.give_back(request, preserve_input.CLASH)
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC  # as while a picture is on its way here
    if is_full or _is_database_away(error):
        return _answer(503, **{"Retry-After": "30"})
    return _answer(500)


def _is_database_away(error: BaseException | None) -> bool:
    """By Django's errors, and by psycopg's own where something else wraps them, as the queue does: a mail is a job."""
    away = OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError
    while error is not None and not isinstance(error, away):
        error = error.__cause__
    return error is not None

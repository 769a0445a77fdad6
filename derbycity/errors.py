"""The pages for when something is wrong. None of them asks the database anything; each is rendered once."""

import errno
import sys
from functools import cache

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

from editorial import page_cache

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
    return HttpResponse(page(status), status=status, headers={"Cache-Control": "no-store"} | headers)


def bad_request(request, exception=None):
    return _answer(400)


def forbidden(request, exception=None):
    return _answer(403)


def csrf_failure(request, reason=""):
    """Where no page takes a form, the method is what is wrong."""
    if page_cache.declared_for(request):
        return _answer(405, Allow="GET, HEAD")
    return _answer(403)


def not_found(request, exception=None):
    return _answer(404)


def server_error(request):
    """Also where a lost database and a full disk end up: those are a 503, which tells caches and search engines to come
    back."""
    error = sys.exc_info()[1]
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

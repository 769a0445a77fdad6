"""The pages for when something is wrong. None of them asks the database anything; each is rendered once."""

import sys
from functools import cache

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

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


def bad_request(request, exception=None):
    return HttpResponse(page(400), status=400)


def forbidden(request, exception=None):
    return HttpResponse(page(403), status=403)


def csrf_failure(request, reason=""):
    return HttpResponse(page(403), status=403)


def not_found(request, exception=None):
    return HttpResponse(page(404), status=404)


def server_error(request):
    """Also where a lost database ends up: that is a 503, which tells caches and search engines to come back."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return HttpResponse(page(503), status=503, headers={"Retry-After": "30"})
    return HttpResponse(page(500), status=500)

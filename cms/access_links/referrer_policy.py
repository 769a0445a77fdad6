"""Pages that a link with a key opens (cms/access_links/token_links.py)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse


def told_to_no_other_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The key in the address goes to no other site. Where nothing at all was told, a browser would send the form from
    “null”, and Django would take it for somebody else's."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return private

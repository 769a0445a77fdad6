"""What was typed is given back when it cannot be saved now: as a page with all of it, to be sent again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

_SECONDS = 30
AWAY, SIGNED_OUT = 503, 403
_TITLES = {AWAY: "We are back in a moment", SIGNED_OUT: "Please sign in again"}
_LONG = 80  # what is shorter goes along unseen


def gives_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outermost around a view. Files cannot be given back; the page says that they are to be chosen again."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            if request.method != "POST":
                raise
            connection.close()  # it would answer nothing any more
            return given_back(request, why=AWAY)

    return kept


def given_back(request: HttpRequest, *, why: int) -> HttpResponse:
    """Asks the database nothing: it may be what is away."""
    typed = [(name, words) for name, words_ in request.POST.lists() for words in words_]
    context = {
        "title": _TITLES[why],
        "status": why,
        "is_away": why == AWAY,
        "shown": [(name, words) for name, words in typed if "\n" in words or len(words) > _LONG],
        "hidden": [(name, words) for name, words in typed if not ("\n" in words or len(words) > _LONG)],
        "had_files": bool(request.FILES),
        "address": request.get_full_path(),
    }
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": str(_SECONDS)} if why == AWAY else {})
    return HttpResponse(render_to_string("telling/given_back.html", context), status=why, headers=headers)

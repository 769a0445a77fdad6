"""Whatever keeps a form from being taken, its answer says so in plain words, holds all that was typed, and can be sent
again with one press.

Passwords, codes and tokens are never given back; nothing is kept anywhere but on the page that is given
back, which no cache keeps; and the button that sends it again stands only on an answer to one of our own pages, so that
nobody sends with it what another site has filled in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.request import UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.requests import posted_fields
from cms.requests.same_origin import is_same_origin

RETRY_SECONDS = 30
_AGAIN = "given_back"  # the field that says so of a page of ours
_AGAIN_SECONDS = 24 * 60 * 60
_SALT = "cms.requests.preserve_input"
_SMALL = 20_000  # bytes of a field that is kept of a form that is too large
_MOST_READ = 64 * 1024 * 1024  # bytes that are read, and let go, so that the browser hears the answer
_CHUNK = 64 * 1024
_END_OF_PAGE = b"</main>"


@dataclass(frozen=True)
class Reason:
    """Why a form was not taken, in words; whether the same may be sent again as it is."""

    status: int
    title: str | Promise
    lead: str | Promise
    may_send: bool = True


AWAY = Reason(
    503,
    _("We are back in a moment"),
    _(
        "What you typed is not saved yet, and not lost: it is all on this page. Wait a minute, then send it again. If "
        "you pressed twice, look first if it is there already."
    ),
)
BROKEN = Reason(
    500,
    _("Something went wrong on our side"),
    _(
        "It is our fault, not yours. We have made a note of it. What you typed is all on this page. Try to send it "
        "again in a few minutes."
    ),
)
EXPIRED = Reason(
    403,
    _("This form ran out of time"),
    _(
        "It was open for a long time, or you signed in or out meanwhile. It is not saved yet, and not lost: all that "
        "you typed is on this page. Look through it, and send it again."
    ),
)
FOREIGN = Reason(
    403,
    _("We did not take this form"),
    _(
        "It did not come from a page of this site, or your browser did not say so. To keep you safe nothing was done. "
        "If it is yours, copy what you typed, open our page, and write it there."
    ),
    may_send=False,
)
SIGNED_OUT = Reason(
    403,
    _("Please sign in again"),
    _("You are not signed in any more. What you typed is not saved yet, and not lost: it is all on this page."),
)
CLASH = Reason(
    409,
    _("Somebody saved the same at this very moment"),
    _(
        "Two things cannot have the same name, and one was saved a moment ago, by somebody else or by a second press "
        "of your own button. Look if it is there already. What you typed is all on this page, and can be sent again."
    ),
)
BUSY = Reason(
    409,
    _("We are still working on it"),
    _(
        "You sent this a moment ago, and it is not done yet. Wait a little, then look if it is there. What you typed "
        "is all on this page. Sent again, it counts once."
    ),
)
MOVED_ON = Reason(
    409,
    _("This was not saved"),
    _(
        "It had moved on since you opened it: it was sent, decided or changed somewhere else. Nothing was done. What "
        "you typed is all on this page, to copy."
    ),
    may_send=False,
)
TOO_LARGE = Reason(
    413,
    _("That is too much text at once"),
    _(
        "Nothing was saved. Go back in your browser: what you typed may be there still. Shorten it, or send it in "
        "parts."
    ),
    may_send=False,
)
_NOT_SAVED = _("Nothing was saved. What you typed is on this page, to copy.")
_BY_STATUS = {
    400: Reason(400, _("We could not understand that"), _NOT_SAVED, may_send=False),
    403: Reason(403, _("You may not do this"), _NOT_SAVED, may_send=False),
    404: Reason(404, _("That is not here any more"), _NOT_SAVED, may_send=False),
    409: CLASH,
    410: Reason(410, _("That is not here any more"), _NOT_SAVED, may_send=False),
    429: Reason(429, _("That was tried too often"), _("Wait a while, then send it again. Nothing you typed is lost.")),
    500: BROKEN,
    503: AWAY,
}


def give_back(request: HttpRequest, why: Reason, *, lost: tuple[str, ...] = ()) -> HttpResponse:
    """The page with all that was typed. Asks the database nothing: it may be what is away.

    `lost` are the names of fields that were too large to keep.
    """
    context = _context(request, why, posted_fields.labels(request, lost))
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": str(RETRY_SECONDS)} if why.status == 503 else {})
    page = render_to_string("cms/given_back.html", context)
    response = HttpResponse(page, status=why.status, headers=headers)
    response.gives_back = True  # type: ignore[attr-defined]
    return response


def unless_typed(request: HttpRequest, answer: HttpResponse, *, said: str = "") -> HttpResponse:
    """The answer to a form that came too late, where there is nothing in it that somebody typed. Else all of that, and
    `said`, which is why."""
    if request.method != "POST" or not has_typed(request):
        return answer
    return give_back(request, replace(MOVED_ON, lead=f"{said} {_NOT_SAVED}") if said else MOVED_ON)


def has_typed(request: HttpRequest) -> bool:
    return any(field.is_shown for field in posted_fields.read(request))


def _context(request: HttpRequest, why: Reason, lost: Sequence[str] = ()) -> dict[str, Any]:
    may_send = why.may_send and is_same_origin(request) is True
    fields = posted_fields.read(request)
    hidden = [(field.name, field.value) for field in fields if not field.is_shown]
    if may_send:
        hidden += _passes(request)
    return {
        "title": why.title,
        "lead": why.lead,
        "status": why.status,
        "may_send": may_send,
        "sign_in": resolve_url(settings.LOGIN_URL) if why is SIGNED_OUT else "",
        "sent_from": _other_host(request) if why is FOREIGN else "",
        "shown": [field for field in fields if field.is_shown],
        "hidden": hidden,
        "secrets": posted_fields.secrets(request),
        "lost": lost,
        "had_files": bool(request.FILES),
        "address": request.get_full_path(),
        "most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024) if why is TOO_LARGE else 0,
        "way_back": _way_back(request.path),
    }


def _passes(request: HttpRequest) -> list[tuple[str, str]]:
    """A new token where the form had one, or should have had one; and that it was we who gave this page back."""
    found = [(_AGAIN, signing.dumps([request.path, _person(request)], salt=_SALT))]
    if "csrfmiddlewaretoken" in request.POST or request.META.get("CSRF_COOKIE"):
        found.append(("csrfmiddlewaretoken", get_token(request)))
    return found


def _person(request: HttpRequest) -> int | None:
    """Who sent it, if that was looked up before: it is never asked here."""
    known = getattr(request, "_cached_user", None)
    return getattr(request, "was_signed_in_as", None) or (known.pk if known is not None else None)


def _other_host(request: HttpRequest) -> str:
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc


def _way_back(path: str) -> tuple[str, str | Promise]:
    ways = (way for way in settings.WAYS_BACK if path.startswith(way[0]))
    return next(ways, (reverse("home"), _("Start at the front page")))


def _is_given_back(request: HttpRequest) -> bool:
    """Whether this is what we gave back before. That page names its address, and the person where one was known; only
    a page of our own may send it."""
    if not is_same_origin(request):
        return False
    try:
        path, person = signing.loads(request.POST.get(_AGAIN, ""), salt=_SALT, max_age=_AGAIN_SECONDS)
    except (signing.BadSignature, ValueError, UnreadablePostError):
        return False
    user = getattr(request, "user", None)
    return path == request.path and (person is None or (user is not None and user.pk == person))


class PreserveInput:
    """Stands around everything that may refuse a form: sessions, tokens, rights, the view, the database.

    Where an answer says no and does not show what was typed, it gets to. A page of a view's own keeps its words and
    its ways on; an error's own page is replaced.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Whoever signs in again may send what we gave back to them, though signing in has renewed the token: the
        check of tokens, which comes after this, takes the form for checked."""
        if request.method == "POST" and _is_given_back(request):
            request.csrf_processing_done = True  # type: ignore[attr-defined]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return self.get_response(request)
        try:
            request.POST  # noqa: B018 - read here, so that one that is too large is answered here
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            return _too_large(request)
        except UnreadablePostError:
            pass  # nobody is there any more
        response = self.get_response(request)
        if _shows_it(request, response):
            return response
        if _asks_to_sign_in(request, response):
            return _instead(response, give_back(request, _BY_STATUS[403] if _is_signed_in(request) else SIGNED_OUT))
        why = _BY_STATUS.get(response.status_code)
        if why is None:
            return response
        if getattr(response, "is_error_page", False):
            return _instead(response, give_back(request, why))
        return _added(request, response, why)


def _too_large(request: HttpRequest) -> HttpResponse:
    small, lost = _small_fields(request)
    request._post, request._files = small, MultiValueDict()  # type: ignore[attr-defined]
    return give_back(request, TOO_LARGE, lost=tuple(lost))


def _small_fields(request: HttpRequest) -> tuple[QueryDict, list[str]]:
    """Reads on to the end, a piece at a time. Of a form without files what is small is kept, of the rest the name."""
    found, rest, read = QueryDict(mutable=True), b"", 0
    lost: list[str] = []
    is_plain = request.content_type == "application/x-www-form-urlencoded"
    try:
        while read < _MOST_READ and (chunk := request.read(_CHUNK)):
            read += len(chunk)
            *pairs, rest = (rest + chunk).split(b"&") if is_plain else [b""]
            rest = rest[:_SMALL]  # which says already that it is too long
            _sort(pairs, found, lost)
    except (OSError, ValueError):  # they have left, or there was nothing more to read
        pass
    _sort([rest], found, lost)
    return found, lost


def _sort(pairs: list[bytes], found: QueryDict, lost: list[str]) -> None:
    for pair in pairs:
        if len(pair) >= _SMALL:
            lost.append(pair.partition(b"=")[0][:100].decode(errors="replace"))
            continue
        for name, value in parse_qsl(pair.decode("utf-8", "replace"), keep_blank_values=True):
            if len(found) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
                found.appendlist(name, value)


def _shows_it(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether it was taken, or stands on the page; a script is told by the status alone."""
    if getattr(response, "gives_back", False) or request.headers.get("Sec-Fetch-Dest") == "empty":
        return True
    if response.status_code < 400 or getattr(response, "is_error_page", False):
        return False
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return True
    page = response.content.decode(errors="replace")  # type: ignore[attr-defined]
    typed = [field.value for field in posted_fields.read(request) if field.is_shown]
    return bool(typed) and all(escape(words.strip()) in page for words in typed)


def _asks_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Not of the pages of signing in themselves."""
    if response.status_code != 302 or not has_typed(request):  # a button alone can be pressed again
        return False
    doors = {resolve_url(settings.LOGIN_URL), reverse("admin:login")}
    path = urlsplit(response.headers["Location"]).path
    return path in doors and request.path not in doors and not request.path.startswith(_SIGNING_IN)


def _is_signed_in(request: HttpRequest) -> bool:
    """Who is, still, and may not do this."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


# Their forms hold nothing but an address, a password or a code, and lead to each other.
_SIGNING_IN = ("/account/login/", "/account/signup/", "/account/logout/", "/account/password/reset/")


def _instead(response: HttpResponseBase, page: HttpResponse) -> HttpResponse:
    """The page, with what the answer said to the browser of sessions."""
    page.cookies.update(response.cookies)
    return page


def _added(request: HttpRequest, response: Any, why: Reason) -> HttpResponseBase:
    """What was typed, at the end of a page that says by itself what is wrong."""
    context = _context(request, why)
    if not context["shown"] or _END_OF_PAGE not in response.content:
        return response
    typed = render_to_string("cms/_given_back.html", context).encode()
    response.content = response.content.replace(_END_OF_PAGE, typed + _END_OF_PAGE, 1)
    response.headers["Content-Length"] = str(len(response.content))  # which was said before
    return response

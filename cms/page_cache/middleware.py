"""Public by decision: which pages any cache may keep, and the memory in which each worker keeps them.

A view says that its answer is the same for everybody, and which words of the query it reads:

    @public_page(query={"page", "q"})
    @require_safe
    def index(request): …

or the urlconf does: `path("x/", public_page(view))`. Every other view is somebody's own: its answers carry `no-store`.

Finished pages stay in memory for exactly as long as nothing they could show has changed. PostgreSQL keeps a stamp that
changes with every commit to a watched table (triggers.py), and the moments at which something is scheduled to appear or
go. A request asks for the stamp, the time and the next such moment in one small question; while the stamp is the same
and the moment has not come, the page made before is still the page. While the database is away what it said last is
taken for true, for PAGE_CACHE_STALE_MINUTES at most.
"""

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import get_urlconf, resolve
from django.utils.cache import get_conditional_response

View = Callable[..., Any]

# Seconds a browser or a proxy may show a public page without asking again. A page taken down is gone within a minute.
PUBLIC_AGE = 30

_LARGEST = 500_000  # bytes of one page
_OVERHEAD = 1_500  # bytes that a kept page takes beside its words: headers, key, the objects themselves
_ONCE_SHARE = 0.25  # of the memory is for addresses with a query that were asked for once


@dataclass(frozen=True)
class PublicPage:
    """What a view declares of its answers. They depend on the address and on these words of its query, on nobody's
    cookie and on no other header than what is accepted."""

    query: frozenset[str]
    is_kept: bool

    def known(self, asked: QueryDict) -> QueryDict:
        """The part of a query that the page reads. Whatever else stands there cannot change it."""
        if self.query.issuperset(asked):
            return asked
        known = QueryDict(mutable=True)
        for name in asked:
            if name in self.query:
                known.setlist(name, asked.getlist(name))
        known._mutable = False
        return known


def public_page(view: View | None = None, *, query: Iterable[str] = (), is_kept: bool = True) -> Any:
    """Declares that the answers of a view are the same for everybody. Stands outermost, or round a view in a urlconf.

    `query` names what the view reads of `request.GET`; it sees nothing else. `is_kept=False` is for what no worker's
    memory should hold (files, endless questions); such a view may set a `Cache-Control` of its own.
    """
    page = PublicPage(frozenset(query), is_kept)

    def declare(view: View) -> View:
        @functools.wraps(view)
        def declared(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        declared.public_page = page  # type: ignore[attr-defined]
        return declared

    return declare(view) if view else declare


def indexable(view: View) -> View:
    """Lets search engines list a page that is not public, such as the first page of a form. Others say `noindex`."""

    @functools.wraps(view)
    def listed(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    listed.is_indexable = True  # type: ignore[attr-defined]
    return listed


def declared_by(view: View) -> PublicPage | None:
    return getattr(view, "public_page", None)


def declared_for(request: HttpRequest) -> PublicPage | None:
    """What the view declared that answered, or will; none where no view is reached."""
    return declared_by(request.resolver_match.func) if request.resolver_match else None


@functools.lru_cache(maxsize=4096)
def _declared_at(urlconf: Any, path: str) -> PublicPage | None:
    try:
        return declared_by(resolve(path, urlconf).func)
    except Http404:
        return None


class CacheRules:
    """What every answer says to caches and search engines.

    A declared page without a cookie may be kept by any cache for a moment, unless its view says otherwise. Everything
    else may be kept by none, and is not for search engines unless its view is marked `indexable`.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if declared_for(request) is None:
            response.headers["Cache-Control"] = "no-store"
            if request.resolver_match and not getattr(request.resolver_match.func, "is_indexable", False):
                response.headers.setdefault("X-Robots-Tag", "noindex")
        elif not response.has_header("Cache-Control"):
            is_public = (
                request.method in ("GET", "HEAD") and response.status_code in (200, 301) and not _is_personal(response)
            )
            response.headers["Cache-Control"] = f"public, max-age={PUBLIC_AGE}" if is_public else "no-store"
        return response


def _is_personal(response: HttpResponse) -> bool:
    return bool(response.cookies) or "cookie" in response.headers.get("Vary", "").lower()


@dataclass(frozen=True)
class CacheStamp:
    """The state of everything public, as the database sees it."""

    stamp: str
    at: datetime
    next_change: datetime | None


def read_stamp() -> CacheStamp:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(token), 0)::text FROM cms_cacheinvalidation), statement_timestamp(), "
            "(SELECT min(at) FROM cms_scheduledchange WHERE at > statement_timestamp())"
        )
        return CacheStamp(*cursor.fetchone())


@dataclass(frozen=True)
class KeptPage:
    stamp: str
    until: datetime | None
    headers: dict[str, str]
    content: bytes

    def is_good(self, now: CacheStamp) -> bool:
        return self.stamp == now.stamp and (self.until is None or now.at < self.until)


# Host, path, the query that the page knows, whether compressed.
PageKey = tuple[str, str, str, bool]


class Segment:
    """Kept pages in the order in which they were asked for last."""

    def __init__(self) -> None:
        self.pages: OrderedDict[PageKey, KeptPage] = OrderedDict()
        self.size = 0  # bytes

    def put(self, key: PageKey, page: KeptPage, most: float) -> None:
        """Forgets, beyond this many bytes, the pages that nobody asked for the longest."""
        self.take(key)
        self.pages[key] = page
        self.size += _size_of(key, page)
        while self.size > most:
            self.take(next(iter(self.pages)))

    def take(self, key: PageKey) -> KeptPage | None:
        page = self.pages.pop(key, None)
        if page:
            self.size -= _size_of(key, page)
        return page


def _size_of(key: PageKey, page: KeptPage) -> int:
    return len(page.content) + len(key[1]) + len(key[2]) + _OVERHEAD


class PageMemory:
    """The kept pages of one worker, at most PAGE_CACHE_MB of them.

    An address with a query waits among those asked for once; asked again while it is there it moves to the others. So
    questions that nobody asks twice push out each other, and no page that is read.
    """

    def __init__(self) -> None:
        self.once, self.often = Segment(), Segment()
        self.lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.once.pages) + len(self.often.pages)

    @property
    def size(self) -> int:
        return self.once.size + self.often.size

    def find(self, key: PageKey, now: CacheStamp) -> KeptPage | None:
        with self.lock:
            page = self.once.pages.get(key) or self.often.pages.get(key)
            if page is None or not page.is_good(now):
                return None
            self._put(key, page, is_read=True)
            return page

    def keep(self, key: PageKey, page: KeptPage) -> None:
        with self.lock:
            self._put(key, page, is_read=not key[2] or key in self.often.pages or key in self.once.pages)

    def _put(self, key: PageKey, page: KeptPage, *, is_read: bool) -> None:
        most = settings.PAGE_CACHE_MB * 1_000_000
        self.once.take(key)
        if is_read:
            self.often.put(key, page, most * (1 - _ONCE_SHARE))
        else:
            self.once.put(key, page, most * _ONCE_SHARE)


def _answer(request: HttpRequest, kept: KeptPage) -> HttpResponse:
    page = HttpResponse(kept.content, headers=kept.headers)
    return get_conditional_response(request, etag=page.headers.get("ETag"), response=page) or page


class PageCacheMiddleware:
    """Answers from memory where it can. Only declared pages are kept, so nobody's own page ever is.

    Stands outside compression and ETags, which are kept with the page; stands inside the headers of security.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response
        self.pages = PageMemory()
        self.last: tuple[CacheStamp, float] | None = None  # what the database said last, and when by our own clock

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or not settings.PAGE_CACHE_MB:
            return self.get_response(request)
        declared = _declared_at(get_urlconf() or settings.ROOT_URLCONF, request.path_info)
        if declared is None or not declared.is_kept:
            return self.get_response(request)
        key = self._key_of(request, declared)
        try:
            now = read_stamp()
        except (OperationalError, InterfaceError):
            if kept := self._find_while_away(key):
                return _answer(request, kept)
            raise
        self.last = now, time.monotonic()
        if kept := self.pages.find(key, now):
            return _answer(request, kept)
        response = self.get_response(request)
        if self._may_keep(response):
            headers = dict(response.headers.items())
            self.pages.keep(key, KeptPage(now.stamp, now.next_change, headers, response.content))
        return response

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        """A view sees of the query what it declared, so that pages that are one page to the cache are one."""
        if declared := declared_by(view):
            request.GET = declared.known(request.GET)  # type: ignore[assignment]

    def _find_while_away(self, key: PageKey) -> KeptPage | None:
        """A page that was right when the database was last heard, and that nothing was scheduled to change since."""
        if self.last is None:
            return None
        stamp, heard_at = self.last
        silent = timedelta(seconds=time.monotonic() - heard_at)
        if silent > timedelta(minutes=settings.PAGE_CACHE_STALE_MINUTES):
            return None
        return self.pages.find(key, replace(stamp, at=stamp.at + silent))

    @staticmethod
    def _key_of(request: HttpRequest, declared: PublicPage) -> PageKey:
        known = sorted(declared.known(request.GET).lists()) if request.META.get("QUERY_STRING") else ()
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        return request.get_host(), request.path, urlencode(known, doseq=True), is_packed

    @staticmethod
    def _may_keep(response: HttpResponse) -> bool:
        return (
            response.status_code == 200
            and not response.streaming
            and not _is_personal(response)
            and response.headers.get("Cache-Control", "").startswith("public")
            and len(response.content) < _LARGEST
        )

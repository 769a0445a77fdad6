"""Which pages caches may keep, and what the memory of a worker holds, for whom, and how much."""

import gzip
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from django.views.decorators.http import require_safe

from cms.page_cache import middleware as page_cache
from cms.page_cache.middleware import PageCacheMiddleware, indexable, public_page
from tests import make
from tests.cms.media.storing import Reader, committing, database_now


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE_MB = 100


def page(**headers):
    return HttpResponse("words", headers={"Cache-Control": "public, max-age=30"} | headers)


def with_cookie():
    response = page()
    response.set_cookie("session", "x")
    return response


def with_status(status):
    response = page()
    response.status_code = status
    return response


NEVER = {
    "with a cookie": with_cookie,
    "that no cache may hold": lambda: page(**{"Cache-Control": "no-store"}),
    "that is somebody's own": lambda: page(**{"Cache-Control": "private, max-age=30"}),
    "that says nothing about caches": lambda: HttpResponse("words"),
    "that depends on cookies": lambda: page(Vary="Accept-Encoding, Cookie"),
    "that is not found": lambda: with_status(404),
    "that moved": lambda: with_status(301),
    "that went wrong": lambda: with_status(500),
    "that is sent bit by bit": lambda: StreamingHttpResponse(["words"], headers={"Cache-Control": "public"}),
    "that is huge": lambda: HttpResponse("x" * 500_000, headers={"Cache-Control": "public"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", NEVER)
def test_a_page_that_is_not_for_everybody_is_not_kept(rf, kind):
    middleware = PageCacheMiddleware(lambda _: NEVER[kind]())

    middleware(rf.get("/"))

    assert not len(middleware.pages)


@pytest.mark.django_db
def test_a_page_for_everybody_is_kept(rf):
    asked = []
    middleware = PageCacheMiddleware(lambda request: asked.append(request) or page())

    answers = [middleware(rf.get("/")) for _ in range(3)]

    assert [answer.content for answer in answers] == [b"words"] * 3
    assert len(asked) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/login/", "/health/ready", "/static/css/site.css", "/pictures/x.jpg"]
)
def test_some_addresses_are_never_kept_nor_looked_up(rf, address, django_assert_num_queries):
    middleware = PageCacheMiddleware(lambda _: page())

    with django_assert_num_queries(0):
        middleware(rf.get(address))

    assert not len(middleware.pages)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["head", "post", "put", "delete", "options"])
def test_only_what_is_read_is_kept(rf, method):
    middleware = PageCacheMiddleware(lambda _: page())

    middleware(getattr(rf, method)("/"))

    assert not len(middleware.pages)


@pytest.mark.django_db
def test_with_the_memory_off_nothing_is_kept_nor_asked(rf, settings, django_assert_num_queries):
    settings.PAGE_CACHE_MB = 0
    middleware = PageCacheMiddleware(lambda _: page())

    with django_assert_num_queries(0):
        middleware(rf.get("/"))

    assert not len(middleware.pages)


@pytest.mark.django_db
def test_other_addresses_hosts_and_questions_are_other_pages(rf, settings):
    settings.ALLOWED_HOSTS = ["*"]
    middleware = PageCacheMiddleware(
        lambda request: HttpResponse(request.build_absolute_uri(), headers={"Cache-Control": "public"})
    )
    hosts = ["one.example", "two.example"]
    paths = ["/wards/", "/partners/", "/partners/?page=2", "/partners/?about=a&about=b", "/partners/?about=b&about=a"]
    asked = [(path, host) for path in paths for host in hosts]

    answers = [middleware(rf.get(path, headers={"host": host})).content.decode() for path, host in asked * 2]

    assert answers == [f"http://{host}{path}" for path, host in asked * 2]


def paths_of(middleware):
    segments = (middleware.pages.once, middleware.pages.often)
    return [f"{path}?{query}" for segment in segments for (_, path, query, _) in segment.pages]


@pytest.mark.django_db
def test_a_page_knows_some_words_of_the_query_and_is_the_same_whatever_else_stands_there():
    make.programme(title="Zebrafish")
    reader = Reader()
    plain = reader.get("/programmes/")
    chosen = reader.get("/programmes/?status=running&page=1")

    again = [
        reader.get(f"/programmes/?{query}")
        for query in ("utm_source=x", "fbclid=1&fbclid=2", "Status=finished", "x=%FF", "q=&&=&;")
    ]
    chosen_again = [
        reader.get(f"/programmes/?{query}") for query in ("page=1&status=running", "x=1&status=running&y=2&page=1")
    ]

    assert [(answer.was_kept, answer.content) for answer in again] == [(True, plain.content)] * 5
    assert [(answer.was_kept, answer.content) for answer in chosen_again] == [(True, chosen.content)] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("memory", [0, 10])
def test_a_view_sees_of_the_query_what_it_declared_and_no_more(rf, settings, memory):
    settings.PAGE_CACHE_MB = memory
    seen = []

    @public_page(query={"page"})
    def view(request):
        seen.append(dict(request.GET))
        return page()

    for query in ("page=1&page=2&x=3", "x=3", ""):
        request = rf.get(f"/programmes/?{query}")
        PageCacheMiddleware(view).process_view(request, view, (), {})
        view(request)

    assert seen == [{"page": ["1", "2"]}, {}, {}]


@pytest.mark.django_db
def test_a_thousand_odd_questions_push_out_nothing_that_is_read(rf, settings):
    settings.PAGE_CACHE_MB = 1
    made = []

    def respond(request):
        made.append(request.get_full_path())
        return HttpResponse("x" * 40_000, headers={"Cache-Control": "public"})

    middleware = PageCacheMiddleware(respond)
    useful = ["/", "/programmes/", "/partners/", "/programmes/?status=running", "/partners/?page=2"]
    for address in useful * 2:
        middleware(rf.get(address))

    for number in range(1000):
        middleware(rf.get(f"/programmes/?utm_source={number}"))
        middleware(rf.get(f"/programmes/?status={number}"))
        middleware(rf.get(f"/partners/?page={number + 3}"))
    made.clear()
    for address in useful:
        middleware(rf.get(address))

    assert not made


@pytest.mark.django_db
def test_the_memory_is_bounded_by_bytes_and_forgets_what_nobody_asks_for(rf, settings):
    settings.PAGE_CACHE_MB = 1
    middleware = PageCacheMiddleware(lambda _: HttpResponse("x" * 90_000, headers={"Cache-Control": "public"}))

    for number in range(40):
        middleware(rf.get("/wards/"))
        middleware(rf.get(f"/page-{number}/"))
        middleware(rf.get(f"/programmes/?page={number}"))
        assert middleware.pages.size <= 1_000_000

    kept = paths_of(middleware)
    assert "/wards/?" in kept
    assert kept[-1] == "/page-39/?"
    assert len(kept) == len(middleware.pages) == 10  # eight that are read, two asked for once


@pytest.mark.django_db
def test_what_is_forgotten_is_no_longer_counted(rf, settings):
    settings.PAGE_CACHE_MB = 1
    middleware = PageCacheMiddleware(lambda _: page())
    for address in ("/", "/", "/partners/?page=2", "/partners/?page=2", "/wards/"):
        middleware(rf.get(address))

    settings.PAGE_CACHE_MB = 0.000_001
    middleware(rf.get("/themes/"))

    assert (len(middleware.pages), middleware.pages.size) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nowhere/", "/admin/login/", "/programmes/nowhere/"])
def test_the_portal_keeps_no_page_of_these(address):
    reader = Reader()

    reader.get(address)

    assert not reader.get(address).was_kept


@pytest.mark.django_db
def test_somebody_signed_in_reads_the_same_pages_and_leaves_nothing_in_them():
    make.programme()
    person = make.staff("Administrator", name="Secret Name")
    reader = Reader()
    reader.client.force_login(person)

    first, again = reader.get("/"), reader.get("/")
    reader.client.logout()
    stranger = reader.get("/")

    assert again.was_kept
    assert stranger.was_kept
    assert first.content == stranger.content
    assert not stranger.cookies


@committing
def test_a_kept_page_that_the_reader_has_already_is_not_sent_again():
    reader = Reader()
    tag = reader.get("/").headers["ETag"]

    same, other = reader.get("/", if_none_match=tag), reader.get("/", if_none_match='"another"')
    make.programme(flagship=1)
    changed = reader.get("/", if_none_match=tag)

    assert (same.status_code, same.content, same.was_kept) == (304, b"", True)
    assert (other.status_code, other.was_kept) == (200, True)
    assert (changed.status_code, changed.was_kept) == (200, False)
    assert changed.headers["ETag"] != tag


@pytest.mark.django_db
def test_packed_and_plain_pages_are_kept_apart():
    reader = Reader()

    packed = [reader.get("/", accept_encoding="gzip, br") for _ in range(2)]
    plain = [reader.get("/") for _ in range(2)]

    assert [answer.was_kept for answer in (*packed, *plain)] == [False, True, False, True]
    assert {answer.headers.get("Content-Encoding") for answer in packed} == {"gzip"}
    assert {answer.headers.get("Content-Encoding") for answer in plain} == {None}
    assert {gzip.decompress(answer.content) for answer in packed} == {answer.content for answer in plain}
    assert "Accept-Encoding" in packed[1].headers["Vary"]


@pytest.mark.django_db
def test_many_readers_at_once_do_not_break_the_memory(rf, settings, monkeypatch):
    settings.PAGE_CACHE_MB = 0.01
    now = page_cache.read_stamp()
    monkeypatch.setattr(page_cache, "read_stamp", lambda: now)  # a connection for each thread would show nothing more
    middleware, wrong = PageCacheMiddleware(lambda request: page(**{"X-Path": request.path})), []

    def read_many(start):
        for number in range(300):
            path = f"/page-{(start + number) % 9}/"
            if middleware(rf.get(path)).headers["X-Path"] != path:
                wrong.append(path)

    threads = [threading.Thread(target=read_many, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert 0 < middleware.pages.size <= 10_000
    assert middleware.pages.size == sum(
        page_cache._size_of(*row)
        for row in (*middleware.pages.once.pages.items(), *middleware.pages.often.pages.items())
    )


# While the database is away


@pytest.fixture
def fall_silent(monkeypatch):
    def lost():
        raise OperationalError("gone")

    return lambda: monkeypatch.setattr(page_cache, "read_stamp", lost)


@pytest.fixture
def middleware():
    return PageCacheMiddleware(lambda _: page())


@pytest.mark.django_db
def test_kept_pages_are_shown_while_the_database_is_away_and_others_are_not(rf, middleware, fall_silent):
    middleware(rf.get("/"))
    fall_silent()

    assert middleware(rf.get("/")).content == b"words"
    with pytest.raises(OperationalError):
        middleware(rf.get("/wards/"))


@pytest.mark.django_db
def test_a_worker_that_never_heard_from_the_database_shows_nothing(rf, middleware, fall_silent):
    fall_silent()

    with pytest.raises(OperationalError):
        middleware(rf.get("/"))


@pytest.mark.django_db
def test_a_page_is_shown_no_longer_than_was_said_after_the_database_was_heard(rf, middleware, fall_silent, settings):
    middleware(rf.get("/"))
    fall_silent()
    stamp, heard_at = middleware.last

    middleware.last = stamp, heard_at - settings.PAGE_CACHE_STALE_MINUTES * 60 + 5
    assert middleware(rf.get("/")).content == b"words"
    middleware.last = stamp, heard_at - settings.PAGE_CACHE_STALE_MINUTES * 60 - 5
    with pytest.raises(OperationalError):
        middleware(rf.get("/"))


@committing
def test_what_was_known_to_be_outdated_is_not_shown(rf, middleware, fall_silent):
    middleware(rf.get("/"))
    make.programme()
    middleware(rf.get("/wards/"))  # the worker hears of the change
    fall_silent()

    with pytest.raises(OperationalError):
        middleware(rf.get("/"))
    assert middleware(rf.get("/wards/")).content == b"words"


@committing
def test_what_was_to_go_while_the_database_is_away_goes(rf, middleware, fall_silent):
    make.programme(unpublish_at=database_now() + timedelta(minutes=5))
    middleware(rf.get("/"))
    fall_silent()
    stamp, heard_at = middleware.last

    middleware.last = stamp, heard_at - 4 * 60
    assert middleware(rf.get("/")).content == b"words"
    middleware.last = stamp, heard_at - 6 * 60
    with pytest.raises(OperationalError):
        middleware(rf.get("/"))


# What caches and search engines are told


def told(response, view=None, method="get", **how):
    """The headers after CacheRules, of an answer of this view; without one, of an address that leads to none."""
    request = getattr(RequestFactory(), method)("/")
    if view is not None:
        request.resolver_match = ResolverMatch(view, (), {})
    answer = page_cache.CacheRules(lambda _: response)(request)
    return answer.headers.get("Cache-Control"), answer.headers.get("X-Robots-Tag")


def view(request):
    return HttpResponse()


PUBLIC, KEPT_BY_NONE = ("public, max-age=30", None), ("no-store", None)


@pytest.mark.parametrize(
    ("response", "method", "expected"),
    [
        (HttpResponse(), "get", PUBLIC),
        (HttpResponse(), "head", PUBLIC),
        (HttpResponse(status=301), "get", PUBLIC),
        (HttpResponse(), "post", KEPT_BY_NONE),
        (HttpResponse(status=302), "get", KEPT_BY_NONE),
        (HttpResponse(status=404), "get", KEPT_BY_NONE),
        (HttpResponse(status=503), "get", KEPT_BY_NONE),
        (HttpResponse(headers={"Vary": "Accept-Encoding, Cookie"}), "get", KEPT_BY_NONE),
        (HttpResponse(headers={"Cache-Control": "no-cache"}), "get", ("no-cache", None)),
    ],
)
def test_a_declared_page_may_be_kept_while_it_is_the_same_for_everybody(response, method, expected):
    assert told(response, public_page(view), method) == expected


def test_a_declared_page_that_sets_a_cookie_is_kept_by_none():
    response = HttpResponse()
    response.set_cookie("session", "x")

    assert told(response, public_page(view)) == KEPT_BY_NONE


@pytest.mark.parametrize("said", [{}, {"Cache-Control": "public, max-age=3600"}, {"Cache-Control": "max-age=30"}])
def test_a_view_that_declares_nothing_is_kept_by_none_and_not_listed(said):
    assert told(HttpResponse(headers=said), view) == ("no-store", "noindex")
    assert told(HttpResponse(headers=said)) == KEPT_BY_NONE  # no view: an address that is not there


def test_a_page_that_no_cache_may_keep_may_still_be_listed_where_its_view_says_so():
    assert told(HttpResponse(), indexable(view)) == ("no-store", None)


def test_what_is_declared_goes_through_other_decorators():
    for declared in (public_page(query={"q"})(require_safe(view)), require_safe(public_page(view, query={"q"}))):
        assert page_cache.declared_by(declared).query == {"q"}
    assert page_cache.declared_by(view) is None

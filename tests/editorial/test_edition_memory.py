"""What the memory of pages holds, for whom, and how much."""

import gzip
import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from editorial import edition
from editorial.edition import KeptPages
from tests import make
from tests.editorial.keeping import Reader, committing


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.KEPT_PAGES = 100


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
    middleware = KeptPages(lambda _: NEVER[kind]())

    middleware(rf.get("/"))

    assert not middleware.pages


@pytest.mark.django_db
def test_a_page_for_everybody_is_kept(rf):
    asked = []
    middleware = KeptPages(lambda request: asked.append(request) or page())

    answers = [middleware(rf.get("/")) for _ in range(3)]

    assert [answer.content for answer in answers] == [b"words"] * 3
    assert len(asked) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/login/", "/health/ready", "/static/css/site.css", "/pictures/x.jpg"]
)
def test_some_addresses_are_never_kept_nor_looked_up(rf, address, django_assert_num_queries):
    middleware = KeptPages(lambda _: page())

    with django_assert_num_queries(0):
        middleware(rf.get(address))

    assert not middleware.pages


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["head", "post", "put", "delete", "options"])
def test_only_what_is_read_is_kept(rf, method):
    middleware = KeptPages(lambda _: page())

    middleware(getattr(rf, method)("/"))

    assert not middleware.pages


@pytest.mark.django_db
def test_with_the_memory_off_nothing_is_kept_nor_asked(rf, settings, django_assert_num_queries):
    settings.KEPT_PAGES = 0
    middleware = KeptPages(lambda _: page())

    with django_assert_num_queries(0):
        middleware(rf.get("/"))

    assert not middleware.pages


@pytest.mark.django_db
def test_other_addresses_hosts_and_questions_are_other_pages(rf, settings):
    settings.ALLOWED_HOSTS = ["*"]
    middleware = KeptPages(
        lambda request: HttpResponse(request.build_absolute_uri(), headers={"Cache-Control": "public"})
    )
    asked = [("/a/", "one.example"), ("/a/", "two.example"), ("/b/", "one.example"), ("/a/?x=1", "one.example")]

    answers = [middleware(rf.get(path, headers={"host": host})).content.decode() for path, host in asked * 2]

    assert answers == [f"http://{host}{path}" for path, host in asked * 2]


@pytest.mark.django_db
def test_the_memory_has_a_bound_and_forgets_what_nobody_asks_for(rf, settings):
    settings.KEPT_PAGES = 3
    middleware = KeptPages(lambda _: page())

    for number in range(50):
        middleware(rf.get("/often/"))
        middleware(rf.get(f"/?x={number}"))

    assert [key[1] for key in middleware.pages] == ["/?x=48", "/often/", "/?x=49"]


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
    settings.KEPT_PAGES = 5
    now = edition.read()
    monkeypatch.setattr(edition, "read", lambda: now)  # a connection for each thread would show nothing more
    middleware, wrong = KeptPages(lambda request: page(**{"X-Path": request.path})), []

    def read_many(start):
        for number in range(300):
            path = f"/{(start + number) % 9}/"
            if middleware(rf.get(path)).headers["X-Path"] != path:
                wrong.append(path)

    threads = [threading.Thread(target=read_many, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert len(middleware.pages) == 5

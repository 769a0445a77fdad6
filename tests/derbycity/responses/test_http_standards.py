"""What RFC 9110 says of codings, ranges and HEAD, asked of whole answers."""

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory

from derbycity.responses.http_standards import HeadAsGet, StaticFiles, wanted_codings
from tests import make


def done(response):
    """Closes its file; `response.close()` would say that a request has ended, and look after the database."""
    for close in response._resource_closers:
        close()


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", ["gzip"]),
        ("gzip, deflate, br", ["gzip", "deflate", "br"]),
        ("gzip;q=0", []),
        ("gzip; q=0.000, br", ["br"]),
        ("GZIP;Q=0.5,br;q=0.8", ["br", "gzip"]),
        ("x-gzip", ["gzip"]),
        ("*", []),
        ("*;q=0, identity", []),
        ("identity", []),
        ("gzip;q=x, ungzip", ["ungzip"]),
        ("", []),
        (";;;,,,", []),
    ],
)
def test_the_codings_that_are_wanted(header, wanted):
    assert wanted_codings(header) == wanted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "coding"), [("gzip", "gzip"), ("gzip;q=0", None), ("gzip;q=0, br", None), ("br, gzip;q=0.1", "gzip")]
)
@pytest.mark.parametrize("memory", [0, 10])
def test_a_page_is_compressed_as_asked(settings, header, coding, memory):
    settings.PAGE_CACHE_MB = memory
    client = Client()

    for other in ("gzip", "", header):  # so that either is in memory
        answer = client.get("/programmes/", headers={"Accept-Encoding": other})

    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/programmes/", "/stories/feed.atom", "/sitemap.xml", "/nowhere/", "/tell/"])
@pytest.mark.parametrize("coding", ["gzip", ""])
def test_head_says_what_get_says(address, coding):
    client, headers = Client(), {"Accept-Encoding": coding}
    said = ("ETag", "Content-Length", "Content-Type", "Content-Encoding", "Cache-Control", "Vary", "Content-Language")

    get, head = client.get(address, headers=headers), client.head(address, headers=headers)

    assert head.content == b""
    if coding and get.headers.get("Content-Encoding"):  # random bytes within hide its true length
        said = [name for name in said if name != "Content-Length"]
        assert int(head.headers["Content-Length"]) > 0
    assert {name: head.headers.get(name) for name in said} == {name: get.headers.get(name) for name in said}
    assert head.status_code == get.status_code


@pytest.mark.django_db
def test_head_asks_whether_a_page_has_changed():
    make.programme(slug="one")
    client = Client()
    tag = client.head("/programmes/one/").headers["ETag"]

    assert client.head("/programmes/one/", headers={"If-None-Match": tag}).status_code == 304


def test_the_server_gets_no_content_to_warn_about(tmp_path):
    """Django's test client takes the content away by itself; gunicorn warns of each byte."""
    file = tmp_path / "file"
    file.write_bytes(b"words")
    request = RequestFactory().head("/")

    plain = HeadAsGet(lambda _: HttpResponse("words"))(request)
    streamed = HeadAsGet(lambda _: FileResponse(file.open("rb")))(request)

    assert (plain.content, plain.headers["Content-Length"]) == (b"", "5")
    assert (b"".join(streamed), streamed.headers["Content-Length"]) == (b"", "5")
    assert request.method == "HEAD"
    done(streamed)


@pytest.fixture
def static(settings, tmp_path):
    (tmp_path / "figures.txt").write_text("0123456789")
    settings.STATIC_ROOT = tmp_path
    serve = StaticFiles(lambda _: HttpResponse(status=404))

    def ask(method="get", **headers):
        return serve(getattr(RequestFactory(), method)("/static/figures.txt", headers=headers))

    return ask


@pytest.mark.parametrize(
    ("span", "status", "content"),
    [
        ("bytes=0-0", 206, b"0"),
        ("bytes=5-5", 206, b"5"),
        ("bytes=-1", 206, b"9"),
        ("bytes=9-", 206, b"9"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=2-400", 206, b"23456789"),
        ("bytes=-400", 206, b"0123456789"),
        ("bytes=0-", 206, b"0123456789"),
        ("bytes=10-", 416, b""),
        ("bytes=10-12", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=4-2", 200, b"0123456789"),
        ("bytes=0-0,5-5", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"),
        ("bytes=٢-٤", 200, b"0123456789"),
        ("lines=0-0", 200, b"0123456789"),
    ],
)
def test_any_one_range_of_a_file(static, span, status, content):
    answer = static(Range=span)

    assert (answer.status_code, b"".join(answer)) == (status, content)
    if status == 206:
        assert answer.headers["Content-Length"] == str(len(content))
        assert answer.headers["Content-Range"].endswith("/10")
    if status == 416:
        assert answer.headers["Content-Range"] == "bytes */10"
        assert answer.headers["Cache-Control"] == "no-store"
    done(answer)


def test_a_range_of_a_file_that_has_changed_is_all_of_it(static):
    tag = static("head").headers["ETag"]

    same, other = static(Range="bytes=0-0", If_Range=tag), static(Range="bytes=0-0", If_Range='"other"')

    assert (same.status_code, other.status_code) == (206, 200)
    done(same)
    done(other)


def test_ranges_are_of_get_alone(static):
    answer = static("head", Range="bytes=0-0")

    assert (answer.status_code, answer.headers["Content-Length"]) == (200, "10")

import gzip
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse

from derbycity.responses import script_integrity
from derbycity.responses.middleware import SecurityHeaders
from derbycity.responses.script_integrity import ScriptIntegrity, integrity_of
from tests import make

pytestmark = pytest.mark.django_db

PUBLIC = ["/", "/programmes/", "/partners/", "/wards/", "/themes/", "/sources/", "/robots.txt", "/sitemap.xml"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_may_be_kept_by_anyone_for_a_moment(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response.cookies == SimpleCookie()
    assert response.headers["Cache-Control"] == "public, max-age=30"
    assert "cookie" not in response.headers.get("Vary", "").lower()
    assert "ETag" in response.headers


def test_a_public_page_is_the_same_for_staff_who_are_signed_in(client, browse):
    make.programme()

    assert browse("editor").get("/programmes/").content == client.get("/programmes/").content


def test_a_reader_who_has_the_page_gets_304(client):
    make.programme()
    tag = client.get("/programmes/").headers["ETag"]

    again = client.get("/programmes/", headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.content == b""


def test_pages_are_compressed_for_those_who_can_read_it(client):
    for _ in range(5):
        make.programme()

    response = client.get("/programmes/", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert b"<h1>Programmes</h1>" in gzip.decompress(response.content)


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_the_admin_is_kept_by_no_cache(client, path):
    assert "no-store" in client.get(path).headers["Cache-Control"]


def scripts_of(response):
    return re.findall(r"<script\b[^>]*\ssrc=[^>]*>", response.content.decode())


def observatory_points(response):
    """By the published rules of the MDN HTTP Observatory (its score table of 2026), for a page over HTTPS.

    100, plus what is earned: CSP from default-src 'none' without unsafe 10, COOP 10, COEP 10, CORP 10, frame-ancestors
    5, referrer policy 5, cookies with all three marks 5, integrity on every script 5, minus what is lost. A page
    without cookies and scripts can reach 150, one with cookies 155, one with both 160.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    csp = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split("; ")}
    sources = {source for values in csp.values() for source in values}
    points = 100
    points += 10 if csp["default-src"] == ["'none'"] and csp["form-action"] == ["'self'"] else -20
    points -= 20 if any("unsafe" in source or source in ("data:", "http:", "https:", "*") for source in sources) else 0
    points += 5 if csp["frame-ancestors"] == ["'none'"] else -20
    points += 10 if headers.get("cross-origin-opener-policy") == "same-origin" else 0
    points += 10 if headers.get("cross-origin-embedder-policy") == "require-corp" else 0
    points += 10 if headers.get("cross-origin-resource-policy") == "same-origin" else 0
    points += 5 if headers["referrer-policy"] == "strict-origin-when-cross-origin" else -5
    points -= 0 if headers["x-content-type-options"] == "nosniff" else 5
    points -= 0 if int(headers["strict-transport-security"].split("max-age=")[1].split(";")[0]) >= 15_768_000 else 20
    cookies = list(response.cookies.values())
    if cookies:
        marked = all(cookie["secure"] and cookie["samesite"] for cookie in cookies)
        points += 5 if marked and all(cookie["httponly"] for cookie in cookies) else -20
    if scripts := scripts_of(response):
        points += 5 if all("integrity=" in script for script in scripts) else -5
    return points


@pytest.mark.parametrize(
    ("who", "path", "wanted"),
    [
        ("anyone", "/", 150),
        ("anyone", "/programmes/", 150),
        ("anyone", "/nowhere/", 150),
        ("anyone", "/account/password/reset/", 155),  # a cookie for the form
        ("anyone", "/account/login/", 160),  # and the scripts of passkeys
        ("administrator", "/admin/programmes/programme/", 160),
        ("administrator", "/admin/programmes/programme/add/", 160),
    ],
)
def test_every_kind_of_page_earns_all_points_of_the_observatory_it_can(browse, settings, who, path, wanted):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True

    assert observatory_points(browse(who).get(path, secure=True)) == wanted


def test_the_redirect_to_https_carries_the_headers_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get("/programmes/")

    assert response.status_code == 301
    for name in ("Content-Security-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy"):
        assert name in response.headers
    assert response.headers["X-Frame-Options"] == "DENY"


def test_the_integrity_is_that_of_the_file_the_browser_gets(browse):
    client = browse("administrator")

    for path in ("/admin/programmes/programme/", "/admin/programmes/programme/add/"):
        scripts = scripts_of(client.get(path))
        assert len(scripts) > 2
        for script in scripts:
            address, integrity = (re.search(rf'{name}="([^"]+)"', script)[1] for name in ("src", "integrity"))
            if address.startswith("/static/"):
                content = Path(finders.find(address.removeprefix("/static/"))).read_bytes()
            else:
                content = client.get(address).content
            assert integrity == integrity_of(content)


def test_the_integrity_is_the_same_on_a_page_that_a_form_is_answered_with(browse):
    script_integrity._integrity_of_catalog.cache_clear()
    client = browse("administrator")

    page = client.post("/admin/programmes/programme/add/", {"title": ""})

    assert page.status_code == 200
    [catalog] = [script for script in scripts_of(page) if "/admin/jsi18n/" in script]
    assert integrity_of(client.get("/admin/jsi18n/").content) in catalog


def test_a_script_that_is_no_file_of_ours_keeps_its_element_as_it_is(rf):
    page = b'<script src="/static/js/nowhere.js"></script><script type="application/ld+json">{}</script>'

    assert ScriptIntegrity(lambda _: HttpResponse(page))(rf.get("/")).content == page


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/admin/login/"])
def test_the_other_headers_are_there(client, path):
    headers = client.get(path).headers

    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_a_script_of_ours_may_run_where_an_answer_says_so_and_nowhere_else(rf):
    answers = {is_scripted: HttpResponse() for is_scripted in (True, False)}
    answers[True].has_script = True

    policies = {
        is_scripted: SecurityHeaders(lambda _, answer=answer: answer)(rf.get("/tell/pictures/")).headers[
            "Content-Security-Policy"
        ]
        for is_scripted, answer in answers.items()
    }

    assert policies[True] == f"{policies[False]}; script-src 'self'"
    assert "script-src" not in policies[False]
    assert "unsafe" not in str(django_settings.SECURE_CSP_TELLING)


def test_the_policy_is_one_constant_for_the_public_and_one_for_the_admin(client):
    make.programme(slug="one")
    public = {
        client.get(path).headers["Content-Security-Policy"] for path in (*PUBLIC, "/programmes/one/", "/nowhere/")
    }

    assert len(public) == 1
    assert "script-src" not in public.pop()
    assert "unsafe" not in str(django_settings.SECURE_CSP) + str(django_settings.SECURE_CSP_ADMIN)

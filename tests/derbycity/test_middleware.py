import gzip
from http.cookies import SimpleCookie

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse

from derbycity.middleware import SecurityHeaders
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


def observatory_points(response, *, https=True):
    """By the published rules of the MDN HTTP Observatory (its score table of 2026), for a page over HTTPS.

    100, plus what is earned: CSP from default-src 'none' without unsafe 10, CORP 10, frame-ancestors 5, referrer
    policy 5, cookies with all three marks 5, minus what is lost. A page without cookies and scripts can reach 130.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    csp = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split("; ")}
    sources = {source for values in csp.values() for source in values}
    points = 100
    points += 10 if csp["default-src"] == ["'none'"] and csp["form-action"] == ["'self'"] else -20
    points -= 20 if any("unsafe" in source or source in ("data:", "http:", "https:", "*") for source in sources) else 0
    points += 5 if csp["frame-ancestors"] == ["'none'"] else -20
    points += 10 if headers["cross-origin-resource-policy"] == "same-origin" else 0
    points += 5 if headers["referrer-policy"] == "strict-origin-when-cross-origin" else -5
    points -= 0 if headers["x-content-type-options"] == "nosniff" else 5
    points -= 0 if int(headers["strict-transport-security"].split("max-age=")[1].split(";")[0]) >= 15_768_000 else 20
    cookies = list(response.cookies.values())
    if cookies:
        marked = all(cookie["secure"] and cookie["samesite"] for cookie in cookies)
        points += 5 if marked and all(cookie["httponly"] for cookie in cookies) else -20
    return points


@pytest.mark.parametrize("path", ["/", "/programmes/", "/nowhere/", "/admin/login/"])
def test_every_kind_of_page_earns_all_points_of_the_observatory_it_can(client, settings, path):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True

    response = client.get(path, secure=True)

    assert observatory_points(response) == (135 if response.cookies else 130)


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

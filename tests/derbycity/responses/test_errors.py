import errno

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import path
from procrastinate.contrib.django.django_connector import wrap_exceptions

from derbycity.responses import errors

handler400 = "derbycity.responses.errors.bad_request"
handler403 = "derbycity.responses.errors.forbidden"
handler404 = "derbycity.responses.errors.not_found"
handler500 = "derbycity.responses.errors.server_error"


def failing(error):
    def view(request):
        raise error

    return view


def failing_to_queue(request):
    """As when a mail is to be sent and the database is away."""
    with wrap_exceptions():
        raise OperationalError("gone") from psycopg.OperationalError("the database said nothing")


def with_real_urls():
    from derbycity import urls

    return urls.urlpatterns


urlpatterns = [
    path("fails/400/", failing(SuspiciousOperation("odd"))),
    path("fails/403/", failing(PermissionDenied("no"))),
    path("fails/404/", failing(Http404("gone"))),
    path("fails/500/", failing(ValueError("secret@example.org"))),
    path("fails/503/", failing(OperationalError("database at secret-host is gone"))),
    path("fails/queue/", failing_to_queue),
    *with_real_urls(),
]


@pytest.fixture
def visitor(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_each_error_has_its_page_in_our_look(visitor, status):
    response = visitor.get(f"/fails/{status}/")

    assert response.status_code == status
    assert errors.TITLES[status] in response.text
    assert "site.css" in response.text
    assert 'content="noindex"' in response.text
    assert "secret" not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in response.headers


def test_a_mail_that_could_not_be_queued_because_the_database_is_away_is_a_503(visitor):
    assert visitor.get("/fails/queue/").status_code == 503


@pytest.mark.django_db
def test_a_method_that_does_not_work_here_has_its_page(client):
    response = client.post("/programmes/")

    assert response.status_code == 405
    assert errors.TITLES[405] in response.text
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.headers["Content-Length"] == str(len(response.content))


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_words():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert "This form ran out of time" in response.text


@pytest.mark.parametrize("status", errors.TITLES)
def test_no_error_page_needs_the_database(status, django_db_blocker):
    errors.page.cache_clear()
    with django_db_blocker.block():
        assert errors.TITLES[status].encode() in errors.page(status)


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_a_503_that_asks_to_come_back(settings):
    settings.PAGE_CACHE_MB = 10
    wrapper = connection.connect
    connection.close()

    def lost():
        raise OperationalError("connection refused")

    try:
        connection.connect = lost
        response = Client(raise_request_exception=False).get("/programmes/")
    finally:
        connection.connect = wrapper

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert errors.TITLES[503] in response.text


def test_a_full_disk_is_a_503_too(rf):
    try:
        raise OSError(errno.ENOSPC, "No space left on device")
    except OSError:
        response = errors.server_error(rf.get("/tell/pictures/"))

    assert response.status_code == 503
    assert "Nothing was lost" in response.text


def test_a_500_outside_a_view_is_still_the_page():
    assert errors.server_error(RequestFactory().get("/")).status_code == 500

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cms.publishing.models import MovedAddress
from cms.publishing.redirects import MovedAddresses
from tests import make

pytestmark = pytest.mark.django_db

MAKERS = {
    "page": make.page,
    "theme": make.theme,
    "priority area": make.priority_area,
    "ward": make.ward,
    "partner": make.partner,
    "programme": make.programme,
    "news item": make.news_item,
}


def answering(status):
    """The middleware around a portal that always answers the same."""
    return MovedAddresses(lambda _: HttpResponse(status=status))


@pytest.mark.parametrize("kind", MAKERS)
def test_an_old_address_leads_to_the_new_one_for_good(client, kind):
    thing = MAKERS[kind](slug="new")
    old = thing.get_absolute_url().replace("new", "old")
    MovedAddress.objects.create(old_path=old, thing=thing)

    answer = client.get(old)

    assert answer.status_code == 301
    assert answer.headers["Location"] == thing.get_absolute_url()


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("", "/new/"),
        ("?about=equity&page=2", "/new/?about=equity&page=2"),
        ("?q=%C3%A9%20x", "/new/?q=%C3%A9%20x"),
        ("?next=https://example.org/", "/new/?next=https://example.org/"),
    ],
)
def test_what_was_asked_goes_along(client, query, location):
    MovedAddress.objects.create(old_path="/old/", new_path="/new/")

    assert client.get(f"/old/{query}").headers["Location"] == location


def test_an_answer_to_head_says_the_same(client):
    MovedAddress.objects.create(old_path="/old/", new_path="/new/")

    answer = client.head("/old/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/new/")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_what_is_sent_is_not_sent_on(rf, method):
    MovedAddress.objects.create(old_path="/old/", new_path="/new/")
    middleware = answering(404)

    answer = middleware(getattr(rf, method)("/old/"))

    assert answer.status_code == 404


def test_a_post_to_an_old_address_is_not_redirected(client):
    MovedAddress.objects.create(old_path="/programmes/old/", new_path="/programmes/new/")

    assert client.post("/programmes/old/").status_code == 405


def test_where_something_lives_nothing_is_redirected(client):
    page = make.page(slug="here")
    MovedAddress.objects.create(old_path="/here/", new_path="/there/")

    answer = client.get("/here/")

    assert answer.status_code == 200
    assert page.title in answer.content.decode()


@pytest.mark.parametrize("old_path", ["/here/more/", "here/", "/here//"])
def test_only_the_very_address_is_redirected(client, old_path):
    MovedAddress.objects.create(old_path=old_path, new_path="/there/")

    assert client.get("/here/").status_code == 404


def test_an_old_address_without_its_last_slash_still_arrives(client):
    MovedAddress.objects.create(old_path="/programmes/old/", new_path="/programmes/new/")

    slash = client.get("/programmes/old")

    assert (slash.status_code, slash.headers["Location"]) == (301, "/programmes/new/")


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"publish_at": "2999-01-01T00:00Z"}, {"unpublish_at": "2000-01-01T00:00Z"}]
)
def test_an_old_address_of_something_hidden_is_not_found(client, fields):
    MovedAddress.objects.create(old_path="/partners/old/", thing=make.partner(slug="new", **fields))

    answer = client.get("/partners/old/")

    assert answer.status_code == 404
    assert "/partners/new/" not in answer.content.decode()


def test_an_address_that_leads_to_itself_is_not_found(client):
    MovedAddress.objects.create(old_path="/old/", new_path="/old/")
    MovedAddress.objects.create(old_path="/partners/hub/", thing=make.partner(slug="hub", status="draft"))

    assert client.get("/old/").status_code == 404
    assert client.get("/partners/hub/").status_code == 404


@pytest.mark.parametrize(
    "moves",
    [
        [("/a/", "/b/"), ("/b/", "/a/")],
        [("/a/", "/b/"), ("/b/", "/c/"), ("/c/", "/a/")],
        [("/a/", "/a/?x=1")],
        [("/a/", "/a/#top")],
    ],
)
def test_nobody_is_sent_in_a_circle(moves):
    for old, new in moves:
        MovedAddress.objects.create(old_path=old, new_path=new)
    client, address, seen = Client(), "/a/", []

    while (answer := client.get(address)).status_code == 301 and len(seen) < 10:
        seen.append(address)
        address = answer.headers["Location"]

    assert answer.status_code == 404
    assert len(seen) < 10


def test_a_chain_that_ends_somewhere_is_followed(client):
    page = make.page(slug="c")
    MovedAddress.objects.create(old_path="/a/", new_path="/b/")
    MovedAddress.objects.create(old_path="/b/", thing=page)

    answer = client.get("/a/", follow=True)

    assert answer.redirect_chain == [("/b/", 301), ("/c/", 301)]
    assert answer.status_code == 200


def test_a_thing_that_moved_twice_is_one_step_away_from_both_old_addresses(client):
    partner = make.partner(slug="third")
    MovedAddress.objects.create(old_path="/partners/first/", thing=partner)
    MovedAddress.objects.create(old_path="/partners/second/", thing=partner)

    assert client.get("/partners/first/").headers["Location"] == "/partners/third/"
    assert client.get("/partners/second/").headers["Location"] == "/partners/third/"


@pytest.mark.parametrize("status", [200, 301, 302, 304, 400, 403, 405, 410, 500, 503])
def test_the_database_is_not_asked_about_a_page_that_was_found(rf, status, django_assert_num_queries):
    MovedAddress.objects.create(old_path="/old/", new_path="/new/")
    middleware = answering(status)

    with django_assert_num_queries(0):
        assert middleware(rf.get("/old/")).status_code == status


def test_the_database_is_asked_once_about_a_page_that_was_not_found(rf, django_assert_num_queries):
    middleware = answering(404)

    with django_assert_num_queries(1):
        assert middleware(rf.get("/nowhere/")).status_code == 404


def test_a_very_long_address_is_only_not_found(client):
    assert client.get(f"/{'x' * 5000}/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/%00/", "/a%00b/", "/programmes/%00/", "/%ff/", "/%F0%9F%90%9D/", "/%0d%0a/", "/%2e%2e/"]
)
def test_an_odd_address_is_only_not_found(client, path):
    assert client.get(path).status_code == 404


@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(path=st.text(max_size=30))
def test_no_address_breaks_the_look_up(rf, path):
    request = rf.get("/")
    request.path = f"/{path}/"
    middleware = answering(404)

    assert middleware(request).status_code == 404

"""Every address × every person: nothing answers with an error of ours, and the admin opens to staff alone."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from cms.page_cache import middleware
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
PEOPLE = ["anyone", "author", "colleague", "stranger", "editor", "moderator", "administrator"]
STAFF = {"editor", "moderator", "administrator"}


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry


def addresses():
    """One real address for each pattern of the portal; the admin's by way of its models' lists."""
    make.programme(slug="thing")
    make.partner(slug="thing")
    make.ward(slug="thing")
    make.theme(slug="thing")
    make.priority_area(slug="thing")
    make.page(slug="thing")
    make.news_item(slug="thing")
    make.page(slug="contact")
    picture = make.image()
    told.story(slug="thing")
    told.thread(slug="thing")
    told.call(slug="thing")
    filled = {"<slug:slug>": "thing", "<uuid:key>": str(picture.key), "<int:version>": "1", "<str:name>": "preview.jpg"}
    filled |= {"<slug:section>": "story", "<slug:code>": "en", "<slug:period>": "1960s"}
    for pattern, _ in patterns(get_resolver()):
        if pattern.startswith("admin/") and ("<" in pattern or "(?P" in pattern):
            continue
        for part, value in filled.items():
            pattern = pattern.replace(part, value)
        yield "/" + pattern.replace(r"\Z", "")


@pytest.mark.parametrize("person", PEOPLE)
def test_no_address_breaks_and_the_admin_opens_to_staff_alone(browse, person):
    client = browse(person)
    seen = 0
    for address in addresses():
        response = client.get(address)
        seen += 1
        assert response.status_code < 500, address
        if middleware.declared_for(response.wsgi_request) is None and not address.startswith(("/admin/", "/preview/")):
            assert response.status_code in (200, 302, 404, 405, 410), address  # who sees what: the tables of their apps
            assert response.headers["Cache-Control"] == "no-store", address
        elif not address.startswith("/admin/"):
            # A picture that nothing published shows is there for staff only; theirs has no file behind it here. A
            # preview is there for whoever has its key.
            expected = (404,) if address.startswith(("/pictures/", "/preview/", "/stories/pictures/")) else (200, 301)
            assert response.status_code in expected, address
        elif person not in STAFF:
            is_told = address == "/admin/login/" and person != "anyone"  # signed in, and no staff
            assert response.status_code == (403 if is_told else 302), address
    assert seen > 20


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_addresses_take_nothing_but_reading(client, method):
    for address in ("/", "/programmes/", "/partners/", "/news/", "/wards/", "/sources/", "/robots.txt"):
        assert getattr(client, method)(address).status_code == 405, address


@pytest.mark.parametrize(
    "address",
    [
        "/programmes/%00/",
        "/%ff/",
        "/programmes/?page=99999999999999999999",
        "/programmes/?for=%00",
        "/partners/?sector=%27",
        "/programmes/" + "a" * 3000 + "/",
        "/programmes/?" + "for=everyone&" * 300,
        "//example.org/",
        "/pictures/not-a-key/master.jpg",
    ],
)
def test_odd_addresses_are_answered_below_500(client, address):
    assert client.get(address).status_code < 500


# Where each address stands: any cache may keep it, or it is somebody's own.
PUBLIC = (
    "derbycity.views.", "derbycity.health.", "derbycity.sitemaps.", "django.contrib.sitemaps.", "city.views.",
    "news.", "programmes.views.", "partners.public.views.", "stories.public.", "cms.media.views.",
    "stories.photos.views.picture",
)  # fmt: skip


def test_whatever_is_not_declared_public_may_be_kept_by_none(client):
    """No list of addresses is asked: a new view is somebody's own until it says otherwise."""
    public, wrong = set(), []
    for address in addresses():
        response = client.get(address)
        caching, listing = response.headers["Cache-Control"], response.headers.get("X-Robots-Tag", "")
        if middleware.declared_for(response.wsgi_request):
            public.add(response.wsgi_request.resolver_match._func_path)
            is_same_for_all = "cookie" not in response.headers.get("Vary", "").lower() or caching == "no-store"
            if response.cookies or not is_same_for_all:
                wrong.append((address, "is public, and looks at a cookie"))
        elif caching != "no-store":
            wrong.append((address, caching))
        elif (match := response.wsgi_request.resolver_match) and ("noindex" in listing) is getattr(
            match.func, "is_indexable", False
        ):
            wrong.append((address, listing))

    assert not wrong
    assert len(public) > 30


def test_what_is_declared_public_is_what_we_know_to_be():
    """Read this list twice before you add to it: what stands in it must not depend on who asks."""
    declared = {
        f"{pattern.callback.__module__}.{pattern.callback.__name__}"
        for _, pattern in patterns(get_resolver())
        if middleware.declared_by(pattern.callback)
    }

    assert not [name for name in declared if not name.startswith(PUBLIC)]
    assert not [part for part in PUBLIC if not any(name.startswith(part) for name in declared)]


def test_no_word_in_the_query_that_a_page_does_not_know_changes_it(client):
    wrong = []
    for address in addresses():
        plain = client.get(address)
        if plain.status_code != 200 or not middleware.declared_for(plain.wsgi_request):
            continue
        odd = client.get(address, {"zzz-odd": "1", "after2": "x"})
        if (odd.status_code, odd.content, odd.headers["Cache-Control"]) != (
            200, plain.content, plain.headers["Cache-Control"],
        ):  # fmt: skip
            wrong.append(address)

    assert not wrong

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.backoffice.forms import remember_move
from cms.publishing.models import MovedAddress
from cms.quality.content_checks import addresses, link_texts, texts
from tests import make


def found(html, lost=None):
    return list(link_texts.check(texts.read(html), lost or {}))


def link(words, address="https://example.org/page"):
    return f'<p><a href="{address}">{words}</a></p>'


@pytest.mark.parametrize("words", ["Read the report", "Derby Museums", "Here and there", "The 2018 plan"])
def test_words_that_say_where_they_lead_are_left_alone(words):
    assert found(link(words)) == []


@pytest.mark.parametrize(
    "words", ["here", "Click here", "Read more…", "MORE", "link", "“this page”", "Find out more ›"]
)
def test_words_that_say_nothing_are_found(words):
    [(told, details)] = found(link(words))

    assert "does not say where it leads" in told
    assert details == (words,)


@pytest.mark.parametrize("words", ["https://example.org/page", "www.example.org", "example.org/page?x=1"])
def test_a_bare_address_is_found(words):
    [(told, details)] = found(link(words))

    assert "hard to read" in told
    assert details == (words,)


@pytest.mark.parametrize("address", ["mailto:hello@example.org", "tel:+441332000000"])
def test_an_address_for_mail_or_a_number_may_stand_as_it_is(address):
    assert found(link(address.partition(":")[2], address)) == []


def test_a_link_without_words_is_found():
    [(told, _)] = found(link("…"))

    assert "without words" in told


def test_the_same_words_for_different_places_are_found():
    page = texts.read(
        link("The report", "/a/") + link("the report", "/b/") + link("A map", "/c/") + link("A map", "/c/")
    )

    assert link_texts.same_words(page.links) == ("the report",)


@pytest.mark.parametrize(
    ("address", "lost", "words"),
    [
        ("/partners/gone/", {"/partners/gone/": ""}, "no page of ours"),
        ("/partners/gone/?a=1#b", {"/partners/gone/": ""}, "no page of ours"),
        ("/partners/old/", {"/partners/old/": "/partners/new/"}, "has moved"),
        ("http://testserver/partners/", {}, "our own site"),
        ("/admin/", {}, "Only staff"),
        ("partners/", {}, "starts with “/”"),
    ],
)
def test_links_to_our_own_site(address, lost, words):
    [(told, details)] = found(link("The partner", address), lost)

    assert words in told
    assert "The partner" in details[0]


def test_where_a_moved_link_leads_now_is_said():
    [(_, details)] = found(link("The partner", "/partners/old/"), {"/partners/old/": "/partners/new/"})

    assert details == ("The partner: /partners/old/ is now /partners/new/",)


def test_a_link_within_the_page_is_left_alone():
    assert found(link("The start", "#start")) == []


@pytest.mark.django_db
def test_addresses_that_lead_to_a_page_are_live():
    programme, page = make.programme(), make.page()
    asked = {"/", "/programmes/", "/sitemap.xml", programme.get_absolute_url(), page.get_absolute_url()}

    assert addresses.live(asked) == asked
    assert addresses.lost(asked) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/programmes/nothing/",
        "/partners/programme-of-mine/",
        "/a\0b/",
        "/programmes/a\0b/",
        "/" + "a" * 999,
    ],
)
def test_addresses_that_lead_nowhere_are_lost(path):
    make.programme(slug="programme-of-mine")

    assert addresses.lost([path]) == {path: ""}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"publish_at": "2999-01-01T00:00Z"}, {"unpublish_at": "2001-01-01T00:00Z"}]
)
def test_what_nobody_may_read_now_is_lost(fields):
    path = make.programme(**fields).get_absolute_url()

    assert addresses.lost([path]) == {path: ""}


@pytest.mark.django_db
def test_what_moved_leads_on():
    remember_move(make.programme(slug="new"), "/programmes/old/")
    remember_move(make.programme(status="draft"), "/programmes/hidden/")
    MovedAddress.objects.create(old_path="/by-hand/", new_path="/partners/?sector=third")

    lost = addresses.lost(["/programmes/old/", "/programmes/hidden/", "/by-hand/"])

    assert lost == {
        "/programmes/old/": "/programmes/new/",
        "/programmes/hidden/": "",
        "/by-hand/": "/partners/?sector=third",
    }


@pytest.mark.django_db
def test_many_addresses_cost_no_more_questions_than_one():
    counts = []
    for number in (1, 20):
        paths = [make.programme().get_absolute_url() for _ in range(number)]
        for _ in range(number):
            old = f"/programmes/old-{number}-{len(paths)}/"
            remember_move(make.programme(), old)
            paths.append(old)
        with CaptureQueriesContext(connection) as asked:
            addresses.lost(paths)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 6


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("/partners/", True),
        ("http://testserver/partners/", True),
        ("//example.org/", False),
        ("https://testserver/", False),
        ("http://testserver.example.org/", False),
        ("http://[", False),
        ("partners/", False),
        ("", False),
    ],
)
def test_which_addresses_are_ours(address, ours):
    assert addresses.is_ours(address) == ours

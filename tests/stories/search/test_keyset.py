"""Lists in pages: each story once, in order, from either end, at the same cost."""

import datetime
import re

import pytest
from django.utils import timezone

from stories import workflow
from stories.models import StoryIndex
from stories.search.keyset import BY_YEAR, NEWEST, page_of
from tests import make
from tests import make_stories as told
from tests.stories.public.copies import copies

pytestmark = pytest.mark.django_db


def many(count, **fields):
    """Some of them published in the same moment."""
    now = timezone.now()
    return [
        told.story(published_at=now - datetime.timedelta(minutes=number // 2), **fields).slug for number in range(count)
    ]


def query(address):
    return dict(part.split("=") for part in address.removeprefix("?").split("&"))


def walk(stories, order, name, asked=None):
    seen, asked = [], asked or {}
    while True:
        page = page_of(stories, asked, order, size=4)
        seen.append([story.slug for story in page.stories])
        if not (address := getattr(page, name)):
            return seen, asked
        asked = query(address)


@pytest.mark.parametrize("order", [NEWEST, BY_YEAR])
def test_walking_through_shows_each_story_once_and_back_again(order):
    many(11, year_from=1900)
    stories = StoryIndex.objects.all()

    there, last = walk(stories, order, "after")
    back, _ = walk(stories, order, "before", last)

    everything = [slug for page in there for slug in page]
    assert [len(page) for page in there] == [4, 4, 3]
    assert len(set(everything)) == 11
    assert everything == list(stories.order_by(*order.keys(is_forward=True)).values_list("slug", flat=True))
    assert back == there[::-1]


def test_a_story_published_meanwhile_moves_nothing():
    many(8)
    stories = StoryIndex.objects.all()
    first = page_of(stories, {}, size=4)
    expected = [story.slug for story in page_of(stories, query(first.after), size=4).stories]

    told.story()

    assert [story.slug for story in page_of(stories, query(first.after), size=4).stories] == expected


def test_the_first_page_has_none_before_it_and_the_last_none_after_it():
    many(4)

    page = page_of(StoryIndex.objects.all(), {}, size=4)

    assert (page.before, page.after) == ("", "")


def test_a_page_whose_stories_have_gone_leads_back(client):
    many(1)
    place = NEWEST.place_of(StoryIndex.objects.get())

    page = client.get("/stories/all/", {"after": place})

    assert "Nothing more stands here" in page.text
    assert 'href="/stories/all/"' in page.text


LISTS = [
    "/stories/",
    "/stories/all/",
    "/stories/threads/",
    "/stories/threads/{thread}/",
    "/stories/time/",
    "/stories/time/1960s/",
    "/stories/places/",
    "/stories/places/{ward}/",
    "/stories/languages/",
    "/stories/languages/en/",
    "/stories/programmes/{programme}/",
    "/stories/partners/{partner}/",
    "/stories/calls/{call}/stories/",
    "/stories/search/?q=derby",
    "/stories/feed.atom",
]


@pytest.fixture
def everywhere():
    """Fields that put a story into every list."""
    return {
        "threads": [told.thread()],
        "ward": make.ward(),
        "programme": make.programme(),
        "partner": make.partner(),
        "call": told.call(),
        "year_from": 1962,
        "when_words": "1962",
    }


def filled(address, everywhere):
    names = {name: thing.slug for name, thing in everywhere.items() if hasattr(thing, "slug")}
    return address.format(**names | {"thread": everywhere["threads"][0].slug})


@pytest.mark.parametrize("count", [1, 30, 300])
def test_no_page_asks_more_than_six_questions(client, everywhere, count, django_assert_max_num_queries):
    first = told.story(title="Derby first", **everywhere)
    told.picture(first)
    copies(first, count - 1)

    for address in [*(filled(address, everywhere) for address in LISTS), f"/stories/{first.slug}/"]:
        limits = 4 if "search" in address else 0  # its time limit, and in a test a savepoint around it
        with django_assert_max_num_queries(6 + limits):
            assert client.get(address).status_code == 200, address


def test_a_story_is_on_every_list_it_belongs_to_and_after_it_is_withdrawn_on_none(client, everywhere):
    story = told.story(title="Philomena in Derby", **everywhere)
    of_counts = ("/stories/threads/", "/stories/places/", "/stories/languages/")
    addresses = [filled(address, everywhere) for address in LISTS if address not in of_counts]

    assert [address for address in addresses if story.slug not in client.get(address).text] == []

    workflow.take("withdraw", story, by=workflow.Role.TELLER)

    assert [address for address in addresses if "Philomena" in client.get(address).text] == []
    assert [address for address in addresses if story.slug in client.get(address).text] == []


@pytest.mark.parametrize(
    "kind", ["threads/x", "places/x", "languages/xx", "time/x", "programmes/x", "partners/x", "calls/x"]
)
def test_a_list_of_what_does_not_exist_is_not_found(client, kind):
    assert client.get(f"/stories/{kind}/").status_code == 404


def test_a_list_of_what_is_not_public_is_not_found(client):
    thread = told.thread(status="draft")
    programme = make.programme(status="draft")
    story = told.story(threads=[thread], programme=programme)

    assert client.get(f"/stories/threads/{thread.slug}/").status_code == 404
    assert client.get(f"/stories/threads/{thread.slug}/feed.atom").status_code == 404
    assert client.get(f"/stories/programmes/{programme.slug}/").status_code == 404
    page = client.get(f"/stories/{story.slug}/").text
    assert thread.title not in page
    assert programme.title not in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_lists_take_nothing_but_reading(client, method):
    for address in ("/stories/", "/stories/all/", "/stories/search/", "/stories/feed.atom", "/stories/time/"):
        assert getattr(client, method)(address).status_code == 405, address


def test_nothing_is_said_kindly_where_nothing_is(client):
    for address in (
        "/stories/",
        "/stories/all/",
        "/stories/time/",
        "/stories/languages/",
        "/stories/threads/",
        "/stories/feed.atom",
    ):
        assert client.get(address).status_code == 200, address
    assert "Yours could be the first" in client.get("/stories/").text


def test_the_line_of_time_runs_from_the_romans_to_this_week(client):
    for year in (50, 917, 1400, 1721, 1840, 1905, 1962, 2024, 3000):
        told.story(year_from=year, published_at=timezone.now() - datetime.timedelta(days=30))
    told.story(title="Told this morning")

    page = client.get("/stories/time/").text

    found = re.findall(r'href="/stories/time/([\w-]+)/"', page)
    assert found == [
        "before-the-saxons",
        "saxons-and-vikings",
        "middle-ages",
        "1700s",
        "1800s",
        "1900-to-1909",
        "1960s",
        "2020s",
    ]
    assert "Told this morning" in page
    assert "1 more story names no year" in page
    for slug in found:
        assert client.get(f"/stories/time/{slug}/").status_code == 200


def test_in_a_period_the_oldest_comes_first(client):
    late = told.story(title="Later one", year_from=1968)
    early = told.story(title="Early one", year_from=1961)
    told.story(title="Outside", year_from=1970)

    page = client.get("/stories/time/1960s/").text

    assert page.index(early.slug) < page.index(late.slug)
    assert "Outside" not in page


def test_the_map_and_the_list_of_places_say_the_same(client):
    lit, dark = make.ward(name="Lit ward"), make.ward(name="Dark ward")
    told.story(ward=lit)

    page = client.get("/stories/places/").text

    tiles = dict(re.findall(r'<a href="/stories/places/([\w-]+)/" class="tile( lit)?"', page))
    assert tiles == {lit.slug: " lit", dark.slug: ""}
    assert "Lit ward, stories" in page
    listed = page.partition('class="wardlist')[2]
    assert re.search(r"Lit ward</a> <span[^>]*>1 story", listed)
    assert re.search(r"Dark ward</a> <span[^>]*>none yet", listed)

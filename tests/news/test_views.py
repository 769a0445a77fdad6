import json
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from news.models import NewsItem
from tests import make, opening_content

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def entries(client):
    answer = client.get("/news/feed.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314 - our own


# The list


def test_the_list_stands_under_a_heading_for_each_year_newest_first(client):
    for date, title in (("2018", "Old"), ("2026-03", "March"), ("2026-05-02", "May")):
        make.news_item(date=date, title=title)

    page = text_of(client, "/news/")

    assert re.findall(r'<h2 id="year-(\d+)">', page) == ["2026", "2018"]
    assert page.index("May") < page.index("March") < page.index("Old")
    assert "May 2026" in page


def test_a_long_list_comes_in_pages(client):
    for number in range(26):
        make.news_item(title=f"Item {number:02}", date=f"2020-01-{number + 1:02}")

    first, second = text_of(client, "/news/"), text_of(client, "/news/?page=2")

    assert first.count("<h3>") == 24
    assert second.count("<h3>") == 2
    assert 'href="?page=2" rel="next"' in first
    assert 'href="?page=1" rel="prev"' in second
    assert "Item 25" in first
    assert "Item 00" in second


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "99", "9" * 40, "१", "%00"])
def test_a_page_that_is_not_there_is_one_that_is(client, page):
    make.news_item(title="Only one")

    assert "Only one" in text_of(client, f"/news/?page={page}")


def test_without_news_the_list_says_so_and_the_front_page_says_nothing(client):
    assert "There is no news yet." in text_of(client, "/news/")
    assert 'id="news-h"' not in text_of(client, "/")
    assert entries(client) == []


@pytest.mark.parametrize("address", ["/news/", "/news/feed.atom", "/"])
def test_one_and_twenty_cost_the_same(client, address):
    counts = []
    for many in (1, 19):
        for _ in range(many):
            make.news_item(said_by=make.partner(), partners=[make.partner()])
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1]


# One item


def test_a_page_says_when_who_and_what_it_is_about(client):
    hub, programme = make.partner(name="Hub", slug="hub"), make.programme(title="Reading", slug="reading")
    make.news_item(
        title="A new room", slug="room", date="2018", date_note="Early 2018", body="<p>It opened.</p>",
        said_by=hub, programmes=[programme], partners=[make.partner(name="Club")],
        sources=[make.source(title="Report")],
    )  # fmt: skip

    page = text_of(client, "/news/room/")

    for words in ("A new room", "Early 2018", "It opened.", ">Hub</a>", ">Reading</a>", ">Club</a>", ">Report</a>"):
        assert words in page
    assert 'href="/suggest/?about=/news/room/"' in page


def test_a_body_without_a_page_is_named_without_a_link(client):
    make.news_item(slug="room", said_by_name="The city’s schools")

    assert "<dd>The city’s schools</dd>" in text_of(client, "/news/room/")


def test_a_page_costs_the_same_however_much_it_shows(client):
    make.news_item(slug="short")
    make.news_item(
        slug="long", picture=make.image(),
        programmes=[make.programme() for _ in range(9)], partners=[make.partner() for _ in range(9)],
    )  # fmt: skip
    counts = []
    for slug in ("short", "short", "long"):
        with CaptureQueriesContext(connection) as asked:
            text_of(client, f"/news/{slug}/")
        counts.append(len(asked))

    assert counts[1] == counts[2]


def test_search_engines_read_a_news_article_with_a_date_no_more_exact_than_ours(client):
    make.news_item(title="A room", slug="room", date="2018", date_note="Early 2018", said_by=make.partner(name="Hub"))

    page = text_of(client, "/news/room/")
    [written] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    article = next(one for one in json.loads(written)["@graph"] if one["@type"] == "NewsArticle")

    assert (article["headline"], article["datePublished"]) == ("A room", "2018")
    assert article["sourceOrganization"]["name"] == "Hub"
    assert article["author"]["name"] == article["publisher"]["name"] == "Derby, a learning city"
    assert '<meta property="og:title" content="A room">' in page


# Elsewhere


def test_news_stands_on_the_pages_of_what_it_is_about(client):
    partner, speaker, programme = make.partner(), make.partner(), make.programme()
    make.news_item(title="A new room", partners=[partner], said_by=speaker, programmes=[programme])
    make.news_item(title="Something else")

    for thing in (partner, speaker, programme):
        page = text_of(client, thing.get_absolute_url())
        assert page.count("A new room") == 1
        assert "Something else" not in page


def test_the_front_page_shows_the_newest_three(client):
    for month in range(1, 6):
        make.news_item(title=f"News of month {month}", date=f"2026-{month:02}")

    page = text_of(client, "/")

    assert re.findall(r"News of month (\d)", page) == ["5", "4", "3"]
    assert '<a class="more" href="/news/">' in page


def test_the_feed_says_what_is_new_and_is_linked_where_a_reader_sees_it(client):
    hub = make.partner(name="Hub & Co")
    make.news_item(title="A < B", slug="a", date="2018", date_note="Early 2018", summary="Less & more.", said_by=hub)

    [entry] = entries(client)

    assert entry.findtext(f"{ATOM}title") == "A < B"
    assert entry.findtext(f"{ATOM}id") == "http://testserver/news/a/"
    assert entry.findtext(f"{ATOM}summary") == "Early 2018. Less &amp; more."
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Hub & Co"
    assert '<a class="more" href="/news/feed.atom">' in text_of(client, "/news/")
    assert client.get("/news/feed.atom").content == client.get("/news/feed.atom").content


# The opening content


def test_the_release_of_2018_is_the_first_news_and_its_day_is_not_invented(client):
    opening_content.load()

    item = NewsItem.objects.get()
    page = text_of(client, item.get_absolute_url())

    assert (item.date, item.when) == ("2018", "Early 2018")
    assert "It gives no day." in page
    assert 'href="/sources/#press-2018"' in page
    for address in ("/", "/news/", "/programmes/closing-the-gap/", "/partners/derby-city-council/"):
        assert item.get_absolute_url() in text_of(client, address)

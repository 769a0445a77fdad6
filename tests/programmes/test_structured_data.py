import datetime
import json
import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def read_back(client, address):
    """The structured data of a page, as a search engine reads it."""
    html = client.get(address).content.decode()
    [written] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(written)
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def test_a_programme_is_an_article_with_all_that_google_asks_for(client):
    make.programme(title="Reading", slug="reading", summary="Read together.")

    article = read_back(client, "/programmes/reading/")["Article"]

    assert article["headline"] == "Reading"
    assert article["description"] == "Read together."
    assert article["url"] == article["mainEntityOfPage"] == "http://testserver/programmes/reading/"
    assert article["image"].startswith("http://testserver/static/social/")
    assert article["author"]["@type"] == article["publisher"]["@type"] == "Organization"
    assert article["author"]["name"]
    assert article["author"]["url"].startswith("http")
    published, modified = (datetime.datetime.fromisoformat(article[name]) for name in ("datePublished", "dateModified"))
    assert published.tzinfo
    assert modified >= published


def test_what_the_article_is_about_is_a_service_in_derby(client):
    hub, co, funder, helper = (make.partner(name=name, slug=name.lower()) for name in ("Hub", "Co", "Fund", "Help"))
    programme = make.programme(title="Reading", audience="Children", lead=hub)
    make.involvement(programme=programme, partner=co, role="2-co-lead")
    make.involvement(programme=programme, partner=helper, role="3-delivery")
    make.involvement(programme=programme, partner=funder, role="4-funder")

    article = read_back(client, programme.get_absolute_url())["Article"]

    assert article["about"]["@type"] == "Service"
    assert article["about"]["areaServed"] == {"@type": "City", "name": "Derby"}
    assert article["about"]["audience"] == {"@type": "Audience", "audienceType": "Children"}
    assert article["about"]["provider"] == [
        {"@type": "Organization", "name": "Hub", "url": "http://testserver/partners/hub/"},
        {"@type": "Organization", "name": "Co", "url": "http://testserver/partners/co/"},
    ]
    assert "Fund" not in str(article)  # who pays for a programme does not pay for our words about it


def empty_values(data, path=""):
    """Where in the data something says nothing."""
    if isinstance(data, dict):
        return [found for name, value in data.items() for found in empty_values(value, f"{path}.{name}")]
    if isinstance(data, list) and data:
        return [found for value in data for found in empty_values(value, f"{path}[]")]
    return [path] if data in (None, "", [], {}) else []


def test_nothing_is_said_where_nothing_is_known(client):
    article = read_back(client, make.programme().get_absolute_url())["Article"]

    assert empty_values(article) == []


def test_the_way_back_is_numbered_from_home(client):
    make.programme(title="Reading", slug="reading")

    trail = read_back(client, "/programmes/reading/")["BreadcrumbList"]["itemListElement"]

    assert [(step["position"], step["name"], step["item"]) for step in trail] == [
        (1, "Home", "http://testserver/"),
        (2, "Programmes", "http://testserver/programmes/"),
        (3, "Reading", "http://testserver/programmes/reading/"),
    ]


def test_the_list_names_what_it_shows_in_its_order(client):
    for title, running in (("Past", "3-finished"), ("Runs", "1-running")):
        make.programme(title=title, slug=title.lower(), running=running)

    items = read_back(client, "/programmes/")["ItemList"]["itemListElement"]

    assert [(item["position"], item["name"], item["url"]) for item in items] == [
        (1, "Runs", "http://testserver/programmes/runs/"),
        (2, "Past", "http://testserver/programmes/past/"),
    ]


def test_the_front_page_says_who_speaks(client):
    found = read_back(client, "/")

    assert found["WebSite"]["inLanguage"] == "en-GB"
    assert found["Organization"]["logo"].startswith("http")
    assert found["Organization"]["areaServed"] == {"@type": "City", "name": "Derby"}


@pytest.mark.parametrize("words", ["</script><script>alert(1)</script>", "<!-- <script>", 'A "b" & c \\ \u2027'])
def test_odd_words_stay_words(client, words):
    programme = make.programme(title=words, summary=words, audience=words)

    article = read_back(client, programme.get_absolute_url())["Article"]

    assert article["headline"] == article["about"]["audience"]["audienceType"] == words

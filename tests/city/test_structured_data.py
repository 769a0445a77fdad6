import datetime
import json
import re

import pytest

from city import structured_data
from tests import make

pytestmark = pytest.mark.django_db


def read_back(client, address):
    """The structured data of a page, as a search engine reads it."""
    html = client.get(address).content.decode()
    [written] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return {thing["@type"]: thing for thing in json.loads(written)["@graph"]}


def test_a_page_is_an_article_with_all_that_google_asks_for(client):
    page = make.page(title="Privacy", summary="What we keep.")

    article = read_back(client, page.get_absolute_url())["Article"]

    address = f"http://testserver{page.get_absolute_url()}"
    assert article["headline"] == "Privacy"
    assert article["description"] == "What we keep."
    assert article["url"] == article["mainEntityOfPage"] == address
    assert article["image"].startswith("http://testserver/static/social/")
    assert article["author"]["@type"] == article["publisher"]["@type"] == "Organization"
    assert article["author"]["name"]
    for name in ("datePublished", "dateModified"):
        assert datetime.datetime.fromisoformat(article[name]).tzinfo


def test_the_day_of_a_change_moves_on_and_the_day_of_publication_stays():
    page = make.page()
    before = structured_data.of_page(page)["@graph"][0]

    page.title = "Other"
    page.save()
    after = structured_data.of_page(page)["@graph"][0]

    assert after["datePublished"] == before["datePublished"]
    assert after["dateModified"] > before["dateModified"]


@pytest.mark.parametrize(
    ("thing", "trail"),
    [
        (lambda: make.page(title="Privacy", slug="privacy"), [("Home", "/"), ("Privacy", "/privacy/")]),
        (
            lambda: make.ward(name="Abbey", slug="abbey"),
            [("Home", "/"), ("Wards", "/wards/"), ("Abbey", "/wards/abbey/")],
        ),
    ],
)
def test_the_way_back_is_numbered_from_home(client, thing, trail):
    found = read_back(client, thing().get_absolute_url())["BreadcrumbList"]["itemListElement"]

    assert [step["position"] for step in found] == list(range(1, len(trail) + 1))
    assert [(step["name"], step["item"]) for step in found] == [
        (name, f"http://testserver{path}") for name, path in trail
    ]


def test_a_ward_says_where_it_lies(client):
    ward = make.ward(name="Abbey", code="E05001771", latitude="52.91234", longitude="-1.48765")

    place = read_back(client, ward.get_absolute_url())["AdministrativeArea"]

    assert place["identifier"] == "E05001771"
    assert place["geo"] == {"@type": "GeoCoordinates", "latitude": 52.91234, "longitude": -1.48765}
    assert place["containedInPlace"]["name"] == "Derby"
    assert place["url"] == f"http://testserver{ward.get_absolute_url()}"


@pytest.mark.parametrize("words", ["</script><script>alert(1)</script>", "<!--", 'A "quoted" & odd \\ name'])
def test_odd_words_stay_words(client, words):
    page = make.page(title=words)

    assert read_back(client, page.get_absolute_url())["Article"]["headline"] == words

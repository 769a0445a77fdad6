import datetime
import json
import re

import pytest
from django.urls import reverse

from cms.site_settings.models import SiteSettings
from tests import make

pytestmark = pytest.mark.django_db


def test_the_front_page_leads_with_the_flagships_whatever_their_status(client):
    make.programme(title="Newest", running="1-running")
    make.programme(title="Third", flagship=3, running="2-unconfirmed")
    make.programme(title="First", flagship=1, running="3-finished")
    make.programme(title="Second", flagship=2)

    page = client.get("/").text

    assert page.index(">First<") < page.index(">Second<") < page.index(">Third<")
    assert ">Newest<" not in page
    assert "See all 4 programmes" in page


def test_nothing_but_a_flagship_stands_among_the_flagships(client):
    make.programme(title="First", flagship=1)
    make.programme(title="Ordinary")

    page = client.get("/").text

    assert ">First<" in page
    assert ">Ordinary<" not in page
    assert "See all 2 programmes" in page


def test_an_empty_portal_has_a_front_page(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "No programmes are published yet" in response.text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_front_page_asks_seven_questions_at_most(client, rows, django_assert_max_num_queries):
    for number in range(rows):
        lead = make.partner()
        programme = make.programme(lead=lead, flagship=number + 1 if number < 3 else None)
        make.figure(programme=programme, on_home=True, source=make.source())
        make.page_figure(on_home=True, source=make.source())
    client.get("/nowhere/")

    with django_assert_max_num_queries(7):
        assert client.get("/").status_code == 200


def test_the_front_page_shows_both_of_two_figures_that_disagree(client):
    programme = make.programme()
    for value, publisher in ((33, "UNESCO"), (32, "FE News")):
        make.figure(
            programme=programme,
            value=value,
            question="How many?",
            on_home=True,
            source=make.source(publisher=publisher),
        )

    page = client.get("/").text

    assert "33 or 32" in page
    assert ">UNESCO</a>, no year given" in page
    assert ">FE News</a>, no year given" in page
    assert page.index(f">{programme.title}</a></dt>") < page.index("33 or 32")


def test_the_front_page_says_of_what_programme_a_figure_is_before_the_figure(client):
    programme = make.programme()
    make.figure(programme=programme, value=5000, what="children took part", on_home=True)

    page = client.get("/").text

    assert page.index(f">{programme.title}</a></dt>") < page.index(">children took part</dt>") < page.index(">5,000<")


@pytest.mark.parametrize("address", ["/", "/nowhere/", "/stories/"])
def test_every_page_has_the_doors_of_partners_and_staff(client, address):
    page = client.get(address).text

    for door in ("/my-stories/", "/desk/", "/admin/", "/stories/"):
        assert f'href="{door}"' in page


@pytest.mark.parametrize("address", ["/tell/", "/join/"])
def test_search_engines_may_list_the_front_doors_of_telling_and_joining(client, address):
    response = client.get(address)

    assert "noindex" not in response.text
    assert "X-Robots-Tag" not in response.headers
    assert f"<loc>http://testserver{address}</loc>" in client.get("/sitemap-lists.xml").text


@pytest.mark.parametrize("address", ["/tell/story/", "/join/thanks/"])
def test_what_comes_behind_the_front_doors_is_listed_by_none(client, address):
    assert "noindex" in client.get(address).headers["X-Robots-Tag"]


def test_robots_are_told_where_the_sitemap_is(client):
    response = client.get("/robots.txt")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in response.text


def test_security_txt_expires_within_a_year_and_not_yet(client, time_machine):
    for today in ("2026-01-31", "2026-08-31", "2027-12-31"):
        time_machine.move_to(f"{today}T12:00:00Z")

        fields = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines())
        left = datetime.datetime.fromisoformat(fields["Expires"]) - datetime.datetime.fromisoformat(
            f"{today}T12:00:00Z"
        )

        assert datetime.timedelta(days=120) < left < datetime.timedelta(days=366)
        assert fields["Contact"].startswith("http")


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("", "http://testserver/contact/"),
        ("security@example.org", "mailto:security@example.org"),
        ("a%b@example.org", "mailto:a%25b@example.org"),
    ],
)
def test_security_txt_names_the_address_for_weaknesses_and_the_contact_page(client, address, first):
    SiteSettings(pk=1, security_email=address).save()

    lines = client.get("/.well-known/security.txt").text.splitlines()

    assert lines[0] == f"Contact: {first}"
    assert "Contact: http://testserver/contact/" in lines


def test_the_favicon_leads_to_the_drawn_one(client):
    assert client.get("/favicon.ico").headers["Location"] == "/static/icon.svg"


@pytest.mark.parametrize("name", ["live", "ready"])
def test_health_is_never_cached(client, name):
    response = client.get(reverse(name))

    assert response.text == "ok\n"
    assert response.headers["Cache-Control"] == "no-store"


def test_the_sitemap_names_what_is_published_and_nothing_else(client):
    make.programme(slug="public")
    make.programme(slug="secret", status="draft")

    index, page = client.get("/sitemap.xml").text, client.get("/sitemap-programme.xml").text

    assert "<loc>http://testserver/sitemap-programme.xml</loc>" in index
    assert "/programmes/public/" in page
    assert "secret" not in index + page


def test_every_page_of_words_has_valid_structured_data(client):
    programme = make.programme(lead=make.partner(slug="lead"), slug="one", title='</script><b>"&')
    for path in ("/", "/programmes/", "/partners/", programme.get_absolute_url(), "/partners/lead/"):
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(path).text, re.DOTALL)

        assert len(found) == 1
        data = json.loads(found[0])
        assert data["@context"] == "https://schema.org"
        assert all("@type" in thing for thing in data["@graph"])

import json
import re

import pytest

from partners.models import FormerName
from tests import make

pytestmark = pytest.mark.django_db


def read_back(client, address):
    """The structured data of a page, as a search engine reads it."""
    html = client.get(address).content.decode()
    [written] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(written)
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


@pytest.mark.parametrize(
    ("sector", "kind"),
    [
        ("education", "EducationalOrganization"),
        ("third", "NGO"),
        ("media", "NewsMediaOrganization"),
        ("private", "Corporation"),
        ("public", "Organization"),
        ("faith", "Organization"),
        ("culture", "Organization"),
        ("network", "Organization"),
    ],
)
def test_each_sector_has_its_word(client, sector, kind):
    partner = make.partner(sector=sector)

    assert read_back(client, partner.get_absolute_url())[0]["@type"] == kind


def test_a_partner_tells_what_is_known_of_it(client):
    parent = make.partner(name="The Partnership")
    partner = make.partner(
        name="Hub", slug="hub", also_known_as="The Hub", started="2001-05", ended="2020", parent=parent,
        website="https://hub.example.org", summary="Words.",
    )  # fmt: skip
    FormerName.objects.create(partner=partner, name="Old Hub")

    organisation, _ = read_back(client, "/partners/hub/")

    assert organisation == {
        "@type": "NGO",
        "name": "Hub",
        "alternateName": ["The Hub", "Old Hub"],
        "description": "Words.",
        "url": "https://hub.example.org",
        "parentOrganization": {"@type": "Organization", "name": "The Partnership"},
        "foundingDate": "2001-05",
        "dissolutionDate": "2020",
        "mainEntityOfPage": "http://testserver/partners/hub/",
    }


def test_what_is_not_known_is_left_out(client):
    organisation, _ = read_back(client, make.partner(slug="hub").get_absolute_url())

    assert set(organisation) == {"@type", "name", "description", "url", "mainEntityOfPage"}
    assert organisation["url"] == "http://testserver/partners/hub/"


def test_a_logo_has_an_absolute_address(client):
    image = make.image()

    organisation, _ = read_back(client, make.partner(logo=image).get_absolute_url())

    assert organisation["logo"] == f"http://testserver/pictures/{image.key}/1/master.jpg"


def test_the_way_back_is_numbered_from_home(client):
    make.partner(name="Hub", slug="hub")

    trail = read_back(client, "/partners/hub/")[1]

    assert trail["@type"] == "BreadcrumbList"
    assert [(step["position"], step["name"], step["item"]) for step in trail["itemListElement"]] == [
        (1, "Home", "http://testserver/"),
        (2, "Partners", "http://testserver/partners/"),
        (3, "Hub", "http://testserver/partners/hub/"),
    ]


def test_the_list_names_what_it_shows_in_its_order(client):
    for name in ("Zed", "The Hub", "Abbey"):
        make.partner(name=name, slug=name.lower().replace(" ", "-"))

    [listed, trail] = read_back(client, "/partners/")

    assert listed["@type"] == "ItemList"
    assert [(item["position"], item["name"], item["url"]) for item in listed["itemListElement"]] == [
        (1, "Abbey", "http://testserver/partners/abbey/"),
        (2, "The Hub", "http://testserver/partners/the-hub/"),
        (3, "Zed", "http://testserver/partners/zed/"),
    ]
    assert trail["itemListElement"][-1]["item"] == "http://testserver/partners/"


def test_an_empty_list_is_well_formed(client):
    [listed, _] = read_back(client, "/partners/")

    assert listed == {"@type": "ItemList", "name": "Partners of Derby as a learning city"}


def test_odd_words_stay_words(client):
    words = '</script><script>alert("x")</script> & <!--'

    organisation, _ = read_back(client, make.partner(name=words).get_absolute_url())

    assert organisation["name"] == words


def test_it_tells_when_and_by_whom_the_page_was_last_found_right(client):
    partner = make.partner(name="Sewing Club", checked_on="2026-05-04", checked_by="partner")
    council = make.partner(checked_on="2026-05-04")

    page = read_back(client, partner.get_absolute_url())[0]["mainEntityOfPage"]
    assert (page["@type"], page["lastReviewed"]) == ("WebPage", "2026-05-04")
    assert page["reviewedBy"]["name"] == "Sewing Club"
    assert "reviewedBy" not in read_back(client, council.get_absolute_url())[0]["mainEntityOfPage"]

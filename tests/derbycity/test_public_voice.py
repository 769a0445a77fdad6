"""The opening content as readers get it: every public page, and the kinds of sentence that must not stand there."""

import re

import pytest
from django.test import Client

from tests import opening_content

pytestmark = pytest.mark.django_db

# The portal is the council's and its partners': it does not wonder aloud, and sends nobody away to ask them.
NEVER = {
    "a check that nobody made": r"[Cc]hecked by the council",
    "the council is somebody else": r"[Aa]sk Derby City Council",
    "the reader is left alone": r"We do not know if (you|there)|, which leads it\. We do not know",
    "how somebody searched": r"We (did not find|found no|found nothing)|our only source|Not yet checked by hand",
    "a research note": r"\bcommit [0-9a-f]{7}|\.hexjson|\.parquet|\bwe read a copy\b",
    "a name that says it is none": r"shows no name",
    "samples are not what people told": r"What people here have lived|told by the people who live it|Told by",
    "a list that means nothing to readers": r">In front<",
}
IN_DETAILS = re.compile(r"<details.*?</details>", re.DOTALL)


@pytest.fixture
def pages():
    """Every page that search engines are told of, and what stands in it outside of “Details”."""
    opening_content.load()
    client = Client()
    addresses = set()
    for sitemap in re.findall(r"<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").content.decode()):
        addresses.update(re.findall(r"<loc>http://testserver(.*?)</loc>", client.get(sitemap).content.decode()))
    return {address: _words(client.get(address).content.decode()) for address in sorted(addresses)}


def _words(html):
    return re.sub(r"\s+", " ", IN_DETAILS.sub("", html))


def test_no_public_page_says_what_is_not_so(pages):
    wrong = [
        (address, kind, found.group())
        for address, html in pages.items()
        for kind, pattern in NEVER.items()
        if (found := re.search(pattern, html))
    ]

    assert len(pages) > 120
    assert wrong == []


def test_what_the_portal_invites_to_is_nowhere_said_to_be_over(pages):
    programme = pages["/programmes/the-derby-story/"]
    listed = re.search(r'aria-labelledby="finished-h".*', pages["/programmes/"]).group()

    assert 'href="/tell/"' in programme
    assert not re.search(r"You cannot join|Finished", programme)
    assert "/programmes/the-derby-story/" not in listed
    assert "/programmes/closing-the-gap/" not in listed
    assert "We are checking if the Task Force still meets" in pages["/programmes/closing-the-gap/"]


def test_whatever_is_being_checked_has_a_way_to_ask(pages):
    checked = re.search(r'aria-labelledby="unconfirmed-h".*?</section>', pages["/programmes/"]).group()
    found = set(re.findall(r'href="(/programmes/[\w-]+/)"', checked))

    assert len(found) == 4
    for address in found:
        take_part = re.search(r'id="take-part".*?</div>', pages[address]).group()
        assert re.search(r'<a href="/(contact|suggest)/[^"]*">[Aa]sk us</a>', take_part), address


def test_every_page_of_what_was_put_together_says_so(pages):
    kinds = ("/programmes/", "/partners/", "/themes/", "/wards/", "/priority-areas/")
    things = [address for address in pages if address.startswith(kinds) and address.count("/") == 3]
    things.remove("/programmes/good-practice/")

    silent = [address for address in things if "by the site team, 21 November 2026. Not yet" not in pages[address]]

    assert len(things) > 80
    assert silent == []

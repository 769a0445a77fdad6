import re

import pytest
from django.db import IntegrityError
from django.test import Client

from partners.models import FormerName, PersonInRole
from programmes.models import Funding
from tests import make

pytestmark = pytest.mark.django_db


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(client, **fields):
    return text_of(client, make.partner(**fields).get_absolute_url())


def glance(html):
    """The facts beside the text, by their names."""
    found = re.findall(r"<div><dt>(.*?)</dt>(.*?)</div>", html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for name, words in found}


@pytest.fixture
def costs(settings, django_assert_num_queries):
    """Says that a page asks the database so often; once more for the notice, and once more where pages are kept, to see
    whether one is still good."""

    def check(address, questions):
        for settings.PAGE_CACHE_MB in (0, 100):
            with django_assert_num_queries(questions + 1 + bool(settings.PAGE_CACHE_MB)):
                assert Client().get(address).status_code == 200

    return check


@pytest.mark.parametrize("address", ["/partners/", "/partners/hub/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_pages_can_only_be_read(client, address, method):
    make.partner(slug="hub")

    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", ["/partners/", "/partners/hub/"])
def test_every_page_is_for_everybody(client, address):
    make.partner(slug="hub")

    answer = client.get(address)

    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.content.decode().count("<h1") == 1


# The list


def test_partners_stand_under_their_letters(client):
    for name in ("The Hub", "Home Start", "École", "eagle", "4Children"):
        make.partner(name=name)

    html = text_of(client, "/partners/")

    sections = re.findall(r'<h2 id="letter-(.)">(.)</h2>(.*?)</section>', html, re.DOTALL)
    assert [(letter, re.findall(r"<h3><a[^>]*>([^<]+)</a>", inside)) for letter, _, inside in sections] == [
        ("4", ["4Children"]),
        ("E", ["eagle", "École"]),
        ("H", ["Home Start", "The Hub"]),
    ]


def test_a_line_says_what_it_is_and_when_it_ended(client):
    make.partner(sector="culture", ended="2020-03")

    assert '<p class="when">Culture. Ended in March 2020</p>' in text_of(client, "/partners/")


def test_the_list_says_how_many_there_are(client):
    make.many_partners(3, sector="media")
    make.many_partners(2, sector="faith")

    assert "Showing all 5 partners" in text_of(client, "/partners/")
    assert "Showing 2 of 5 partners" in text_of(client, "/partners/?sector=faith")


def test_an_empty_answer_says_what_to_try(client):
    make.partner(sector="faith")

    html = text_of(client, "/partners/?sector=media")

    assert "Nothing fits all of that" in html
    assert '<a href="/partners/">see all 1 partners</a>' in html
    assert 'name="sector" value="media" checked' in html


def test_only_the_whole_list_is_for_search_engines(client):
    make.partner(sector="faith")

    whole_list = '<link rel="canonical" href="http://testserver/partners/">'

    assert whole_list in text_of(client, "/partners/")
    assert whole_list in text_of(client, "/partners/?sector=faith")


def test_a_long_list_has_pages_that_keep_the_answers(client):
    make.many_partners(130, sector="third")

    first, second = text_of(client, "/partners/?sector=third"), text_of(client, "/partners/?sector=third&page=2")

    assert 'href="?sector=third&amp;page=2#results" rel="next"' in first
    assert 'rel="prev"' not in first
    assert 'href="?sector=third#results" rel="prev"' in second
    assert 'href="?sector=third&amp;page=3#results" rel="next"' in second
    assert "Page 2 of 3" in second
    assert "page 2" in second.partition("</title>")[0]


def test_the_list_asks_as_often_for_three_hundred_as_for_ten(costs):
    ward, theme = make.ward(), make.theme()
    for count in (10, 290):
        for partner in make.many_partners(count, wards=[ward])[:5]:
            make.many_programmes(2, lead=partner, themes=[theme])

        costs("/partners/", 2)
        costs(f"/partners/?where={ward.slug}&about={theme.slug}&page=2", 2)


# One partner


def add_everything(partner, count):
    for _ in range(count):
        programme = make.programme(lead=partner)
        make.involvement(programme=programme, partner=partner, role="4-funder")
        Funding.objects.create(programme=programme, funder=partner, amount=5, what="Books")
        source = make.source()
        partner.sources.add(source)
        partner.wards.add(make.ward())
        FormerName.objects.create(partner=partner, name="Old")
        PersonInRole.objects.create(partner=partner, name="Ada", role="Chair", as_of="2018", source=source)
        make.partner(parent=partner)
        make.partner(successor=partner)


def test_a_partner_asks_as_often_with_twenty_of_everything_as_with_one(costs):
    partner = make.partner(logo=make.image(), parent=make.partner(), successor=make.partner())
    for count in (1, 19):
        add_everything(partner, count)

        costs(partner.get_absolute_url(), 3)


def test_a_partner_of_whom_little_is_known_says_so(client):
    facts = glance(page_of(client, sector="network"))

    assert facts == {
        "What it is": "Network, board or task force",
        "Where": "It has not told us yet",
        "Website": "It has given none yet",
    }


def test_a_partner_tells_all_that_is_known(client):
    partner = make.partner(
        sector="culture", sector_note="By its own word.", also_known_as="The Hub", started="2001-05", is_citywide=True,
        website="https://hub.example.org", website_note="From its leaflet.", body="<p>A long story.</p>",
        checked_on="2026-05-04",
    )  # fmt: skip
    partner.wards.add(make.ward(name="Abbey"))
    partner.sources.add(make.source(title="A report", publisher="Office", dated=""))
    FormerName.objects.create(partner=partner, name="Old Hub", until="2018-09")

    html = text_of(client, partner.get_absolute_url())

    assert glance(html) == {
        "What it is": "Culture By its own word.",
        "Also known as": "The Hub",
        "Former names": "Old Hub, until September 2018",
        "Since": "May 2001",
        "Where": "Across the whole city Abbey",
        "Website": "https://hub.example.org From its leaflet.",
    }
    assert "<p>A long story.</p>" in html
    assert "A report</a>. Office, no date." in html
    assert "Last checked by the council on 4 May 2026." in html


def test_a_partner_that_ended_says_who_carries_on(client):
    now = make.partner(name="New Hub", slug="new-hub")
    old = make.partner(name="Old Hub", slug="old-hub", ended="2020-03", ended_note="Its money ended.", successor=now)

    html = text_of(client, old.get_absolute_url())

    assert "Ended in March 2020. Its money ended." in html
    assert '<a href="/partners/new-hub/">New Hub</a> carries its work on.' in html
    assert glance(text_of(client, now.get_absolute_url()))["Took over from"] == "Old Hub"


def test_a_board_and_the_body_that_set_it_up_lead_to_each_other(client):
    body = make.partner(name="The Partnership")
    board = make.partner(name="A Task Force", parent=body)

    assert glance(text_of(client, board.get_absolute_url()))["Set up by"] == "The Partnership"
    assert glance(text_of(client, body.get_absolute_url()))["Boards and task forces it set up"] == "A Task Force"


def test_people_stand_with_their_role_their_date_and_who_says_so(client):
    partner = make.partner()
    source = make.source(key="report", publisher="Office")
    for name, found in (("Ada Lovelace", source), ("Grace Hopper", None)):
        PersonInRole.objects.create(partner=partner, name=name, role="Chair", as_of="early 2018", source=found)

    html = text_of(client, partner.get_absolute_url())

    assert '<li>Ada Lovelace, Chair: early 2018. <a class="cite" href="/sources/#report">' in html
    assert "Office</a></li>" in html
    assert "<li>Grace Hopper, Chair: early 2018.</li>" in html
    assert "Please do not use them as contacts." in html


def test_nobody_can_be_named_without_a_date():
    partner = make.partner()

    with pytest.raises(IntegrityError, match="person_is_named_only_with_a_date"):
        PersonInRole.objects.create(partner=partner, name="Ada Lovelace", role="Chair", as_of="")


def test_people_and_dates_are_on_no_list(client):
    partner = make.partner()
    PersonInRole.objects.create(partner=partner, name="Ada Lovelace", role="Chair", as_of="2018")

    assert "Ada Lovelace" not in text_of(client, "/partners/")


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("1-lead", "Leads it."),
        ("2-co-lead", "Leads it with others."),
        ("3-delivery", "Takes part in running it."),
        ("4-funder", "Pays for it."),
    ],
)
def test_a_partner_shows_its_part_in_each_programme(client, role, words):
    partner = make.partner()
    make.involvement(programme=make.programme(title="Reading", slug="reading"), partner=partner, role=role)

    html = text_of(client, partner.get_absolute_url())

    assert f'<a href="/programmes/reading/">Reading</a> <span class="when">{words} Running now.</span>' in html


@pytest.mark.parametrize("has_source", [True, False], ids=["found in a source", "joined by itself"])
def test_a_partner_without_programmes_says_why_it_is_here_only_where_a_source_does(client, has_source):
    partner = make.partner()
    partner.sources.set([make.source()] if has_source else [])

    page = text_of(client, partner.get_absolute_url())

    assert "No programme on this site names it" in page
    assert ("one of our sources names it" in page) == has_source


def test_a_logo_stands_beside_the_name_and_says_nothing_and_without_one_a_mark_is_drawn(client):
    assert 'class="mark mark--' in page_of(client, name="Derby Hub")

    html = page_of(client, logo=make.image(alternative_text="The logo of the hub"))

    assert re.search(r'<div class="orghead__logo">\s*<picture>.*alt=""', html)
    assert "The logo of the hub" not in html
    assert 'class="mark mark--' not in html


def test_words_of_others_are_not_taken_for_mark_up(client):
    html = page_of(client, name="<b>Bold</b> & co", also_known_as="<i>", website_note="<u>")

    assert not re.search(r"<b>Bold|<i>|<u>", html)
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in html

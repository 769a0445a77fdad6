import re

import pytest
from django import forms
from django.test import Client

from programmes.kinds import ProgrammeForm
from programmes.models import Funding, GoodPractice, Period, Programme, Step
from tests import make

pytestmark = pytest.mark.django_db

RUNNING, CHECKING, FINISHED = "1-running", "2-unconfirmed", "3-finished"


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(client, **fields):
    return text_of(client, make.programme(**fields).get_absolute_url())


def glance(html):
    """The facts beside the text, by their names."""
    inside = html.partition('class="glance"')[2].partition("</dl>")[0]
    found = re.findall(r"<div><dt>(.*?)</dt>(.*?)</div>", inside, re.DOTALL)
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


def titles(html):
    return re.findall(r'<h3><a href="/programmes/[^"]+">([^<]+)</a></h3>', html)


@pytest.mark.parametrize("address", ["/programmes/", "/programmes/reading/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_pages_can_only_be_read(client, address, method):
    make.programme(slug="reading")

    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", ["/programmes/", "/programmes/reading/"])
def test_every_page_is_for_everybody(client, address):
    make.programme(slug="reading")

    answer = client.get(address)

    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.content.decode().count("<h1") == 1


# The list


def test_programmes_stand_under_what_a_reader_can_do_with_them(client):
    for title, fields in {
        "Front": {"running": FINISHED, "flagship": 1},
        "Runs": {"running": RUNNING},
        "Unsure": {"running": CHECKING},
        "Past": {"running": FINISHED, "ended": "2019"},
    }.items():
        make.programme(title=title, **fields)

    html = text_of(client, "/programmes/")

    parts = re.findall(r'<section [^>]*aria-labelledby="(\w+)-h">(.*?)</section>', html, re.DOTALL)
    assert [(name, titles(inside)) for name, inside in parts] == [
        ("running", ["Runs"]),
        ("unconfirmed", ["Unsure"]),
        ("finished", ["Front", "Past"]),
    ]
    assert "You cannot join these now." in html


def test_a_status_that_nothing_has_has_no_heading(client):
    make.programme(running=RUNNING)

    html = text_of(client, "/programmes/")

    assert 'id="running-h"' in html
    assert not re.search('id="(unconfirmed|finished)-h"', html)


def test_the_head_of_the_whole_list_names_the_flagships(client):
    make.programme(title="Second", slug="second", flagship=2, running=RUNNING)
    make.programme(title="First", slug="first", flagship=1, running=FINISHED)
    make.programme(title="Other", slug="other", running=RUNNING)

    named = r'<li><a href="/programmes/(\w+)/">'
    assert re.findall(named, text_of(client, "/programmes/")) == ["first", "second"]
    assert re.findall(named, text_of(client, "/programmes/?status=running")) == []


@pytest.mark.parametrize("query", ["", "?status=running&status=finished", "?for=children", "?page=2"])
def test_a_heading_counts_as_the_choice_of_the_filter_does(client, query):
    children = make.audience(slug="children")
    make.programme(flagship=1, running=RUNNING, audiences=[children])
    make.programme(flagship=2, running=FINISHED, audiences=[children])
    for running, many in ((RUNNING, 26), (CHECKING, 3), (FINISHED, 2)):
        make.many_programmes(many, running=running)

    html = text_of(client, f"/programmes/{query}")

    headings = dict(re.findall(r'id="(\w+)-h" class="statushead[^>]*>[^<]*<span class="count">(\d+)<', html))
    choices = dict(re.findall(r'<label for="status-(\w+)">[^<]*<span class="pill__n">(\d+)', html))
    assert headings
    assert headings.items() <= choices.items()


def test_choosing_leads_on_to_the_answers(client):
    make.many_programmes(30, running=RUNNING)

    html = text_of(client, "/programmes/")

    assert '<form class="filters" method="get" action="/programmes/#results"' in html
    assert 'href="?page=2#results"' in html
    assert html.count('id="results"') == 1


def test_a_list_without_anything_says_so_and_gives_no_advice(client):
    html = text_of(client, "/programmes/")

    assert "No programmes are published yet" in html
    assert "Try fewer choices" not in html


def test_the_list_says_how_many_there_are(client):
    make.many_programmes(3, running=RUNNING)
    make.many_programmes(2, running=FINISHED)

    assert "Showing all 5 programmes" in text_of(client, "/programmes/")
    assert "Showing 2 of 5 programmes" in text_of(client, "/programmes/?status=finished")


def test_a_choice_says_how_many_it_would_show_and_stays_chosen(client):
    make.many_programmes(3, running=RUNNING)
    make.many_programmes(1, running=FINISHED)

    html = text_of(client, "/programmes/?status=finished")

    assert re.search(r'value="finished" checked>.*?Finished <span class="pill__n">1<span class="vh"> programme<', html)
    assert re.search(r'value="running">.*?Running now <span class="pill__n">3<span class="vh"> programmes<', html)


def test_an_empty_answer_says_what_to_try(client):
    make.programme(running=RUNNING)

    html = text_of(client, "/programmes/?status=finished")

    assert "Nothing fits all of that" in html
    assert "Try fewer choices" in html
    assert '<a href="/programmes/">see all 1 programmes</a>' in html
    assert "Showing 0 of 1 programmes" in html
    assert titles(html) == []


def test_a_portal_without_programmes_still_has_its_page(client):
    assert "Showing all 0 programmes" in text_of(client, "/programmes/")


def test_only_the_whole_list_is_for_search_engines(client):
    make.programme()

    whole_list = '<link rel="canonical" href="http://testserver/programmes/">'

    for query in ("", "?status=running", "?utm_source=x"):
        assert whole_list in text_of(client, f"/programmes/{query}")


def test_a_long_list_has_pages_that_keep_the_answers(client):
    theme = make.theme(slug="equity")
    make.many_programmes(60, themes=[theme], running=RUNNING)

    first = text_of(client, "/programmes/?about=equity")
    second = text_of(client, "/programmes/?about=equity&page=2")
    last = text_of(client, "/programmes/?about=equity&page=99")

    assert [len(titles(html)) for html in (first, second, last)] == [24, 24, 12]
    assert 'href="?about=equity&amp;page=2#results" rel="next"' in first
    assert 'href="?about=equity#results" rel="prev"' in second
    assert 'href="?about=equity&amp;page=3#results" rel="next"' in second
    assert 'rel="next"' not in last
    assert "Page 3 of 3" in last


def test_the_list_asks_as_often_for_three_hundred_as_for_ten(costs):
    theme, partner = make.theme(), make.partner()
    for count in (10, 290):
        make.many_programmes(count, lead=partner, themes=[theme])

        costs("/programmes/", 2)
        costs(f"/programmes/?about={theme.slug}&partner={partner.slug}&page=2", 2)


def test_the_front_page_asks_as_often_for_three_hundred_as_for_ten(costs):
    partner, page = make.partner(), make.page()
    for count in (10, 290):
        make.many_partners(count)
        for programme in make.many_programmes(count, lead=partner)[:10]:
            make.figure(programme=programme, source=make.source(), on_home=True)
            make.page_figure(page=page, source=make.source(), on_home=True)

        costs("/", 6)


# One programme


def add_everything(programme, count):
    for _ in range(count):
        source, partner = make.source(), make.partner()
        for role in ("1-lead", "2-co-lead", "3-delivery", "4-funder"):
            make.involvement(programme=programme, partner=partner, role=role)
        make.figure(programme=programme, source=source)
        make.figure(programme=programme, source=source, before=5)
        make.figure(programme=programme, source=source, question="How many?", value=make.source().pk)
        Step.objects.create(programme=programme, when="2018", what="It began.", source=source)
        Period.objects.create(programme=programme, label="2018/19")
        Funding.objects.create(programme=programme, amount=5, what="Books", funder=partner, source=source)
        make.programme_picture(programme=programme, image=make.image())
        programme.themes.add(make.theme())
        programme.priority_areas.add(make.priority_area())
        programme.wards.add(make.ward())
        programme.sources.add(source)
        programme.led_to.add(make.programme())
        programme.grew_from.add(make.programme())


def test_a_programme_asks_as_often_with_twenty_of_everything_as_with_one(costs):
    programme = make.programme(picture=make.image(), instead=make.programme(), running=FINISHED)
    GoodPractice.objects.create(programme=programme, problem="<p>A</p>", source=make.source())
    for count in (1, 19):
        add_everything(programme, count)

        costs(programme.get_absolute_url(), 3)


def test_a_programme_of_which_little_is_known_says_so(client):
    assert glance(page_of(client, running=CHECKING, audience="Children")) == {
        "Does it run?": "We are checking if it still runs",
        "Who it is for": "Children",
        "Ages": "All ages",
        "When": "Start not known",
    }


def test_a_programme_tells_all_that_is_known(client):
    programme = make.programme(
        running=FINISHED, ended="2020", started="2018", running_note="Its report says so.", audience="Children",
        age_from=5, age_to=11, places="In the library", partners_note="And others.", priority_note="Our reading.",
        wards=[make.ward(name="Abbey")], themes=[make.theme(title="Equity")],
        priority_areas=[make.priority_area(title="Skills")],
    )  # fmt: skip
    Period.objects.create(programme=programme, label="2018/19 school year")
    for name, role in (("Lead", "1-lead"), ("Other", "2-co-lead"), ("Helper", "3-delivery"), ("Payer", "4-funder")):
        make.involvement(programme=programme, partner=make.partner(name=name), role=role)
    make.programme(title="Before", led_to=[programme])

    assert glance(text_of(client, programme.get_absolute_url())) == {
        "Does it run?": "Finished in 2020 Its report says so.",
        "Who it is for": "Children",
        "Ages": "5 to 11",
        "Where": "In the library Wards of today: Abbey",
        "When": "2018 to 2020 2018/19 school year",
        "Led by": "Lead",
        "Led together with": "Other",
        "With": "Helper",
        "Paid for by": "Payer",
        "About the partners": "And others.",
        "Priority of the city": "Skills Our reading.",
        "Themes": "Equity",
        "Grew out of": "Before",
    }


def test_a_finished_programme_names_what_to_join_instead(client):
    now = make.programme(title="Now", slug="now")

    finished = page_of(client, running=FINISHED, instead=now)
    running = page_of(client, running=RUNNING, instead=now)

    assert 'You cannot join this one now. <a href="/programmes/now/">Now</a> works for the same goal today.' in finished
    assert "You cannot join this one now" not in running


def test_how_it_went_leads_from_step_to_step_and_on(client):
    programme = make.programme(led_to=[make.programme(title="Next", slug="next")])
    Step.objects.create(
        programme=programme, when="Summer 2019", what="It began.", source=make.source(publisher="Office")
    )

    html = text_of(client, programme.get_absolute_url())

    assert '<p class="line__when">Summer 2019</p><p>It began. <a class="cite"' in html
    assert "Office</a>" in html
    assert 'It grew into <a href="/programmes/next/">Next</a>.' in html


def test_every_link_within_the_page_leads_somewhere(client):
    """Also where the source of a step or of money is not in the programme's own list of sources."""
    programme = make.programme(sources=[make.source()])
    Step.objects.create(programme=programme, when="2018", what="It began.", source=make.source(key="step"))
    Funding.objects.create(programme=programme, amount=5, what="Books", source=make.source(key="money"))

    html = text_of(client, programme.get_absolute_url())

    ids = set(re.findall(r' id="([^"]+)"', html))
    assert [link for link in re.findall(r'href="#([^"]+)"', html) if link not in ids] == []


def test_figures_that_disagree_are_all_shown_and_said_to_disagree(client):
    programme = make.programme()
    for value, publisher in ((33, "The Council"), (32, "The University"), (33, "The Press")):
        source = make.source(publisher=publisher, dated="")
        make.figure(programme=programme, value=value, question="How many schools?", source=source)

    html = text_of(client, programme.get_absolute_url())

    assert "How many schools? Our sources do not agree" in html
    assert re.findall(r'<dt><span class="fact">([^<]+)</span>', html) == ["33", "32"]
    assert not [name for name in ("The Council", "The University", "The Press") if f"{name}</a>, no date." not in html]
    assert '<dd class="fact">' not in html


def test_figures_that_agree_are_shown_once_and_nothing_is_said_of_a_quarrel(client):
    programme = make.programme()
    for _ in range(2):
        make.figure(programme=programme, value=33, question="How many schools?")

    html = text_of(client, programme.get_absolute_url())

    assert html.count('<dd class="fact">33</dd>') == 1
    assert "do not agree" not in html
    assert "please do not add them up" not in html


def test_the_front_page_shows_both_sides_of_a_disagreement(client):
    programme = make.programme(flagship=1)
    for value, publisher in ((33, "The Council"), (32, "The University")):
        source = make.source(publisher=publisher)
        make.figure(programme=programme, value=value, question="How many schools?", source=source, on_home=True)

    html = text_of(client, "/")

    assert '<dd class="fact">33 or 32</dd>' in html
    assert ">The Council</a>, no year given" in html
    assert ">The University</a>, no year given" in html


def test_a_figure_before_and_after_is_drawn_and_told(client):
    programme = make.programme()
    source = make.source(publisher="Office")
    make.figure(programme=programme, value=62, before="61.2", unit="%", what="read well", period="2019", source=source)

    html = text_of(client, programme.get_absolute_url())

    assert "<h3>62% read well</h3>" in html
    assert "61.2% before, 62% after. 2019. " in html
    assert "The line runs from 60% to 63%." in html
    assert "In figures" not in html


def test_money_says_how_much_from_whom_and_who_says_so(client):
    programme = make.programme()
    funder = make.partner(name="The Fund")
    source = make.source(publisher="Office")
    Funding.objects.create(
        programme=programme, amount=1250000, what="Books", funder=funder, period="2018", source=source
    )
    Funding.objects.create(programme=programme, amount=500, what="Tea")

    html = text_of(client, programme.get_absolute_url())

    assert '<dt>Books</dt><dd class="fact">£1,250,000</dd><dd class="fact__note">From The Fund. 2018. <a' in html
    assert '<dt>Tea</dt><dd class="fact">£500</dd><dd class="fact__note">No year given.</dd>' in html


def test_money_is_shown_to_the_penny_where_the_source_gives_pence(client):
    programme = make.programme()
    Funding.objects.create(programme=programme, amount="1234.56", what="Books")

    assert "£1,234.56" in text_of(client, programme.get_absolute_url())


def test_good_practice_is_marked_as_our_own_reading(client):
    programme = make.programme()
    GoodPractice.objects.create(
        programme=programme, problem="<p>P</p>", approach="<p>A</p>", evidence="<p>E</p>", lessons="<p>L</p>"
    )

    html = text_of(client, programme.get_absolute_url())

    assert "Our own reading of this programme" in html
    assert re.findall(r"<div><h3>([^<]+)</h3><p>(\w)</p></div>", html) == [
        ("The problem", "P"),
        ("What was done", "A"),
        ("What shows that it worked", "E"),
        ("What others can take", "L"),
    ]
    assert "Good practice" not in page_of(client)


def test_a_picture_stands_with_its_words_and_its_maker_and_without_one_is_a_drawing(client):
    image = make.image(alternative_text="Children on a stage", credit="Ada")

    html = page_of(client, picture=image)

    assert 'alt="Children on a stage"' in html
    assert '<figcaption><span class="hint">Ada, All rights reserved</span></figcaption>' in html
    assert 'class="windows"' not in html
    assert 'class="windows" aria-hidden="true"' in page_of(client)


def test_the_first_picture_is_fetched_first_and_the_others_when_they_come_into_view(client):
    programme = make.programme()
    licensed = make.image(alternative_text="Boats on the river", credit="Bo", licence="cc-by-4")
    make.programme_picture(programme=programme, image=licensed, order=2, caption="In May.")
    make.programme_picture(programme=programme, image=make.image(), order=1, alternative_text="A full stage")
    make.programme_picture(programme=programme, image=make.image(), order=3, is_decorative=True)

    html = text_of(client, programme.get_absolute_url())

    pictures = re.findall(r"<picture>(.*?)</picture>", html)
    assert [re.search(r'alt="([^"]*)"', picture)[1] for picture in pictures] == [
        "A full stage",
        "Boats on the river",
        "",
    ]
    assert ['fetchpriority="high"' in picture for picture in pictures] == [True, False, False]
    assert ['loading="lazy"' in picture for picture in pictures] == [False, True, True]
    assert all('type="image/avif"' in picture and 'width="2000" height="1000"' in picture for picture in pictures)
    assert f"{licensed.address('640.avif')} 640w" in pictures[1]
    licence = '<a href="https://creativecommons.org/licenses/by/4.0/" rel="license">CC BY 4.0</a>'
    assert f'In May. <span class="hint">Bo, {licence}</span>' in html


def test_until_its_sizes_are_made_a_picture_stands_in_the_two_that_are_there(client):
    html = page_of(client, picture=make.image(widths=[]))

    picture = re.search(r"<picture>(.*?)</picture>", html)[1]
    assert "avif" not in picture
    assert "preview.jpg 960w, " in picture
    assert "master.jpg 2000w" in picture


def test_what_networks_show_of_a_page_with_a_picture_is_its_wide_crop(client):
    image = make.image()

    html = page_of(client, picture=image)

    assert f'<meta property="og:image" content="http://testserver{image.wide_url}">' in html
    assert '<meta property="og:image:alt" content="Children on a stage">' in html


def test_words_of_others_are_not_taken_for_mark_up(client):
    programme = make.programme(title="<b>Bold</b> & co", summary="<i>", running_note="<u>", audience="<s>")
    Step.objects.create(programme=programme, when="<em>", what="<em>")

    html = text_of(client, programme.get_absolute_url())

    assert not re.search(r"<b>Bold|<i>|<u>|<s>|<em>", html)
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in html


# Good practice


def mark(programme, **fields):
    words = dict.fromkeys(("problem", "approach", "evidence", "lessons"), "<p>Words.</p>")
    return GoodPractice.objects.create(programme=programme, **words | fields)


def test_good_practice_is_listed_with_the_way_to_each(client):
    mark(make.programme(slug="marked", title="Marked"), lessons="<p>Start young.</p>", source=make.source(key="report"))
    make.programme(title="Unmarked")

    page = client.get("/programmes/good-practice/").content.decode()

    assert 'href="/programmes/marked/#practice-h"' in page
    assert "Start young." in page
    assert 'href="/sources/#report"' in page
    assert "Unmarked" not in page


def test_good_practice_of_a_draft_is_not_listed(client):
    mark(make.programme(title="Hidden", status="draft"))

    page = client.get("/programmes/good-practice/").content.decode()

    assert "Hidden" not in page
    assert "No programme is marked as good practice yet." in page


def test_one_and_many_good_practices_cost_the_same(client, django_assert_num_queries):
    for _ in range(5):
        mark(make.programme())

    with django_assert_num_queries(2):  # the notice, and the list
        client.get("/programmes/good-practice/")


def test_no_programme_takes_the_address_of_the_list_of_good_practice():
    form = forms.modelform_factory(Programme, form=ProgrammeForm, fields=["slug"])({"slug": "good-practice"})

    assert form.errors["slug"].as_data()[0].code == "taken"

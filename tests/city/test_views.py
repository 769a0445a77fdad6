import re

import pytest
from django.test import Client

from city.models import Page
from tests import make

pytestmark = pytest.mark.django_db

LISTS = ["/wards/", "/themes/", "/sources/"]
ADDRESSES = [*LISTS, "/wards/abbey/", "/themes/equity/", "/priority-areas/skills/", "/privacy/"]


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def one_of_each():
    make.ward(slug="abbey", name="Abbey")
    make.theme(slug="equity", title="Equity")
    make.priority_area(slug="skills", title="Skills")
    make.page(slug="privacy", title="Privacy")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_pages_can_only_be_read(client, one_of_each, address, method):
    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_for_everybody(client, one_of_each, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.headers["ETag"]


@pytest.mark.parametrize(
    "address", ["/wards/nowhere/", "/themes/nowhere/", "/priority-areas/nowhere/", "/priority-areas/", "/nowhere/"]
)
def test_what_is_not_there_is_not_found(client, one_of_each, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_has_one_title_and_an_address_it_is_known_by(client, one_of_each, address):
    html = text_of(client, address)

    assert html.count("<h1") == 1
    assert f'<link rel="canonical" href="http://testserver{address}">' in html
    assert re.search(r'<meta name="description" content="[^"]+">', html)
    assert 'content="noindex' not in html


@pytest.mark.parametrize("address", LISTS)
def test_an_empty_list_is_a_page_all_the_same(client, address):
    assert "<h1>" in text_of(client, address)


# How often the database is asked


@pytest.fixture
def costs(settings, django_assert_num_queries):
    """Says that a page asks the database so often; once more for the notice, and once more where pages are kept, to see
    whether one is still good."""

    def check(address, questions):
        for settings.PAGE_CACHE_MB in (0, 100):
            with django_assert_num_queries(questions + 1 + bool(settings.PAGE_CACHE_MB)):
                assert Client().get(address).status_code == 200

    return check


def fill(count):
    page = Page.objects.filter(layout="learning_city").first() or make.page(
        slug="learning-city", layout="learning_city"
    )
    goal = Page.objects.filter(layout="shared_goal").first() or make.page(slug="shared-goal", layout="shared_goal")
    for _ in range(count):
        ward, theme, area, source = make.ward(), make.theme(), make.priority_area(), make.source()
        make.many_programmes(2, themes=[theme, make.theme(kind="goal")])
        make.page_figure(page=page, source=source)
        make.page_picture(page=page, image=make.image())
        make.page_figure(page=goal, source=source)
        page.sources.add(source)
        for programme in make.many_programmes(2):
            programme.wards.add(ward)
            programme.themes.add(theme)
            programme.priority_areas.add(area)
    return ward, theme, area


def test_a_page_asks_as_often_for_twenty_rows_as_for_one(costs):
    ward, theme, area = fill(1)
    budgets = {
        "/wards/": 1,
        "/sources/": 1,
        "/themes/": 3,
        "/learning-city/": 7,
        "/shared-goal/": 6,
        ward.get_absolute_url(): 5,
        theme.get_absolute_url(): 2,
        area.get_absolute_url(): 2,
    }
    for address, budget in budgets.items():
        costs(address, budget)

    fill(20)
    make.many_programmes(20, themes=[theme])

    for address, budget in budgets.items():
        costs(address, budget)


# Standing pages


def test_a_standing_page_shows_what_staff_wrote(client):
    source = make.source(
        key="report", title="A report", publisher="Office", dated="2018", address="https://example.org/r"
    )
    page = make.page(title="Privacy", summary="What we keep.", body="<h2>Nothing</h2>", checked_on="2026-05-04")
    page.sources.add(source)

    html = text_of(client, page.get_absolute_url())

    assert "<h1>Privacy</h1>" in html
    assert "What we keep." in html
    assert '<h2 id="nothing">Nothing</h2>' in html
    assert '<a href="https://example.org/r">A report</a>. Office, 2018.' in html
    assert "Last checked by the council on 4 May 2026." in html


def test_a_page_without_sources_says_when_it_was_reviewed(client):
    page = make.page(checked_on="2026-05-04")

    html = text_of(client, page.get_absolute_url())

    assert "Last checked by the council on 4 May 2026." in html
    assert "Sources</h2>" not in html


def test_words_of_staff_are_not_taken_for_mark_up(client):
    page = make.page(title="<b>Bold</b> & co", summary='"quoted" <i>')

    html = text_of(client, page.get_absolute_url())

    assert "<b>Bold</b>" not in html
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in html


@pytest.mark.parametrize(
    ("layout", "shown", "not_shown"),
    [
        ("standard", [], ["A policy", "A goal", "An area"]),
        ("learning_city", ["A policy", "An area", "A programme"], ["A goal"]),
        ("shared_goal", ["A goal", "A programme"], ["A policy", "An area"]),
    ],
)
def test_each_layout_adds_its_own(client, layout, shown, not_shown):
    themes = [make.theme(title="A policy", kind="policy"), make.theme(title="A goal", kind="goal")]
    make.priority_area(title="An area")
    make.programme(title="A programme", themes=themes)
    page = make.page(layout=layout)

    html = text_of(client, page.get_absolute_url())

    assert not [words for words in shown if words not in html]
    assert not [words for words in not_shown if words in html]


@pytest.mark.parametrize("layout", ["learning_city", "shared_goal"])
def test_figures_that_disagree_are_both_shown_and_said_to_disagree(client, layout):
    page = make.page(layout=layout)
    for value, publisher in ((33, "The Council"), (32, "The University")):
        make.page_figure(
            page=page, value=value, unit="schools", what="schools", question="How many schools?",
            source=make.source(publisher=publisher),
        )  # fmt: skip
    make.page_figure(page=page, value=7, unit="areas", what="areas", question="How many areas?")
    make.page_figure(page=page, value=7, unit="areas", what="areas", question="How many areas?")

    html = text_of(client, page.get_absolute_url())

    assert "How many schools? It depends whom you ask" in html
    assert '<span class="fact">33</span> schools' in html
    assert '<span class="fact">32</span> schools' in html
    assert "The Council</a>" in html
    assert "The University</a>" in html
    assert html.count('<dd class="fact">7</dd>') == 1
    assert "How many areas? It depends" not in html


def test_a_figure_says_where_it_comes_from_and_for_when(client):
    page = make.page(layout="learning_city")
    make.page_figure(page=page, what="people", period="2018", source=make.source(key="report", publisher="Office"))
    make.page_figure(page=page, what="others")

    html = text_of(client, page.get_absolute_url())

    assert '2018. <a href="/sources/#report">Office</a>' in html
    assert "No year given." in html


# Wards, themes, priority areas


def test_the_list_of_wards_says_what_the_map_says(client):
    for number in range(3):
        make.ward(name=f"Ward {number}", slug=f"w{number}", hex_q=number, hex_r=0)

    html = text_of(client, "/wards/")

    for number in range(3):
        assert html.count(f'href="/wards/w{number}/"') == 2


def test_a_ward_shows_who_and_what_is_there(client):
    ward = make.ward(code="E05001", valid_from="2023-05-04", note="New in 2023.", checked_on="2026-05-04")
    partner = make.partner(name="The Hub")
    partner.wards.add(ward)
    make.programme(title="Reading", wards=[ward], places="In the library", running="1-running")
    make.programme(title="Elsewhere")

    html = text_of(client, ward.get_absolute_url())

    assert "Reading</a>. Running now. In the library" in html
    assert "The Hub</a>" in html
    assert "Elsewhere" not in html
    assert "Code E05001, in use since 4 May 2023. New in 2023." in html


def test_a_ward_names_its_neighbours_and_only_them(client):
    here = make.ward(name="Here", hex_q=1, hex_r=1)
    make.ward(name="Beside", slug="beside", hex_q=2, hex_r=1)
    make.ward(name="Far", slug="far", hex_q=5, hex_r=5)

    around = text_of(client, here.get_absolute_url()).partition("Around it")[2].partition("</ul>")[0]

    assert "Beside" in around
    assert "Far" not in around
    assert ">Here<" not in around


def test_a_ward_about_which_nothing_is_known_says_so_and_leads_on(client):
    html = text_of(client, make.ward().get_absolute_url())

    assert "No programme here is for this ward alone." in html
    assert "No partner has told us yet" in html
    assert '<a href="/partners/?where=whole-city">' in html
    assert "Around it</h2>\n" in html


@pytest.mark.parametrize(
    ("thing", "field"),
    [(make.theme, "themes"), (make.priority_area, "priority_areas")],
)
def test_a_theme_and_a_priority_lead_to_their_programmes_in_the_order_of_the_list(client, thing, field):
    here = thing()
    for title, fields in {
        "Finished one": {"running": "3-finished", "ended": "2019"},
        "Running B": {"running": "1-running"},
        "Running A": {"running": "1-running"},
        "In front": {"running": "1-running", "flagship": 1},
    }.items():
        make.programme(title=title, **{field: [here]}, **fields)
    make.programme(title="About something else")

    html = text_of(client, here.get_absolute_url())

    titles = re.findall(r'<h3><a href="/programmes/[^"]+">([^<]+)</a></h3>', html)
    assert titles == ["In front", "Running A", "Running B", "Finished one"]
    assert "Finished in 2019" in html


def test_a_theme_says_who_says_so_and_when_it_was_checked(client):
    theme = make.theme(source=make.source(key="report", title="A report", publisher="Office"), checked_on="2026-05-04")

    html = text_of(client, theme.get_absolute_url())

    assert '<a href="/sources/#report">A report</a>, Office.' in html
    assert "Last checked by the council on 4 May 2026." in html
    assert "No programme on this site is about this alone." in html


@pytest.mark.parametrize(("measure", "said"), [("", "no measure is named yet"), ("Share of jobs", "Share of jobs")])
def test_a_priority_says_how_it_is_measured_or_that_nothing_is_named(client, measure, said):
    area = make.priority_area(measure=measure)

    assert f"How the city measures it: {said}." in text_of(client, area.get_absolute_url())


# Sources


def test_sources_stand_under_their_publishers_each_with_its_own_place(client):
    make.source(key="b", title="Beta", publisher="Zeta Press", dated="2018", licence="OGL", note="Take care.")
    make.source(key="a", title="Alpha", publisher="Zeta Press", address="", reference="On paper")
    make.source(key="c", title="Gamma", publisher="Office")

    html = text_of(client, "/sources/")

    assert re.findall(r"<h2>([^<]+)</h2>", html) == ["Office", "Zeta Press"]
    assert re.findall(r'<li id="([^"]+)">', html) == ["c", "a", "b"]
    assert 'Beta</a>. <span class="hint">2018. OGL.</span><details' in html
    assert re.search(r'Alpha\. <span class="hint">No date\.</span><details [^>]*>.*<p>On paper</p></details>', html)
    assert "<p>Take care.</p></details>" in html


def test_a_list_of_nothing_says_so(client):
    assert "No sources are listed yet." in text_of(client, "/sources/")


def test_pictures_stand_after_the_text_of_a_page(client):
    page = make.page(body="<p>Words.</p>")
    make.page_picture(page=page, image=make.image(alternative_text="Boats on the river"), caption="In May.")

    html = client.get(page.get_absolute_url()).content.decode()

    assert html.index("Words.") < html.index('alt="Boats on the river"') < html.index("In May.")
    assert f'<meta property="og:image" content="http://testserver{page.pictures.get().image.wide_url}">' in html
    assert "In pictures" not in client.get(make.page().get_absolute_url()).content.decode()


def test_a_list_of_names_stays_readable_where_a_name_holds_a_comma(client):
    theme = make.theme(kind="policy")
    for title in ("Derby, a UNESCO learning city", "Reading"):
        make.programme(title=title, themes=[theme])

    html = text_of(client, "/themes/")

    assert html.count('<ul class="links list"><li><a href') == 1
    assert "</a>, <a" not in html


def test_research_notes_stand_behind_details_and_only_among_the_sources(client):
    page = make.page()
    page.sources.add(make.source(key="map", title="A map", reference="GitHub, commit 5383e24a0f"))

    shown, sources = text_of(client, page.get_absolute_url()), text_of(client, "/sources/")

    assert "commit" not in shown
    assert '<a class="cite" href="/sources/#map">Details' in shown
    assert re.search("<details[^>]*>.*commit 5383e24a0f.*</details>", sources)

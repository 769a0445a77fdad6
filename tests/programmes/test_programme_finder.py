from urllib.parse import quote

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.programme_finder import AGES, ProgrammeFinder
from tests import make

pytestmark = pytest.mark.django_db

RUNNING, CHECKING, FINISHED = "1-running", "2-unconfirmed", "3-finished"


def titles(query=""):
    return [programme.title for programme in ProgrammeFinder(QueryDict(query)).programmes()]


def counts(question, query=""):
    found = {one.name: one for one in ProgrammeFinder(QueryDict(query)).questions}.get(question)
    return {choice.value: choice.count for choice in found.choices} if found else {}


@pytest.fixture
def four():
    children, adults = make.audience(slug="children", order=1), make.audience(slug="adults", order=2)
    equity, skills = make.theme(slug="equity", order=2), make.theme(slug="skills", order=1)
    area = make.priority_area(slug="work")
    hub, council = make.partner(slug="hub", name="Hub"), make.partner(slug="council", name="Council")
    make.programme(
        title="Reading", lead=hub, audiences=[children], themes=[equity, skills], running=RUNNING, age_from=5, age_to=11
    )
    make.programme(
        title="Jobs",
        lead=council,
        audiences=[adults],
        themes=[skills],
        priority_areas=[area],
        running=CHECKING,
        age_from=16,
    )
    music = make.programme(title="Music", lead=hub, audiences=[children, adults], themes=[equity], running=RUNNING)
    make.involvement(programme=music, partner=hub, role="4-funder")
    make.programme(title="Past", running=FINISHED, age_to=4)
    make.programme(title="Hidden", status="draft", lead=council, themes=[equity])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Music", "Reading", "Jobs", "Past"]),
        ("status=running", ["Music", "Reading"]),
        ("status=running&status=finished", ["Music", "Reading", "Past"]),
        ("for=children", ["Music", "Reading"]),
        ("for=adults&for=children", ["Music", "Reading", "Jobs"]),
        ("about=skills", ["Reading", "Jobs"]),
        ("about=skills&for=children", ["Reading"]),
        ("area=work", ["Jobs"]),
        ("partner=hub", ["Music", "Reading"]),
        ("partner=council", ["Jobs"]),
        ("age=under-5", ["Music", "Past"]),
        ("age=16-and-over", ["Music", "Jobs"]),
        ("age=16-and-over&age=under-5&status=running", ["Music"]),
        ("area=work&partner=hub", []),
        ("status=nowhere&about=", ["Music", "Reading", "Jobs", "Past"]),
    ],
)
def test_programmes_are_found_by_what_a_reader_asks(four, query, found):
    assert titles(query) == found


def test_each_choice_says_how_many_it_would_show(four):
    assert counts("status") == {"running": 2, "unconfirmed": 1, "finished": 1}
    assert counts("status", "about=skills") == {"running": 1, "unconfirmed": 1}
    assert counts("for") == {"children": 2, "adults": 2}
    assert counts("about") == {"skills": 2, "equity": 2}
    assert counts("partner") == {"council": 1, "hub": 2}
    assert counts("area") == {}
    assert counts("area", "area=work") == {"work": 1}


def test_what_is_for_everyone_is_for_whoever_asks(four):
    make.programme(title="Open to all", audiences=[make.audience(slug="everyone")], running=RUNNING)

    assert titles("for=adults") == ["Music", "Open to all", "Jobs"]
    assert titles("for=everyone") == ["Open to all"]
    assert counts("for") == {"children": 3, "adults": 3, "everyone": 1}


@pytest.mark.parametrize(
    ("age_from", "age_to", "fits"),
    [
        (None, None, ["under-5", "5-to-11", "11-to-16", "16-and-over"]),
        (None, 4, ["under-5"]),
        (0, 5, ["under-5", "5-to-11"]),
        (4, 11, ["under-5", "5-to-11", "11-to-16"]),
        (5, 10, ["5-to-11"]),
        (11, 15, ["11-to-16"]),
        (11, 16, ["11-to-16", "16-and-over"]),
        (16, None, ["16-and-over"]),
        (65, None, ["16-and-over"]),
        (12, None, ["11-to-16", "16-and-over"]),
        (0, 0, ["under-5"]),
        (120, 120, ["16-and-over"]),
    ],
)
def test_a_programme_fits_every_age_it_reaches_into(age_from, age_to, fits):
    make.programme(title="It", age_from=age_from, age_to=age_to)

    assert [age for age in AGES if titles(f"age={age}") == ["It"]] == fits


def test_the_ages_leave_no_gap():
    spans = [span for _, *span in AGES.values()]

    assert spans[0][0] == 0
    assert [before[1] + 1 for before in spans[:-1]] == [after[0] for after in spans[1:]]


def test_a_card_needs_no_more_questions_to_the_database(four, django_assert_num_queries):
    with django_assert_num_queries(2):
        for programme in ProgrammeFinder(QueryDict("")).programmes():
            assert programme.when
            assert programme.status_words
            assert (programme.thread, programme.art, programme.audience, programme.flagship) is not None
            assert programme.get_absolute_url()


def test_a_thousand_programmes_are_all_on_some_page():
    make.many_programmes(1000)

    finder = ProgrammeFinder(QueryDict("page=42"))
    pages = [titles(f"page={page}") for page in (1, 2, 41, 42, 43)]

    assert (finder.page_count, finder.total, finder.next_page) == (42, 1000, "")
    assert [len(page) for page in pages] == [24, 24, 24, 16, 16]
    assert not set(pages[0]) & set(pages[1])
    assert pages[3] == pages[4]


questions = st.sampled_from([*ProgrammeFinder.legends, "page", "q", ""])
odd = st.sampled_from(
    ["running", "children", "under-5", "%00", "%ff", "%27", "2", "-1", "99999", "<b>", "&&", "=;", "[]"]
)
answers = odd | st.text(max_size=8).map(quote)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.builds("{}={}".format, questions, answers), max_size=5).map("&".join))
def test_no_query_breaks_the_page(client, four, query):
    assert client.get(f"/programmes/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["about=" * 900, "&".join("about=x" for _ in range(2900)), "page=" + "9" * 3000])
def test_a_huge_query_is_answered(client, query):
    assert client.get(f"/programmes/?{query}").status_code == 200


def test_a_query_beyond_all_measure_is_refused(client):
    assert client.get("/programmes/?" + "&".join("about=x" for _ in range(5000))).status_code == 400

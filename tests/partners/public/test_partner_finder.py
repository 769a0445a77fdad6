import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.public.partner_finder import PartnerFinder
from tests import make

pytestmark = pytest.mark.django_db


def names(query=""):
    return [partner.name for partner in PartnerFinder(QueryDict(query)).partners()]


def counts(query="", question="sector"):
    found = {one.name: one for one in PartnerFinder(QueryDict(query)).questions}.get(question)
    return {choice.value: choice.count for choice in found.choices} if found else {}


@pytest.fixture
def five():
    abbey, darley = make.ward(slug="abbey", name="Abbey"), make.ward(slug="darley", name="Darley")
    equity, skills = make.theme(slug="equity", order=2), make.theme(slug="skills", order=1)
    school = make.partner(name="School", sector="education")
    school.wards.add(abbey, darley)
    charity = make.partner(name="Charity", sector="third", is_citywide=True)
    charity.wards.add(abbey)
    make.partner(name="Council", sector="public", is_citywide=True)
    make.partner(name="Old College", sector="education", ended="2018")
    firm = make.partner(name="Firm", sector="private")
    make.programme(lead=school, themes=[equity, skills])
    make.programme(lead=school, themes=[equity])
    make.programme(lead=firm, themes=[skills])
    make.programme(lead=make.partner(name="Hidden", status="draft", sector="media"), themes=[equity])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Charity", "Council", "Firm", "Old College", "School"]),
        ("sector=education", ["Old College", "School"]),
        ("sector=education&sector=third", ["Charity", "Old College", "School"]),
        ("sector=education&state=active", ["School"]),
        ("sector=education&state=ended", ["Old College"]),
        ("state=ended&state=active", ["Charity", "Council", "Firm", "Old College", "School"]),
        ("about=equity", ["School"]),
        ("about=equity&about=skills", ["Firm", "School"]),
        ("where=abbey", ["Charity", "School"]),
        ("where=whole-city", ["Charity", "Council"]),
        ("where=darley&where=whole-city", ["Charity", "Council", "School"]),
        ("where=abbey&sector=public", []),
        ("sector=media", []),
        ("sector=nowhere&state=gone", ["Charity", "Council", "Firm", "Old College", "School"]),
    ],
)
def test_partners_are_found_by_what_they_are(five, query, found):
    assert names(query) == found


def test_each_choice_says_how_many_it_would_show(five):
    assert counts() == {"public": 1, "private": 1, "third": 1, "education": 2}
    assert counts("where=abbey") == {"third": 1, "education": 1}
    assert counts("where=abbey", "where") == {"whole-city": 2, "abbey": 2, "darley": 1}
    assert counts("", "about") == {"skills": 2, "equity": 1}
    assert counts("", "state") == {"active": 4, "ended": 1}


def test_a_ward_where_nobody_works_is_no_answer(five):
    make.ward(slug="empty")

    assert "empty" not in counts("", "where")
    assert len(names("where=empty")) == 5


def test_a_partner_is_counted_once_however_many_programmes_share_a_theme(five):
    assert counts("", "about")["equity"] == 1


@pytest.mark.parametrize("hidden", [{"status": "draft"}, {"publish_at": "2999-01-01T00:00Z"}])
def test_a_hidden_programme_is_no_reason_to_find_its_partner(five, hidden):
    make.programme(lead=make.partner(name="Quiet"), themes=[make.theme(slug="quiet")], **hidden)

    assert "quiet" not in counts("", "about")
    assert names("about=quiet") == []


def test_a_line_needs_no_more_questions_to_the_database(five, django_assert_num_queries):
    with django_assert_num_queries(2):
        for partner in PartnerFinder(QueryDict("")).partners():
            assert partner.initials
            assert partner.ended_words is not None
            assert partner.get_absolute_url()


def test_sixty_partners_are_on_a_page():
    make.many_partners(130)

    assert [len(names(f"page={page}")) for page in (1, 2, 3)] == [60, 60, 10]
    assert len({name for page in (1, 2, 3) for name in names(f"page={page}")}) == 130


questions = st.sampled_from([*PartnerFinder.legends, "page", "q", ""])
answers = st.sampled_from(["education", "whole-city", "ended", "%00", "%ff", "%27", "2", "-1", "<b>"]) | st.text(
    max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.builds("{}={}".format, questions, answers), max_size=5).map("&".join))
def test_no_query_breaks_the_page(client, five, query):
    """The five are made once; every example asks about the same."""
    answer = client.get(
        f"/partners/?{query}" if query.isascii() else "/partners/", {} if query.isascii() else {"q": query}
    )

    assert answer.status_code == 200

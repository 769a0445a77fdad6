"""The checks beside a form: shown as saved, shown as typed, and nothing saved by looking."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import GoodPractice, Programme
from tests import make
from tests.programmes.test_admin import address, as_form

VAGUE = '<p>Read all about the walk <a href="https://example.org/">here</a>.</p>'


@pytest.fixture
def programme(db):
    return make.programme(body=VAGUE, running="3-finished")


def findings(response):
    assert response.status_code == 200
    return [(finding.level, finding.field) for finding in response.context["findings"]]


def test_what_is_saved_is_checked_when_the_form_opens(browse, programme):
    response = browse("editor").get(address(programme))

    assert findings(response) == [("advice", "body")]
    assert '<a href="#id_body">What it is</a>' in response.content.decode()


def test_what_is_typed_is_checked_and_not_saved(browse, programme):
    typed = as_form(programme, title="Typed", body="<p>Words.</p>", summary="THIS IS IN CAPITALS", _check="1")

    response = browse("editor").post(address(programme), typed)

    programme.refresh_from_db()
    assert findings(response) == [("advice", "summary"), ("advice", "summary")]
    assert programme.title != "Typed"
    assert programme.body == VAGUE
    assert 'value="Typed"' in response.content.decode()
    assert response.context["errors"] == []


def test_a_new_thing_can_be_checked_before_it_is_saved(browse):
    editor = browse("editor")
    typed = as_form(make.programme(), title="New", slug="new", body=VAGUE, seen_at="", _check="1")

    opened = editor.get("/admin/programmes/programme/add/")
    response = editor.post("/admin/programmes/programme/add/", typed)

    assert opened.context["findings"] is None
    assert findings(response) == [("advice", "body")]
    assert not Programme.objects.filter(slug="new").exists()


def test_what_is_wrong_with_the_form_is_said_beside_the_checks(browse, programme):
    response = browse("editor").post(address(programme), as_form(programme, title="", _check="1"))

    assert "title" in response.context["adminform"].form.errors
    assert findings(response) == [("advice", "body")]


def test_after_a_failed_save_the_checks_are_of_what_was_typed(browse, programme):
    response = browse("editor").post(
        address(programme),
        as_form(programme, title="", body="<p><strong>Then</strong></p><p>How it all went, and why.</p>"),
    )

    assert findings(response) == [("advice", "body")]


def test_what_a_publication_needs_is_told_first(browse):
    programme = make.programme(status="draft", summary="SHOUTED AND NOT SAID", running="3-finished")

    response = browse("editor").get(address(programme))

    assert findings(response)[0] == ("stop", "body")
    assert "<strong>Needed.</strong>" in response.content.decode()


def test_rows_are_checked_too(browse, programme):
    GoodPractice.objects.create(programme=programme, problem=VAGUE, approach="b", evidence="c", lessons="d")

    response = browse("editor").get(address(programme))

    assert ("advice", "problem") in findings(response)
    assert '<a href="#id_good_practice-0-problem">Good practice: the problem</a>' in response.content.decode()


@pytest.mark.parametrize("goes", [False, True])
def test_a_row_is_checked_as_typed_unless_it_is_to_go(browse, programme, goes):
    row = GoodPractice.objects.create(programme=programme, problem=VAGUE, approach="b", evidence="c", lessons="d")
    sent = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": row.pk, "0-programme": programme.pk, "0-problem": VAGUE}
    sent |= {"0-DELETE": "on"} if goes else {}
    typed = as_form(programme, _check="1") | {f"good_practice-{name}": value for name, value in sent.items()}

    response = browse("administrator").post(address(programme), typed)

    assert (("advice", "problem") in findings(response)) == (not goes)


def test_links_that_lead_nowhere_are_found_in_few_questions(browse):
    live, gone = make.programme(), make.programme(status="draft")
    links = [f'<p><a href="{thing.get_absolute_url()}">{thing}</a></p>' for thing in (live, gone)]
    plain, linked = make.programme(body="<p>Words.</p>"), make.programme(body="".join(links * 20))
    editor = browse("editor")
    counts = []
    for programme in (plain, linked):
        editor.get(address(programme))
        with CaptureQueriesContext(connection) as asked:
            response = editor.get(address(programme))
        counts.append(len(asked))

    [finding] = response.context["findings"]
    assert finding.details == (f"{gone}: {gone.get_absolute_url()}",)
    assert counts[1] <= counts[0] + 4
    assert counts[1] <= 20


@pytest.mark.parametrize("who", ["moderator"])
def test_who_may_only_read_is_shown_no_checks(browse, programme, who):
    client = browse(who)

    assert client.get(address(programme)).context["findings"] is None
    assert 'name="_check"' not in client.get(address(programme)).content.decode()
    assert client.post(address(programme), as_form(programme, _check="1")).status_code == 403


@pytest.mark.parametrize(("who", "said"), [("anyone", "Please sign in again"), ("stranger", "You may not do this")])
def test_who_is_no_staff_gets_nothing_checked(browse, programme, who, said):
    response = browse(who).post(address(programme), as_form(programme, _check="1"))

    assert response.status_code == 403  # what was typed is given back
    assert said in response.content.decode()

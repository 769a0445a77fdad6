"""Two people at one page."""

import datetime

import pytest
from django.db import connection

from cms.revisions.models import Editing
from programmes.models import Step
from tests import make
from tests.programmes.test_admin import address, as_form


@pytest.fixture
def programme(cast):
    return make.programme(
        owner=cast.editor,
        review_on=datetime.date(2030, 1, 1),
        title="Reading",
        body="<p>Children read.</p>",
        running="3-finished",
        summary="Old words.",
        audience="All",
    )


def opened(client, thing, **changes):
    """What somebody sends who opened the form now, and typed this."""
    form = client.get(address(thing)).context["adminform"].form
    return as_form(thing, **changes) | {"seen": form["seen"].value()}


def shown(response, name):
    return response.context["adminform"].form[name].value()


def test_whoever_saves_second_sees_both_and_loses_nothing(browse, programme):
    first = opened(browse("editor"), programme, summary="Edie’s words.", audience="Edie’s audience")
    second = opened(browse("administrator"), programme, summary="Addy’s words.", places="Addy’s place")
    browse("editor").post(address(programme), first)

    response = browse("administrator").post(address(programme), second)

    page = response.content.decode()
    programme.refresh_from_db()
    assert programme.summary == "Edie’s words."
    assert "Edie Editor saved this page" in page
    assert [(one.what, one.old, one.new) for one in response.context["conflict"]["both"]] == [
        ("Summary", "Edie’s words.", "Addy’s words.")
    ]
    assert [(one.what, one.new) for one in response.context["conflict"]["theirs"]] == [
        ("Who it is for", "Edie’s audience")
    ]
    assert shown(response, "summary") == "Addy’s words."
    assert shown(response, "audience") == "Edie’s audience"
    assert shown(response, "places") == "Addy’s place"


def test_saving_again_saves_what_both_did(browse, programme):
    client = browse("administrator")
    second = opened(client, programme, places="Addy’s place")
    browse("editor").post(address(programme), opened(browse("editor"), programme, summary="Edie’s words."))
    form = client.post(address(programme), second).context["adminform"].form

    again = second | {name: form[name].value() for name in ("summary", "places", "seen", "seen_at")}
    response = client.post(address(programme), again)

    programme.refresh_from_db()
    assert response.status_code == 302
    assert (programme.summary, programme.places) == ("Edie’s words.", "Addy’s place")


def test_rows_of_both_are_in_the_form(browse, programme):
    kept = Step.objects.create(programme=programme, when="2019", what="It began")
    client = browse("administrator")
    mine = opened(client, programme) | {
        "steps-TOTAL_FORMS": 2, "steps-INITIAL_FORMS": 1,
        "steps-0-id": kept.pk, "steps-0-programme": programme.pk,
        "steps-0-when": "2019", "steps-0-what": "It began", "steps-0-order": 0,
        "steps-1-when": "2021", "steps-1-what": "My step", "steps-1-order": 2,
    }  # fmt: skip
    theirs = opened(browse("editor"), programme) | {
        "steps-TOTAL_FORMS": 2, "steps-INITIAL_FORMS": 1,
        "steps-0-id": kept.pk, "steps-0-programme": programme.pk,
        "steps-0-when": "2019", "steps-0-what": "It began well", "steps-0-order": 0,
        "steps-1-when": "2020", "steps-1-what": "Their step", "steps-1-order": 1,
    }  # fmt: skip
    browse("editor").post(address(programme), theirs)

    response = client.post(address(programme), mine)

    formsets = {rows.formset.prefix: rows.formset for rows in response.context["inline_admin_formsets"]}
    assert [row["what"].value() for row in formsets["steps"].forms] == ["It began well", "Their step", "My step"]
    assert programme.steps.count() == 2


def test_what_is_wrong_besides_stays_and_is_said_when_it_is_saved(browse, programme):
    second = opened(browse("administrator"), programme, title="", age_from="abc", places="Addy’s place")
    browse("editor").post(address(programme), opened(browse("editor"), programme, summary="Edie’s words."))

    response = browse("administrator").post(address(programme), second)

    assert shown(response, "age_from") == "abc"
    assert shown(response, "places") == "Addy’s place"
    seen = {name: shown(response, name) for name in ("seen", "seen_at")}
    again = browse("administrator").post(address(programme), second | seen)
    assert {"title", "age_from"} <= set(again.context["adminform"].form.errors)


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"fields": 1, "rows": {}}'])
def test_without_a_memory_of_the_page_all_that_differs_is_shown(browse, programme, seen):
    second = opened(browse("administrator"), programme, places="Addy’s place") | {"seen": seen}
    browse("editor").post(address(programme), opened(browse("editor"), programme, summary="Edie’s words."))

    response = browse("administrator").post(address(programme), second)

    assert {one.what for one in response.context["conflict"]["both"]} >= {"Summary", "Where"}
    assert shown(response, "places") == "Addy’s place"


def test_who_opens_a_page_that_a_colleague_has_open_is_told(browse, programme):
    browse("editor").get(address(programme))

    page = browse("administrator").get(address(programme)).content.decode()

    assert "Edie Editor has this page open too" in page
    assert "Addy Administrator has" not in page


def test_who_has_saved_has_it_open_no_more(browse, programme):
    client = browse("editor")
    client.post(address(programme), opened(client, programme, summary="Edie’s words."))

    assert not Editing.objects.filter(person__email="editor@example.org").exists()


def test_a_form_that_only_shows_is_no_editing(browse, programme):
    browse("moderator").get(address(programme))

    assert not Editing.objects.exists()


def test_an_open_form_gives_signs_of_life_and_hears_of_others(browse, programme):
    browse("administrator").get(address(programme))

    answer = browse("editor").post(address(programme, "presence")).json()

    assert len(answer["others"]) == 1
    assert "Addy Administrator" in answer["others"][0]


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302), ("moderator", 404), ("editor", 200)])
def test_who_may_give_signs_of_life(browse, programme, who, status):
    assert browse(who).post(address(programme, "presence")).status_code == status


def test_looking_is_no_sign_of_life(browse, programme):
    assert browse("editor").get(address(programme, "presence")).status_code == 405


def test_an_old_sign_is_forgotten(browse, cast, programme):
    browse("editor").get(address(programme))

    with connection.cursor() as cursor:
        cursor.execute("UPDATE cms_editing SET seen_at = seen_at - interval '11 minutes'")

    assert "has this page open too" not in browse("administrator").get(address(programme)).content.decode()


def test_to_whom_a_page_is_given_survives_a_conflict(browse, programme):
    person = make.staff("Writer", is_limited=True)
    programme.given_to.add(person)
    client = browse("administrator")
    mine = opened(client, programme, places="Addy’s place", given_to=[person.pk])
    browse("editor").post(address(programme), opened(browse("editor"), programme, summary="Edie’s words."))

    response = client.post(address(programme), mine)

    assert [str(key) for key in shown(response, "given_to")] == [str(person.pk)]


def test_two_people_at_something_that_is_no_page_are_told_too(browse):
    source = make.source(note="Old")
    there = f"/admin/city/source/{source.pk}/change/"
    seen, hers = (browse(who).get(there).context["seen_mark"] for who in ("administrator", "editor"))
    sent = {"key": source.key, "title": source.title, "publisher": source.publisher, "address": source.address}
    browse("editor").post(there, sent | {"note": "Edie’s long note", "_seen": hers})

    response = browse("administrator").post(there, sent | {"note": "Addy’s note", "_seen": seen})

    source.refresh_from_db()
    page = response.content.decode()
    assert source.note == "Edie’s long note"
    assert "Somebody else saved this while you had it open" in page
    assert "Addy’s note" in page
    browse("administrator").post(there, sent | {"note": "Addy’s note", "_seen": response.context["seen_mark"]})
    source.refresh_from_db()
    assert source.note == "Addy’s note"

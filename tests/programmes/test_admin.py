import datetime
import re
import threading

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing.models import MovedAddress
from programmes.models import Funding, GoodPractice, Period, Programme, Step
from tests import make

ROWS = ("pictures", "involvements", "steps", "periods", "figures", "funding", "good_practice")


def address(programme, view="change"):
    return f"/admin/programmes/programme/{programme.pk}/{view}/"


def as_form(programme, **changes):
    """What the form of a programme sends, with these changes. Rows are left out, which leaves them as they are."""
    sent = {}
    for field in Programme._meta.get_fields():
        if field.auto_created or not field.editable or field.name == "partners":
            continue
        value = field.value_from_object(programme)
        if field.many_to_many:
            sent[field.name] = [thing.pk for thing in value]
        elif value is not None:
            sent[field.name] = value
    for name in ROWS:
        sent |= {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}
    return sent | {"seen_at": programme.modified_at.isoformat()} | changes


def test_two_who_save_the_same_title_in_the_same_moment_hear_it_at_the_field(transactional_db, monkeypatch):
    """The other one is saved, from a connection of its own, after this form has looked and before it saves."""
    client, model_admin = make.signed_in(make.staff("Editor")), admin.site.get_model_admin(Programme)
    sent = as_form(Programme(modified_at=timezone.now()), title="The same", slug="the-same", summary="Words.")
    sent |= {"audience": "Everyone", "running": "1-running"}
    save, others = model_admin.save_model, iter([{"title": "The same", "slug": "other"}])

    def save_model(*args):
        for other in others:
            in_between = threading.Thread(target=lambda other=other: (make.programme(**other), connection.close()))
            in_between.start()
            in_between.join()
        save(*args)

    monkeypatch.setattr(model_admin, "save_model", save_model)

    response = client.post("/admin/programmes/programme/add/", sent)

    assert "title" in errors_of(response)
    assert "the-same" in response.text
    assert Programme.objects.count() == 1


def test_a_double_click_makes_one_programme(browse):
    client = browse("editor")
    page = client.get("/admin/programmes/programme/add/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    sent = as_form(Programme(modified_at=timezone.now()), title="New", slug="new", summary="Words.")
    sent |= {"audience": "Everyone", "running": "1-running", "csrfmiddlewaretoken": token}

    answers = [client.post("/admin/programmes/programme/add/", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Programme.objects.count() == 1


def errors_of(response):
    assert response.status_code == 200
    form = response.context["adminform"].form
    return form.errors


@pytest.fixture
def programme(db):
    return make.programme(body="<p>What it is.</p>", running="3-finished")


def fill(programme, count):
    for _ in range(count):
        source, partner = make.source(), make.partner()
        Step.objects.create(programme=programme, when="2019", what="Began", source=source)
        Period.objects.create(programme=programme, label="2019/20")
        Funding.objects.create(programme=programme, amount=5, what="Everything", funder=partner, source=source)
        make.figure(programme=programme, source=source)
        make.involvement(programme=programme, partner=partner)
        make.programme_picture(programme=programme, image=make.image())
        programme.sources.add(source)
    for field, build in (("themes", make.theme), ("wards", make.ward), ("led_to", make.programme)):
        getattr(programme, field).set([build() for _ in range(count)])


@pytest.mark.parametrize("who", ["editor", "moderator"])
def test_a_form_costs_the_same_with_one_row_of_each_and_with_thirty(browse, programme, who):
    client = browse(who)
    counts = []
    GoodPractice.objects.create(
        programme=programme, problem="a", approach="b", evidence="c", lessons="d", source=make.source()
    )
    for rows in (1, 30):
        fill(programme, rows)
        client.get(address(programme))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address(programme)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def test_a_new_web_name_keeps_the_old_address_alive(browse, client, programme):
    old = programme.get_absolute_url()

    browse("editor").post(address(programme), as_form(programme, slug="new-name"))

    response = client.get(old)
    assert (response.status_code, response.url) == (301, "/programmes/new-name/")


def test_a_web_name_that_comes_back_leads_to_itself(browse, client, programme):
    old = programme.slug
    for slug in ("new-name", old):
        programme.refresh_from_db()
        browse("editor").post(address(programme), as_form(programme, slug=slug))

    assert client.get(f"/programmes/{old}/").status_code == 200
    assert client.get("/programmes/new-name/").url == f"/programmes/{old}/"
    assert MovedAddress.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 5000}, "title"),
        ({"slug": "not a slug!"}, "slug"),
        ({"slug": "../../admin"}, "slug"),
        ({"summary": ""}, "summary"),
        ({"body": ""}, "body"),
        ({"started": "2018-13"}, "started"),
        ({"started": "2018-02-30"}, "started"),
        ({"started": "last year"}, "started"),
        ({"started": "2019", "ended": "2018"}, "__all__"),
        ({"age_from": "-1"}, "age_from"),
        ({"age_from": "99999"}, "age_from"),
        ({"age_from": "twelve"}, "age_from"),
        ({"age_from": "12", "age_to": "5"}, "__all__"),
        ({"running": "maybe"}, "running"),
        ({"running": "1-running", "running_note": ""}, "running_note"),
        ({"flagship": "99999999999999999999"}, "flagship"),
        ({"themes": ["abc"]}, "themes"),
        ({"themes": ["999999"]}, "themes"),
        ({"sources": ["abc"]}, "sources"),
        ({"sources": ["\0"]}, "sources"),
        ({"sources": ["99999999999999999999"]}, "sources"),
        ({"instead": "abc"}, "instead"),
        ({"instead": "999999"}, "instead"),
        ({"owner": "abc"}, "owner"),
        ({"owner": "999999"}, "owner"),
        ({"status": "public"}, "status"),
        ({"publish_at": "tomorrow"}, "publish_at"),
        ({"publish_at": "2027-03-28T01:30"}, "publish_at"),  # the clocks go forward: there is no such time
        ({"publish_at": "2026-05-02T10:00", "unpublish_at": "2026-05-01T10:00"}, "__all__"),
        ({"review_on": "2026-02-30"}, "review_on"),
        ({"change_reason": "x" * 5000}, "change_reason"),
    ],
)
def test_wrong_input_is_an_error_of_its_field(browse, programme, changes, field):
    response = browse("editor").post(address(programme), as_form(programme, **changes))

    assert field in errors_of(response)
    programme.refresh_from_db()
    assert programme.title != changes.get("title", "")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"value": "1" * 30, "unit": "people", "what": "people"}, "value"),
        ({"value": "NaN", "unit": "people", "what": "people"}, "value"),
        ({"value": "1e999", "unit": "people", "what": "people"}, "value"),
        ({"value": "1.234", "unit": "people", "what": "people"}, "value"),
        ({"value": "5", "unit": "", "what": "people"}, "unit"),
        ({"value": "5", "unit": "people", "what": "people", "order": "70000"}, "order"),
        ({"value": "5", "unit": "people", "what": "people", "source": "abc"}, "source"),
    ],
)
def test_wrong_input_in_a_row_is_an_error_of_that_row(browse, programme, row, field):
    sent = as_form(programme) | {"figures-TOTAL_FORMS": 1} | {f"figures-0-{name}": value for name, value in row.items()}

    response = browse("editor").post(address(programme), sent)

    assert response.status_code == 200
    assert any(
        field in form.errors for formset in response.context["inline_admin_formsets"] for form in formset.formset.forms
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"figures-TOTAL_FORMS": "abc"},
        {"figures-TOTAL_FORMS": "99999999"},
        {"figures-INITIAL_FORMS": "5", "figures-TOTAL_FORMS": "5"},
        {"figures-INITIAL_FORMS": "1", "figures-TOTAL_FORMS": "1", "figures-0-id": "999999"},
        {"figures-INITIAL_FORMS": "1", "figures-TOTAL_FORMS": "1", "figures-0-id": "abc"},
    ],
)
def test_a_spoiled_form_is_never_our_error(browse, programme, changes):
    response = browse("editor").post(address(programme), as_form(programme) | changes)

    assert response.status_code in (200, 302, 400)


def test_a_row_is_added_with_the_name_of_who_did_it(browse, cast, programme):
    row = {"steps-TOTAL_FORMS": 1, "steps-0-when": "2019", "steps-0-what": "It began", "steps-0-order": 1}

    browse("editor").post(address(programme), as_form(programme) | row)

    assert Step.history.get().history_user == cast.editor


@pytest.mark.parametrize("field", ["instead", "led_to"])
def test_a_programme_does_not_lead_to_itself(browse, programme, field):
    response = browse("editor").post(address(programme), as_form(programme, **{field: programme.pk}))

    assert field in errors_of(response)


def test_times_are_those_of_derby(browse, programme):
    browse("editor").post(address(programme), as_form(programme, publish_at="2026-07-01T09:00"))

    programme.refresh_from_db()
    assert programme.publish_at.isoformat() == "2026-07-01T08:00:00+00:00"


def test_the_time_in_the_form_is_that_of_derby(browse, programme):
    programme.publish_at = datetime.datetime(2026, 7, 1, 8, 0, tzinfo=datetime.UTC)
    programme.save()

    page = browse("editor").get(address(programme)).content.decode()

    assert 'value="2026-07-01T09:00"' in page
    assert page.count('name="publish_at"') == 1


def test_first_publication_sets_a_day_to_check_again(browse):
    draft = make.programme(status="draft", body="<p>What it is.</p>", running="3-finished")

    browse("editor").post(address(draft), as_form(draft, status="published"))

    draft.refresh_from_db()
    assert draft.review_on == timezone.localdate().replace(year=timezone.localdate().year + 1)


def test_rich_text_loses_what_is_not_allowed(browse, programme):
    body = '<p onclick="x()">Text <script>alert(1)</script><a href="javascript:x()">link</a></p>'

    browse("editor").post(address(programme), as_form(programme, body=body))

    programme.refresh_from_db()
    assert programme.body == "<p>Text link</p>"


def test_a_draft_is_previewed_as_its_page_will_be(browse):
    draft = make.programme(title="Not yet", status="draft")

    response = browse("moderator").get(address(draft, "preview/page"))

    page = response.content.decode()
    assert "<h1>Not yet</h1>" in page
    assert "This page is not public as it is here" in page
    assert "no-store" in response.headers["Cache-Control"]
    assert "script-src" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("who", ["anyone", "stranger"])
def test_strangers_see_no_preview(browse, who):
    draft = make.programme(title="Not yet", status="draft")

    response = browse(who).get(address(draft, "preview"))

    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_staff_without_the_right_to_see_programmes_see_no_preview(client, db):
    draft = make.programme(status="draft")
    client.force_login(make.staff())

    assert client.get(address(draft, "preview")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "link"),
    [({}, "View on site"), ({"status": "draft"}, "Preview"), ({"publish_at": "2999-01-01T00:00Z"}, "Preview")],
)
def test_the_form_leads_to_the_page_or_to_its_preview(browse, fields, link):
    programme = make.programme(**fields)

    page = browse("editor").get(address(programme)).content.decode()

    assert link in page
    assert ("View on site" in page) != ("Preview</a>" in page)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "Public now"),
        ({"status": "draft"}, "Draft"),
        ({"publish_at": "2999-01-01T12:00Z"}, "Scheduled for 1 January 2999, 12:00"),
        ({"unpublish_at": "2999-07-01T12:00Z"}, "Public until 1 July 2999, 13:00"),
        ({"unpublish_at": "2001-01-01T12:00Z"}, "Taken down"),
    ],
)
def test_the_list_says_what_the_public_has(browse, fields, state):
    make.programme(**fields)

    assert f">{state}</span>" in browse("editor").get("/admin/programmes/programme/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", {"Draft one"}),
        ("state=public", {"Old one", "Public one"}),
        ("review=due", {"Old one"}),
        ("review=never", {"Draft one", "Public one"}),
        ("kept_by=nobody", {"Draft one", "Old one"}),
        ("kept_by=me", {"Public one"}),
        ("running__exact=2-unconfirmed", {"Old one"}),
        ("q=old", {"Old one"}),
    ],
)
def test_the_list_is_narrowed(browse, cast, query, found):
    make.programme(title="Draft one", status="draft")
    make.programme(title="Public one", owner=cast.editor)
    make.programme(title="Old one", review_on="2001-01-01", running="2-unconfirmed")

    response = browse("editor").get(f"/admin/programmes/programme/?{query}")

    assert {programme.title for programme in response.context["cl"].result_list} == found

import datetime

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.backoffice.publishable import bulk_actions
from cms.lib.dates import in_months
from programmes.models import Programme
from tests import make
from tests.cms.lib.test_xlsx import sheet_of
from tests.programmes.test_admin import fill

LIST = "/admin/programmes/programme/"
FIT = {"body": "<p>What it is.</p>", "running": "3-finished"}


def do(client, name, things, **values):
    sent = {"action": name, "index": 0, "confirmed": 1, "_selected_action": [thing.pk for thing in things]}
    return client.post(values.pop("path", LIST), sent | values)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def stored(thing):
    return type(thing).objects.get(pk=thing.pk)


def actions_offered(client, path=LIST):
    form = client.get(path).context["action_form"]
    return [name for name, _ in form.fields["action"].choices if name] if form else []


ALL = ["publish", "take_down", "set_owner", "set_review_day", "confirm", "add_themes", "export"]


@pytest.mark.parametrize(
    ("who", "offered"),
    [("moderator", ["export"]), ("editor", ALL), ("administrator", [*ALL, "delete_selected"])],
)
def test_each_is_offered_what_they_may_do(browse, who, offered):
    make.programme()

    assert sorted(actions_offered(browse(who))) == sorted(offered)


def test_writers_are_not_offered_to_publish(client, db):
    make.programme()
    client.force_login(make.staff("Writer"))

    assert not {"publish", "take_down", "delete_selected"} & set(actions_offered(client))


def test_themes_are_added_only_where_things_have_themes(browse):
    make.partner()

    assert "add_themes" not in actions_offered(browse("editor"), "/admin/partners/partner/")


@pytest.mark.parametrize("name", ["publish", "take_down", "set_owner", "confirm", "add_themes"])
def test_what_is_not_offered_is_not_done(browse, name):
    draft = make.programme(status="draft", **FIT)

    do(browse("moderator"), name, [draft], owner=make.staff().pk, themes=[make.theme().pk])

    assert stored(draft).modified_at == draft.modified_at


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_done_before_it_is_confirmed(browse, name):
    draft = make.programme(title="Reading", status="draft", **FIT)
    sent = {"action": name, "index": 0, "_selected_action": [draft.pk]}

    response = browse("editor").post(LIST, sent)

    page = response.content.decode()
    assert response.status_code == 200
    assert "Reading" in page
    assert f'name="_selected_action" value="{draft.pk}"' in page
    assert stored(draft).modified_at == draft.modified_at
    assert not AuditEvent.objects.exists()


def test_some_are_published_and_each_other_is_told_with_its_reason(browse, cast):
    fit = [make.programme(status="draft", **FIT) for _ in range(2)]
    unfit = make.programme(title="Half written", status="draft", running="3-finished")
    public = make.programme(title="There already", **FIT)

    response = do(browse("editor"), "publish", [*fit, unfit, public])

    done, refused = told(response)
    assert done == "2 published."
    assert refused.startswith("2 could not be:")
    assert (
        f'<a href="{LIST}{unfit.pk}/change/">Half written</a>: What it is: Fill this in before you publish.' in refused
    )
    assert f'<a href="{LIST}{public.pk}/change/">There already</a>: It is so already.' in refused
    assert [stored(thing).status for thing in (*fit, unfit)] == ["published", "published", "draft"]
    assert [(one.action, one.by) for one in AuditEvent.objects.all()] == [("published", cast.editor)] * 2


def test_what_is_published_with_others_gets_an_owner_a_day_and_a_history(browse, cast):
    draft = make.programme(status="draft", **FIT)

    do(browse("editor"), "publish", [draft])

    thing = stored(draft)
    assert (thing.owner, thing.review_on) == (cast.editor, in_months(12))
    assert thing.history.first().history_user == cast.editor
    assert thing.history.first().history_change_reason == "With others: publish"


@pytest.mark.parametrize(
    "fields", [{"publish_at": "2099-01-01T00:00Z"}, {"unpublish_at": "2001-01-01T00:00Z"}, {"status": "draft"}]
)
def test_whatever_is_published_is_public_at_once(browse, fields):
    thing = make.programme(**FIT | fields)

    do(browse("editor"), "publish", [thing])

    assert Programme.objects.published().filter(pk=thing.pk).exists()


def test_things_are_taken_down(browse, client):
    thing = make.programme(**FIT)

    response = do(browse("editor"), "take_down", [thing])

    assert told(response) == ["1 taken down."]
    assert client.get(thing.get_absolute_url()).status_code == 404
    assert AuditEvent.objects.get().action == "taken_down"


def test_a_page_the_law_asks_for_stays_up(browse):
    page = make.page(title="Privacy", slug="privacy")

    response = do(browse("editor"), "take_down", [page], path="/admin/city/page/")

    assert "leave it published" in told(response)[0]
    assert stored(page).status == "published"


def test_an_owner_is_set(browse, cast):
    thing = make.programme(**FIT)

    do(browse("editor"), "set_owner", [thing], owner=cast.administrator.pk)

    assert stored(thing).owner == cast.administrator


def test_a_day_to_check_again_is_set(browse):
    thing, day = make.programme(**FIT), timezone.localdate() + datetime.timedelta(days=40)

    do(browse("editor"), "set_review_day", [thing], review_on=day)

    assert stored(thing).review_on == day


def test_themes_are_added_to_those_it_has(browse):
    old, new = make.theme(), make.theme()
    thing = make.programme(themes=[old], **FIT)

    do(browse("editor"), "add_themes", [thing], themes=[new.pk])

    assert set(stored(thing).themes.all()) == {old, new}


def test_things_are_confirmed_as_still_right(browse, cast):
    thing = make.programme(**FIT)

    do(browse("editor"), "confirm", [thing])

    assert (stored(thing).checked_on, stored(thing).review_on) == (timezone.localdate(), in_months(12))
    assert [(one.action, one.by) for one in AuditEvent.objects.all()] == [("checked", cast.editor)]


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("set_owner", {"owner": ""}, "owner"),
        ("set_owner", {"owner": "abc"}, "owner"),
        ("set_owner", {"owner": "99999999999999999999"}, "owner"),
        ("set_review_day", {"review_on": ""}, "review_on"),
        ("set_review_day", {"review_on": "2026-02-30"}, "review_on"),
        ("set_review_day", {"review_on": "2001-01-01"}, "review_on"),
        ("set_review_day", {"review_on": "a\0b"}, "review_on"),
        ("add_themes", {"themes": []}, "themes"),
        ("add_themes", {"themes": ["abc"]}, "themes"),
        ("add_themes", {"themes": ["\0"]}, "themes"),
        ("add_themes", {"themes": ["99999999999999999999"]}, "themes"),
    ],
)
def test_wrong_input_is_an_error_of_its_field_and_changes_nothing(browse, name, values, field):
    thing = make.programme(**FIT)

    response = do(browse("editor"), name, [thing], **values)

    assert field in response.context["form"].errors
    assert stored(thing).modified_at == thing.modified_at


@pytest.mark.parametrize(
    "values",
    [
        {"done_to": "abc"},
        {"done_to": "9" * 30},
        {"done_to": "9" * 5000},
        {"index": "7"},
        {"index": "-1"},
        {"index": "9" * 5000},
        {"select_across": "x"},
        {"_selected_action": "9" * 30},
        {"_selected_action": "9" * 5000},
    ],
)
def test_a_spoiled_form_is_never_our_error(browse, values):
    assert do(browse("editor"), "publish", [make.programme(**FIT)], **values).status_code in (200, 302, 400)


def test_somebody_who_left_is_no_owner(browse):
    response = do(browse("editor"), "set_owner", [make.programme()], owner=make.staff(is_active=False).pk)

    assert "owner" in response.context["form"].errors


def test_what_is_owned_by_somebody_who_left_can_be_published(browse):
    draft = make.programme(status="draft", owner=make.staff(is_active=False), **FIT)

    do(browse("editor"), "publish", [draft])

    assert stored(draft).status == "published"


# Whose rights are limited.


@pytest.fixture
def limited(client, db):
    person = make.staff("Editor", is_limited=True)
    client.force_login(person)
    return person


def test_who_is_limited_changes_only_what_they_were_given(client, limited):
    given, other = make.programme(**FIT), make.programme(title="Not theirs", **FIT)
    hidden = make.programme(status="draft", **FIT)
    given.given_to.add(limited)

    response = do(client, "take_down", [given, other, hidden])

    assert told(response)[0] == "1 taken down."
    assert f"Not theirs</a>: {bulk_actions.NOT_YOURS}" in told(response)[1]
    assert hidden.title not in told(response)[1]
    assert [stored(thing).status for thing in (given, other)] == ["draft", "published"]


def test_what_somebody_was_given_stays_given(browse, limited):
    thing = make.programme(status="draft", **FIT)
    thing.given_to.add(limited)

    do(browse("administrator"), "publish", [thing])

    assert list(stored(thing).given_to.all()) == [limited]


def test_a_writer_does_not_change_what_the_public_reads(client, db):
    client.force_login(make.staff("Writer"))
    live, draft, theme = make.programme(**FIT), make.programme(status="draft", **FIT), make.theme()

    do(client, "add_themes", [live, draft], themes=[theme.pk])

    assert list(stored(live).themes.all()) == []
    assert list(stored(draft).themes.all()) == [theme]


# Many of them.


def test_all_of_a_list_are_chosen_without_a_script(browse):
    things = [make.programme(status="draft", **FIT) for _ in range(3)]
    other = make.programme(**FIT)
    editor, path = browse("editor"), f"{LIST}?state=draft"

    page = editor.post(path, {"action": "publish", "index": 0, "_selected_action": [things[0].pk]}).content.decode()
    do(editor, "publish", things[:1], select_across=1, path=path)

    assert "All 3 of the list" in page
    assert [stored(thing).status for thing in things] == ["published"] * 3
    assert stored(other).modified_at == other.modified_at


def test_a_long_list_is_worked_off_a_batch_at_a_time(browse, monkeypatch):
    monkeypatch.setattr(bulk_actions, "BATCH", 2)
    things = [make.programme(status="draft", **FIT) for _ in range(5)]
    editor = browse("editor")

    response = do(editor, "publish", things[:1], select_across=1, path=f"{LIST}?state=draft")
    assert response.context["left"] == 3
    assert "2 published." in response.content.decode()
    while response.status_code == 200:
        done_to = response.context["done_to"]
        response = do(editor, "publish", things[:1], select_across=1, done_to=done_to, path=f"{LIST}?state=draft")

    assert {stored(thing).status for thing in things} == {"published"}


def test_asking_about_ten_thousand_costs_the_same_as_about_ten(browse):
    editor, counts = browse("editor"), []
    for number in (10, 300):
        things = make.many_programmes(number)
        sent = {"action": "publish", "index": 0, "_selected_action": [things[0].pk], "select_across": 1}
        with CaptureQueriesContext(connection) as asked:
            assert editor.post(LIST, sent).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def test_a_question_about_things_with_rows_costs_little(browse, cast):
    thing = make.programme(owner=cast.editor, **FIT)
    fill(thing, 5)
    for name in ALL[:-1]:
        sent = {"action": name, "index": 0, "_selected_action": [thing.pk]}
        editor = browse("editor")
        with CaptureQueriesContext(connection) as asked:
            assert editor.post(LIST, sent).status_code == 200
        assert len(asked) <= 20


def test_what_a_colleague_saved_meanwhile_stays(browse, cast, monkeypatch):
    """While the first of the batch is saved, a colleague saves the second."""
    old, theirs, mine = make.theme(), make.theme(), make.theme()
    first, second = (make.programme(themes=[old], **FIT) for _ in range(2))
    real = Programme.full_clean

    def full_clean(thing, *args, **kwargs):
        if thing.pk == first.pk:
            other = stored(second)
            other.summary = "A colleague's words"
            other.save()
            other.themes.add(theirs)
        return real(thing, *args, **kwargs)

    monkeypatch.setattr(Programme, "full_clean", full_clean)

    do(browse("editor"), "add_themes", [first, second], themes=[mine.pk])

    assert stored(second).summary == "A colleague's words"
    assert set(stored(second).themes.all()) == {old, theirs, mine}


def test_what_a_colleague_deleted_meanwhile_is_told(browse, monkeypatch):
    first, second = make.programme(status="draft", **FIT), make.programme(title="Gone", status="draft", **FIT)
    real = Programme.full_clean

    def full_clean(thing, *args, **kwargs):
        Programme.objects.filter(pk=second.pk).delete()
        return real(thing, *args, **kwargs)

    monkeypatch.setattr(Programme, "full_clean", full_clean)

    response = do(browse("editor"), "publish", [first, second])

    assert told(response)[0] == "1 published."
    assert f"Gone</a>: {bulk_actions.GONE}" in told(response)[1]


# A spreadsheet of them.


def test_things_are_exported_with_what_their_form_holds(browse, cast):
    theme = make.theme(title="=Fairness")
    thing = make.programme(title="=1+1", themes=[theme], owner=cast.editor, review_on="2027-05-03", **FIT)

    response = do(browse("moderator"), "export", [thing])

    titles, row = sheet_of(response)
    cells = dict(zip([title.value for title in titles], row, strict=True))
    assert (cells["Title"].value, cells["Title"].data_type) == ("=1+1", "s")
    assert (cells["Themes"].value, cells["Themes"].data_type) == ("=Fairness", "s")
    assert cells["What it is"].value == "What it is."
    assert cells["Does it run?"].value == "Finished"
    assert cells["Owner"].value == "Edie Editor"
    assert cells["Check again on"].value.isoformat() == "2027-05-03T00:00:00"
    (line,) = AuditEvent.objects.all()
    assert (line.action, line.by, line.object_words, line.new) == (
        "exported",
        cast.moderator,
        "programmes",
        {"rows": 1},
    )


def test_who_is_limited_exports_only_what_they_may_see(client, limited):
    make.programme(title="Hidden", status="draft")
    make.programme(title="Public")

    rows = sheet_of(do(client, "export", [make.programme(title="Ticked")], select_across=1))

    assert {row[1].value for row in rows} == {"Title", "Public", "Ticked"}


def test_an_export_costs_the_same_for_many(browse):
    moderator, counts = browse("moderator"), []
    for number in (5, 60):
        things = make.many_programmes(number, themes=[make.theme()])
        with CaptureQueriesContext(connection) as asked:
            sheet_of(do(moderator, "export", things[:1], select_across=1))
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("what", ["record", "programmes"])
def test_an_export_asks_who_it_is_and_then_comes(browse, what):
    client = make.long_ago(browse("administrator"))

    if what == "record":
        asked = client.post("/admin/cms/auditevent/export/")
    else:
        asked = do(client, "export", [make.programme()])
    before = AuditEvent.objects.filter(action="exported").count()
    file = client.post(asked.url, {"password": "correct horse battery"})

    assert asked.url.startswith("/account/reauthenticate/")
    assert before == 0
    assert "attachment" in file.headers["Content-Disposition"]
    file.close()

import datetime
from types import SimpleNamespace

import pytest
import time_machine

from city.models import Theme
from cms.audit.models import AuditEvent
from cms.publishing import display
from cms.revisions import history
from programmes.models import Programme, Step
from tests import make
from tests.programmes.test_admin import as_form


def told(thing, rows=()):
    return [
        (event.title, [(change.what, change.old, change.new) for change in event.changes])
        for save in history.tell(thing, rows)
        for event in save.events
    ]


@pytest.fixture
def programme(db):
    return make.programme(title="Old title", running="1-running")


def test_what_changed_is_told_in_words(programme):
    programme.title, programme.running, programme.started = "New title", "3-finished", "2018-09"
    programme.review_on = datetime.date(2027, 5, 3)
    programme.body = "<p>Hello <strong>you</strong>,</p><p>all</p>"
    programme.save()

    (made, _), (_, changes) = told(programme)

    assert made == "Made this page"
    assert set(changes) == {
        ("Title", "Old title", "New title"),
        ("Does it run?", "Running now", "Finished"),
        ("Started", "nothing", "September 2018"),
        ("Check again on", "nothing", "3 May 2027"),
        ("What it is", "nothing", "Hello you,\nall"),
    }


def test_a_save_that_changes_nothing_is_not_told(programme):
    programme.save()

    assert told(programme) == [("Made this page", [])]


def test_links_are_told_by_their_names(programme):
    theme = make.theme(title="Fairness")
    programme.themes.add(theme)
    programme.instead = make.programme(title="The next one")
    programme.save()

    changes = [change for _, found in told(programme) for change in found]

    assert ("Themes", "nothing", "Fairness") in changes
    assert ("What to join instead", "nothing", "The next one") in changes


def test_a_link_to_what_is_gone_says_so(programme):
    theme = make.theme()
    programme.themes.add(theme)
    programme.themes.remove(theme)
    Theme.objects.filter(pk=theme.pk).delete()

    changes = [change for _, found in told(programme) for change in found]

    assert ("Themes", display.GONE, "nothing") in changes


def test_rows_are_told_with_the_thing(programme):
    step = Step.objects.create(programme=programme, when="2019", what="It began")
    step.what = "It began well"
    step.save()
    step.delete()

    events = told(programme, [Step])

    assert ("Step added: 2019: It began", []) in events
    assert ("Step changed: 2019: It began well", [("What", "It began", "It began well")]) in events
    assert ("Step deleted: 2019: It began well", []) in events


def test_one_save_is_one_entry_and_the_next_another(programme):
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        programme.title = "First"
        programme.save()
        programme.themes.add(make.theme())
    with time_machine.travel("2030-01-01T12:05:00Z", tick=False):
        programme.title = "Second"
        programme.save()

    assert [len(save.events) for save in history.tell(programme)] == [1, 2, 1]


def test_telling_costs_the_same_for_many_saves(programme, django_assert_num_queries, django_assert_max_num_queries):
    def save_often(times):
        for number in range(times):
            programme.title, programme.owner = f"Title {number}", make.user()
            programme.save()
            programme.themes.set([make.theme()])
            Step.objects.create(programme=programme, when="2019", what="It began", source=make.source())

    save_often(1)
    with django_assert_max_num_queries(20) as first:
        history.tell(programme, [Step])
    save_often(10)
    with django_assert_num_queries(len(first)):
        history.tell(programme, [Step])


# What the admin shows of it.


def address(programme, *rest):
    return f"/admin/programmes/programme/{programme.pk}/history/" + "".join(f"{part}/" for part in rest)


def oldest(programme):
    return programme.history.last().pk


@pytest.fixture
def changed(programme):
    programme.title, programme.body, programme.running = "New title", "<p>New text.</p>", "3-finished"
    programme.status = "published"
    programme.save()
    return programme


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302), ("moderator", 200), ("editor", 200)])
def test_who_may_read_the_history(browse, changed, who, status):
    client = browse(who)

    assert client.get(address(changed)).status_code == status
    assert client.get(address(changed, oldest(changed))).status_code == status


def test_staff_without_the_right_to_see_programmes_do_not_read_their_history(client, changed):
    client.force_login(make.staff())

    assert client.get(address(changed)).status_code == 403
    assert client.get(address(changed, oldest(changed))).status_code == 403


@pytest.mark.parametrize("who", ["anyone", "stranger", "moderator"])
def test_who_may_not_change_cannot_bring_a_version_back(browse, changed, who):
    client = browse(who)

    assert client.post(address(changed, oldest(changed))).status_code in (302, 403)
    if who == "moderator":
        assert "Bring it back" not in client.get(address(changed, oldest(changed))).content.decode()

    changed.refresh_from_db()
    assert changed.title == "New title"


def test_an_editor_brings_a_version_back_and_its_audience_stays(browse, cast, changed):
    first = changed.history.last()
    Programme.history.filter(pk=first.pk).update(
        title="First title", body="<p>First.</p>", running="3-finished", status="draft"
    )

    response = browse("editor").post(address(changed, first.pk))

    changed.refresh_from_db()
    assert response.url == f"/admin/programmes/programme/{changed.pk}/change/"
    assert (changed.title, changed.body, changed.status) == ("First title", "<p>First.</p>", "published")
    assert changed.history.first().history_user == cast.editor
    assert changed.history.first().history_change_reason.startswith("Brought back the version of")


def test_an_old_address_that_comes_back_keeps_the_newer_one_alive(browse, client, changed):
    first = changed.history.last()
    Programme.history.filter(pk=first.pk).update(slug="first-name", body="<p>First.</p>", running="3-finished")
    newer = changed.get_absolute_url()

    browse("editor").post(address(changed, first.pk))

    assert client.get(newer).url == "/programmes/first-name/"


def test_a_version_that_no_longer_fits_is_refused_with_words(browse, changed):
    first = changed.history.last()
    Programme.history.filter(pk=first.pk).update(title=make.programme(title="Taken").title)

    page = browse("editor").post(address(changed, first.pk), follow=True).content.decode()

    changed.refresh_from_db()
    assert changed.title == "New title"
    assert "Nothing was changed" in page


def test_links_come_back_with_a_version(browse, changed):
    theme = make.theme()
    changed.themes.add(theme)
    version = changed.history.first()
    changed.themes.clear()

    browse("editor").post(address(changed, version.pk))

    assert list(changed.themes.all()) == [theme]


def test_a_version_of_another_thing_is_not_found(browse, changed):
    assert browse("editor").get(address(changed, oldest(make.programme()))).status_code == 404


def test_the_history_names_who_and_why(browse, changed):
    browse("editor").post(
        f"/admin/programmes/programme/{changed.pk}/change/",
        as_form(changed, title="Third title", change_reason="The school told us"),
    )

    page = browse("moderator").get(address(changed)).content.decode()
    for word in ("Edie Editor", "The school told us", "Third title"):
        assert word in page


# Any two versions, lists and all.


@pytest.fixture
def told_twice(programme):
    """Three versions, an hour apart, each with other steps."""
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        programme.summary, programme.body, programme.running = "First words.", "<p>A</p>", "3-finished"
        programme.save()
        kept = Step.objects.create(programme=programme, when="2018", what="It was planned")
        going = Step.objects.create(programme=programme, when="2019", what="It began")
    with time_machine.travel("2030-01-01T13:00:00Z", tick=False):
        programme.summary = "Second words."
        programme.save()
        kept.what = "It was planned well"
        kept.save()
        going.delete()
        Step.objects.create(programme=programme, when="2020", what="It went on")
    third, second, _ = programme.history.order_by("-history_date", "-history_id")[:3]
    return SimpleNamespace(programme=programme, older=second, newer=third)


@pytest.mark.parametrize("turned", [False, True])
def test_any_two_versions_are_compared_the_older_first(browse, told_twice, turned):
    one, other = (told_twice.newer, told_twice.older) if turned else (told_twice.older, told_twice.newer)

    response = browse("editor").get(address(told_twice.programme, "compare"), {"a": one.pk, "b": other.pk})

    assert [(one.what, one.note) for one in response.context["differences"]] == [
        ("Summary", ""), ("Step", ""), ("Step", "added"), ("Step", "removed"),
    ]  # fmt: skip
    assert "First" in response.content.decode().partition("<del>")[2].partition("</del>")[0]


@pytest.mark.parametrize("asked", [{}, {"a": "1"}, {"a": "abc", "b": "1"}, {"a": "9" * 30, "b": "1"}])
def test_versions_that_are_none_are_not_found(browse, told_twice, asked):
    assert browse("editor").get(address(told_twice.programme, "compare"), asked).status_code == 404


def test_a_version_of_another_thing_is_not_compared(browse, told_twice):
    other = oldest(make.programme())

    asked = {"a": told_twice.older.pk, "b": other}
    assert browse("editor").get(address(told_twice.programme, "compare"), asked).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302), ("moderator", 200), ("writer", 200)])
def test_who_may_compare(browse, told_twice, who, status):
    asked = {"a": told_twice.older.pk, "b": told_twice.newer.pk}

    assert browse(who).get(address(told_twice.programme, "compare"), asked).status_code == status


def test_staff_without_the_right_to_programmes_do_not_compare_them(client, told_twice):
    client.force_login(make.staff())

    asked = {"a": told_twice.older.pk, "b": told_twice.newer.pk}
    assert client.get(address(told_twice.programme, "compare"), asked).status_code == 403


def test_lists_come_back_with_a_version(browse, told_twice):
    programme = told_twice.programme

    shown = browse("editor").get(address(programme, told_twice.older.pk))
    browse("editor").post(address(programme, told_twice.older.pk))

    programme.refresh_from_db()
    assert len(shown.context["differences"]) == 4
    assert programme.summary == "First words."
    assert sorted(step.what for step in programme.steps.all()) == ["It began", "It was planned"]
    assert AuditEvent.objects.get(action="restored").by.name == "Edie Editor"


def test_a_writer_brings_nothing_back_to_a_public_page(browse, told_twice):
    response = browse("writer").post(address(told_twice.programme, told_twice.older.pk))

    told_twice.programme.refresh_from_db()
    assert response.status_code == 403
    assert told_twice.programme.summary == "Second words."

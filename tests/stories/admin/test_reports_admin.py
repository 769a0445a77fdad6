"""Reported concerns in the admin: what waits first, one page to decide on, and the year in numbers."""

import csv
import datetime
import io
import re

import pytest
from django.utils import timezone

from cms.outbox.models import Mail
from stories.models import Report, Story
from stories.reports import appeals, decisions
from tests import make_stories as told

pytestmark = pytest.mark.django_db

LIST = "/admin/stories/report/"


def page_of(report):
    return f"{LIST}{report.pk}/change/"


def decide_at(report):
    return f"{LIST}{report.pk}/decide/"


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def late(**fields):
    return told.report(told.story(), due_at=timezone.now() - datetime.timedelta(hours=1), **fields)


def ids_in(response):
    return [int(pk) for pk in re.findall(r"/admin/stories/report/(\d+)/change/", response.content.decode())]


# The list


def test_what_should_be_hidden_comes_first_and_then_what_is_due_first(browse):
    soon = told.report(told.story(), due_at=timezone.now() + datetime.timedelta(days=1))
    later = told.report(told.story(), due_at=timezone.now() + datetime.timedelta(days=5))
    overdue = late()
    urgent = told.report(told.story(), category="child", due_at=timezone.now() + datetime.timedelta(days=6))

    response = browse("administrator").get(LIST)

    assert ids_in(response) == [urgent.pk, overdue.pk, soon.pk, later.pk]
    assert "Late" in words(response)
    assert "Not hidden: look now" in words(response)


def test_what_is_answered_shows_when_it_is_asked_for(browse, cast):
    answered = told.report(told.story())
    decisions.decide(answered, by=cast.moderator, has_acted=False, words="No.")
    waits = told.report(told.story())
    client = browse("administrator")

    assert ids_in(client.get(LIST)) == [waits.pk]
    assert ids_in(client.get(f"{LIST}?state=answered")) == [answered.pk]
    assert ids_in(client.get(f"{LIST}?state=all")) == [waits.pk, answered.pk]


@pytest.mark.parametrize(
    ("query", "found"), [("late", "late"), ("urgent", "urgent"), ("appealed", "appealed"), ("open", "late urgent")]
)
def test_it_is_narrowed(browse, cast, query, found):
    reports = {"late": late(), "urgent": told.report(told.story(), category="child")}
    reports["appealed"] = told.report(told.story())
    decisions.decide(reports["appealed"], by=cast.moderator, has_acted=False, words="No.")
    appeals.appeal(reports["appealed"], words="But.")

    response = browse("administrator").get(f"{LIST}?state={query}")

    assert set(ids_in(response)) == {reports[name].pk for name in found.split()}


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_asks_the_same_few_questions(browse, django_assert_max_num_queries, rows):
    for _ in range(rows):
        told.report(told.story(), picture=None)
    client = browse("administrator")
    client.get(LIST)

    with django_assert_max_num_queries(12):
        assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("who", ["anyone", "author", "writer"])
def test_others_find_no_list_and_no_concern(browse, who):
    report = told.report(told.story())
    client = browse(who)

    for address in (LIST, page_of(report), f"{LIST}summary/"):
        assert client.get(address).status_code in (302, 403, 404)
    assert client.post(decide_at(report), {"outcome": "yes", "words": "x"}).status_code in (302, 403, 404)
    assert Report.objects.get().state == "open"


def test_whose_rights_are_limited_finds_nothing(browse, cast):
    report = told.report(told.story())
    cast.moderator.is_limited = True
    cast.moderator.save()
    client = browse("moderator")

    assert ids_in(client.get(LIST)) == []
    assert client.get(page_of(report)).status_code == 404
    assert client.get(f"{LIST}summary/").status_code == 403


def test_an_editor_reads_but_decides_nothing(browse):
    report, child = told.report(told.story()), told.report(told.story(), category="child")
    client = browse("editor")

    assert "You may read this, and others decide it." in words(client.get(page_of(report)))
    assert client.post(decide_at(report), {"outcome": "yes", "words": "x"}).status_code == 403
    assert client.get(page_of(child)).status_code == 404


def test_nobody_finds_a_concern_about_their_own_story(browse, cast):
    report = told.report(told.story(account=cast.administrator))
    client = browse("administrator")

    assert ids_in(client.get(LIST)) == []
    assert client.get(page_of(report)).status_code == 404
    assert client.post(decide_at(report), {"outcome": "yes", "words": "x"}).status_code == 404


# One concern


def test_the_page_says_all_but_who_reported_it(browse):
    story = told.story(title="The tram depot", full_name="Hidden Name", shown_as="none")
    report = told.report(story, words="The second line.", email="reader@example.org", hid_at_once=False)

    response = browse("moderator").get(page_of(report))

    assert "The second line." in words(response)
    assert "The tram depot" in words(response)
    assert f"/admin/stories/story/{story.pk}/change/" in response.content.decode()
    assert "They left an address" in words(response)
    assert "reader@example.org" not in response.content.decode()
    assert "Hidden Name" not in response.content.decode()


def test_what_they_write_is_shown_as_text(browse):
    report = told.report(told.story(), words="<script>alert(1)</script>")

    assert "<script>alert" not in browse("moderator").get(page_of(report)).content.decode()


def test_a_held_story_is_not_named_to_those_who_may_not_read_it(browse):
    report = told.report(told.story(status="held", title="Held words", published_at=timezone.now()))

    page = browse("moderator").get(page_of(report)).content.decode()

    assert "Held words" not in page
    assert "Only those who look after safeguarding" in page
    assert "/admin/stories/story/" not in page.replace('"/admin/stories/story/"', "")


def test_a_picture_that_is_reported_is_shown(browse):
    story = told.story()
    picture = told.picture(story, description="A wedding")
    report = told.report(story, picture=picture)

    page = browse("moderator").get(page_of(report)).content.decode()

    assert f"/admin/stories/story/files/{picture.key}/preview.jpg" in page
    assert "A wedding" in page


@pytest.mark.parametrize(("outcome", "state"), [("yes", "acted"), ("no", "kept")])
def test_it_is_decided_with_words(browse, cast, outcome, state):
    report = told.report(told.story(), email="reader@example.org")

    response = browse("moderator").post(decide_at(report), {"outcome": outcome, "words": "We have looked."})

    report.refresh_from_db()
    assert response.headers["Location"] == page_of(report)
    assert (report.state, report.outcome, report.decided_by) == (state, "We have looked.", cast.moderator)
    assert Mail.objects.filter(to="reader@example.org").exists()


def test_a_sentence_is_enough_and_can_be_put_into_the_box_first(browse):
    report = told.report(told.story())
    client = browse("moderator")
    chosen = re.search(r'name="sentences" value="(\d+)"', client.get(page_of(report)).content.decode()).group(1)

    filled = client.post(decide_at(report), {"outcome": "no", "sentences": chosen, "start": "on", "words": "Dear you,"})

    assert filled.status_code == 200
    assert Report.objects.get().state == "open"
    assert re.search(
        r"<textarea[^>]+name=\"words\"[^>]*>[^<]*We have read the story again[^<]*Dear you", filled.content.decode()
    )
    assert re.search(r'value="no"[^>]*checked', filled.content.decode())

    client.post(decide_at(report), {"outcome": "no", "sentences": chosen})
    assert Report.objects.get().outcome.startswith("We have read the story again")


def test_what_is_missing_is_said_and_what_was_typed_stays(browse):
    report = told.report(told.story())
    client = browse("moderator")

    without_outcome = client.post(decide_at(report), {"words": "These words stay."})
    without_words = client.post(decide_at(report), {"outcome": "yes"})

    assert "Choose what you decide." in words(without_outcome)
    assert "These words stay." in without_outcome.content.decode()
    assert "Tick a sentence" in words(without_words)
    assert Report.objects.get().state == "open"


def test_the_story_is_taken_down_with_it(browse):
    report = told.report(told.story())
    client = browse("moderator")

    first = client.post(decide_at(report), {"outcome": "yes", "words": "Thank you.", "also": "remove"})
    assert "Say why, in words its teller can read." in words(first)
    assert "Thank you." in first.content.decode()

    client.post(decide_at(report), {"outcome": "yes", "words": "Thank you.", "also": "remove", "to_teller": "A home."})
    assert Story.objects.get().status == "removed"


@pytest.mark.parametrize("also", ["nonsense", "publish", "lift", "show_picture"])
def test_a_step_that_is_not_open_is_refused(browse, also):
    report = told.report(told.story())

    response = browse("administrator").post(decide_at(report), {"outcome": "yes", "words": "x", "also": also})

    assert "That cannot be done any more." in words(response)
    assert Story.objects.get().status == "published"


def test_what_was_hidden_at_once_is_not_left_between(browse):
    report = told.report(
        told.story(status="held", published_at=timezone.now(), held_from="published"),
        category="child",
        hid_at_once=True,
    )

    response = browse("administrator").post(decide_at(report), {"outcome": "no", "words": "x"})

    assert "It was hidden at once, and still is." in words(response)
    assert Report.objects.get().state == "open"


def test_a_moderator_without_the_right_reads_why_they_cannot_decide(browse):
    report = told.report(told.story(), category="child")
    client = browse("moderator")

    assert "Those who look after safeguarding decide" in words(client.get(page_of(report)))
    assert client.post(decide_at(report), {"outcome": "yes", "words": "x"}).status_code == 403


def test_whoever_is_slower_reads_what_was_decided(browse, cast):
    report = told.report(told.story())
    decisions.decide(report, by=cast.administrator, has_acted=True, words="First.")

    response = browse("moderator").post(decide_at(report), {"outcome": "no", "words": "Second."}, follow=True)

    assert "Nothing was done: it was decided while you wrote." in words(response)
    assert "First." in words(response)


def test_an_appeal_is_for_somebody_else(browse, cast):
    report = told.report(told.story(), email="reader@example.org")
    decisions.decide(report, by=cast.moderator, has_acted=False, words="No.")
    appeals.appeal(report, words="Look again.")
    first, other = browse("moderator"), browse("administrator")

    assert "somebody else has to look at the appeal" in words(first.get(page_of(report)))
    assert first.post(decide_at(report), {"outcome": "yes", "words": "x"}).status_code == 403

    assert "They are right: it is decided otherwise now" in words(other.get(page_of(report)))
    other.post(decide_at(report), {"outcome": "yes", "words": "You were right."})
    report.refresh_from_db()
    assert (report.state, report.appeal_was_right, report.closed_by) == ("closed", True, cast.administrator)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_nothing_is_decided_by_looking(browse, method):
    report = told.report(told.story())

    assert getattr(browse("administrator"), method)(decide_at(report)).status_code == 405


def test_nobody_adds_changes_or_deletes_one(browse):
    report = told.report(told.story())
    client = browse("administrator")

    for address in (f"{LIST}add/", f"{LIST}{report.pk}/delete/", f"{LIST}{report.pk}/history/"):
        assert client.get(address).status_code == 404
    assert client.post(page_of(report), {"words": "x"}).status_code == 405


@pytest.mark.parametrize("pk", ["0", "999999999999999999999999", "-1", "x"])
def test_what_is_not_there_is_not_found(browse, pk):
    assert browse("administrator").get(f"{LIST}{pk}/change/").status_code == 404


def test_a_concern_whose_story_is_gone_can_be_decided(browse):
    report = told.report(told.story(status="withdrawn"))
    Story.objects.all().delete()
    client = browse("moderator")

    assert "Gone" in words(client.get(page_of(report)))
    client.post(decide_at(report), {"outcome": "yes", "words": "It is gone."})
    assert Report.objects.get().state == "acted"


# The year


def test_the_year_is_a_page_and_a_table(browse, cast):
    decisions.decide(told.report(told.story()), by=cast.moderator, has_acted=True, words="Yes.")
    client = browse("moderator")
    year = timezone.localdate().year

    page = client.get(f"{LIST}summary/?year={year}")
    table = client.get(f"{LIST}summary/?year={year}&as=csv")

    assert f"Concerns and stories in {year}" in words(page)
    rows = list(csv.reader(io.StringIO(table.content.decode())))
    assert rows[0] == ["Year", "Part", "What", "How many"]
    assert [str(year), "Concerns reported", "All together", "0"] in rows  # made by hand, so the record has none
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in table.headers["Content-Disposition"]


@pytest.mark.parametrize("year", ["", "x", "0", "99999", "1066", "💣", "-1"])
def test_any_other_year_is_this_one(browse, year):
    response = browse("moderator").get(f"{LIST}summary/", {"year": year})

    assert f"Concerns and stories in {timezone.localdate().year}" in words(response)


def test_somebody_without_the_right_gets_no_numbers(browse):
    assert browse("writer").get(f"{LIST}summary/").status_code == 403
    assert browse("editor").get(f"{LIST}summary/").status_code == 200


# The first page


def needs(client):
    return {need.title: need for need in client.get("/admin/").context["needs"]}


def test_the_first_page_leads_to_what_waits_for_an_answer(browse, cast):
    report, child = told.report(told.story()), told.report(told.story(), category="child")
    appealed = told.report(told.story())
    decisions.decide(appealed, by=cast.moderator, has_acted=False, words="No.")
    appeals.appeal(appealed, words="But.")

    found = needs(browse("administrator"))

    assert {one.address for one in found["Reported concerns"].things} == {page_of(report), page_of(child)}
    assert [one.address for one in found["Appeals"].things] == [page_of(appealed)]
    ((_, count, address),) = found["Appeals"].lists
    assert ids_in(browse("administrator").get(address)) == [appealed.pk]
    assert count == 1


def test_the_first_page_asks_nobody_for_what_they_may_not_decide(browse, cast):
    told.report(told.story(), category="child")
    appealed = told.report(told.story())
    decisions.decide(appealed, by=cast.moderator, has_acted=False, words="No.")
    appeals.appeal(appealed, words="But.")

    for name in ("moderator", "editor", "writer"):
        assert {"Reported concerns", "Appeals"}.isdisjoint(needs(browse(name)))

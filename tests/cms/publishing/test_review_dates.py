import datetime

import pytest
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.lib.dates import in_months
from cms.outbox.models import Mail
from cms.publishing import review_dates
from cms.publishing.jobs import remind_owners
from cms.publishing.models import Reminder
from tests import make

KINDS = [make.programme, make.partner, make.page, make.theme, make.priority_area, make.ward]


def days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def owner(db):
    return make.staff("Editor", name="Olive Owner", email="olive@example.org")


def address(thing, view="change"):
    return f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/{view}/"


# Reminders.


@pytest.mark.parametrize("build", KINDS)
def test_an_owner_is_reminded_once_when_the_day_comes(owner, build):
    thing = build(owner=owner, review_on=days(0))

    for _ in range(3):
        remind_owners(timestamp=0)

    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("olive@example.org", f"Please check again: {thing}")
    assert f"http://testserver{address(thing)}" in mail.text
    assert "Hello Olive," in mail.text


def test_an_owner_is_reminded_once_more_when_it_is_long_past(owner):
    thing = make.theme(owner=owner, review_on=days(-review_dates.OVERDUE_DAYS + 1))
    review_dates.remind()
    thing.review_on = days(-review_dates.OVERDUE_DAYS)
    Reminder.objects.update(review_on=thing.review_on)  # as if a day had gone by
    thing.save()

    assert [review_dates.remind(), review_dates.remind()] == [1, 0]
    assert "waited for 30 days" in Mail.objects.latest("pk").text


def test_all_that_is_due_stands_in_one_mail(owner):
    make.theme(title="Long due", owner=owner, review_on=days(-90))
    make.partner(name="Due now", owner=owner, review_on=days(0))

    review_dates.remind()

    mail = Mail.objects.get()
    assert mail.subject == "Please check 2 pages again"
    assert mail.text.index("Due now (partner)") < mail.text.index("Long due (theme)")


def test_what_was_told_yesterday_is_not_told_again(owner):
    make.theme(title="Yesterday's", owner=owner, review_on=days(-1))
    review_dates.remind()
    make.theme(title="Today's", owner=owner, review_on=days(0))
    review_dates.remind()

    assert "Yesterday's" not in Mail.objects.latest("pk").text


@pytest.mark.parametrize("changed", ["review_on", "owner"])
def test_a_new_day_or_owner_is_a_new_reason(owner, changed):
    thing = make.theme(owner=owner, review_on=days(-1))
    review_dates.remind()
    setattr(thing, changed, days(0) if changed == "review_on" else make.staff("Editor"))
    thing.save()

    assert review_dates.remind() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"review_on": days(1)},
        {"review_on": None},
        {"status": "draft"},
        {"publish_at": "2099-01-01T00:00Z"},
        {"unpublish_at": "2001-01-01T00:00Z"},
        {"owner": None},
    ],
)
def test_nobody_is_reminded_of_what_is_not_due_or_not_public(owner, fields):
    make.theme(**{"owner": owner, "review_on": days(0)} | fields)

    assert review_dates.remind() == 0
    assert not Mail.objects.exists()


@pytest.mark.parametrize("left", ["is_active", "is_staff"])
def test_an_owner_who_left_is_not_written_to_and_counts_as_none(browse, owner, left):
    make.theme(title="Left behind", owner=owner, review_on=days(0))
    setattr(owner, left, False)
    owner.save()

    assert review_dates.remind() == 0
    page = browse("editor").get("/admin/city/theme/?kept_by=nobody").content.decode()
    assert "Left behind" in page


def test_reminding_costs_no_more_questions_for_things_that_were_told(owner, django_assert_max_num_queries):
    for _ in range(5):
        make.theme(owner=owner, review_on=days(0))
    review_dates.remind()

    with django_assert_max_num_queries(25):
        review_dates.remind()


# “Still right”.


@pytest.mark.parametrize("build", KINDS)
def test_a_thing_is_confirmed_by_whoever_may_change_it(browse, cast, build):
    thing = build(checked_on="2026-01-01", **({"body": "<p>Words.</p>"} if build is make.programme else {}))
    if build is make.programme:
        thing.running = "3-finished"
        thing.save()

    response = browse("editor").post(address(thing, "still-right"), follow=True)

    thing.refresh_from_db()
    assert "is looked at again in a year" in response.content.decode()
    assert (thing.checked_on, thing.review_on) == (days(0), in_months(12))
    (line,) = AuditEvent.objects.all()
    assert (line.action, line.by, line.old) == ("checked", cast.editor, {"Last checked on": "2026-01-01"})
    assert thing.history.first().history_change_reason == "Still right"


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302), ("moderator", 403)])
def test_who_may_not_change_a_thing_cannot_confirm_it(browse, who, status):
    theme = make.theme()

    assert browse(who).post(address(theme, "still-right")).status_code == status

    theme.refresh_from_db()
    assert theme.checked_on is None


def test_a_thing_is_not_confirmed_by_following_a_link(browse):
    assert browse("editor").get(address(make.theme(), "still-right")).status_code == 405


@pytest.mark.parametrize("key", ["0", "99999999999999999999"])
def test_what_is_not_there_is_not_confirmed(browse, key):
    assert browse("editor").post(f"/admin/city/theme/{key}/still-right/").status_code == 404


def test_what_its_form_would_refuse_is_not_confirmed(browse):
    programme = make.programme(body="", running="3-finished")

    page = browse("editor").post(address(programme, "still-right"), follow=True).content.decode()

    assert "Fill this in before you publish" in page
    assert not AuditEvent.objects.exists()


def test_the_button_is_there_for_whoever_may_press_it(browse):
    theme = make.theme()

    assert "Still right" in browse("editor").get(address(theme)).content.decode()
    assert "Still right" not in browse("moderator").get(address(theme)).content.decode()


# What the public reads of it.


@pytest.mark.parametrize("build", KINDS)
def test_every_page_says_when_it_was_last_checked(client, db, build):
    page = client.get(build(checked_on="2026-05-03").get_absolute_url()).content.decode()

    assert page.count("Last checked by the council on 3 May 2026.") == 1


@pytest.mark.parametrize("build", KINDS)
def test_a_page_that_was_never_checked_says_nothing_of_it(client, db, build):
    assert "Last checked" not in client.get(build().get_absolute_url()).content.decode()

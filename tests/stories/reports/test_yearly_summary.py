"""A year in numbers, counted from the record, whatever was forgotten since."""

import datetime

import pytest
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories import workflow
from stories.models import Report
from stories.reports import appeals, decisions, file_report, yearly_summary
from stories.workflow import Role
from tests import make_stories as told

pytestmark = pytest.mark.django_db

THIS_YEAR = timezone.localdate().year


def counted(year=THIS_YEAR):
    return {
        (part.title, line.words): line.count for part in yearly_summary.of(year) for line in part.lines if line.count
    }


def take_in(category, **fields):
    story = told.story()
    picture = told.picture(story)
    given = {"picture": picture if category == "me" else None, "words": "Private", "email": ""} | fields
    return file_report.take_in(story, category=category, network="192.0.2.7", **given)


@pytest.fixture
def a_year(cast):
    child, me = take_in("child"), take_in("me")
    waits, kept = take_in("other"), take_in("other")
    decisions.decide(child, by=cast.administrator, has_acted=True, words="Yes.")
    late = Report.objects.get(pk=me.pk)
    late.due_at = timezone.now() - datetime.timedelta(days=1)
    late.save()
    decisions.decide(late, by=cast.moderator, has_acted=True, words="Yes.")
    decisions.decide(kept, by=cast.moderator, has_acted=False, words="No.")
    appeals.appeal(Report.objects.get(pk=kept.pk), words="But")
    appeals.close(Report.objects.get(pk=kept.pk), by=cast.administrator, was_right=True, words="Indeed.")
    return waits


EXPECTED = {
    ("Concerns reported", "A child may be at risk"): 1,
    ("Concerns reported", "I am, or my child is, on a picture and do not agree"): 1,
    ("Concerns reported", "Something else"): 2,
    ("Concerns reported", "All together"): 4,
    ("Hidden at once", "Stories, because a child may be at risk"): 1,
    ("Hidden at once", "Pictures, because somebody on them does not agree"): 1,
    ("Answered", "In time"): 2,
    ("Answered", "Late"): 1,
    ("Answered", "Not yet, and still in time"): 1,
    ("What was decided first", "Something was changed or taken down"): 2,
    ("What was decided first", "Looked at, and left as it is"): 1,
    ("Appeals", "Asked for a second look"): 1,
    ("Appeals", "Decided otherwise"): 1,
}


def of_concerns(counts):
    return {key: count for key, count in counts.items() if key[0] != "Stories"}


def test_a_year_is_counted(a_year):
    assert of_concerns(counted()) == EXPECTED


def test_it_counts_the_same_when_the_reports_and_stories_are_gone(a_year):
    for report in Report.objects.select_related("story"):
        if report.story.status == "published":
            workflow.take("withdraw", report.story, by=Role.TELLER)
        report.story.delete()
        report.delete()

    assert of_concerns(counted()) == EXPECTED


def test_another_year_has_none_of_it(a_year):
    assert of_concerns(counted(THIS_YEAR - 1)) == {}
    assert of_concerns(counted(THIS_YEAR + 1)) == {}


def test_stories_are_counted_by_what_became_of_them(cast):
    sample = told.story(way="sample", status="approved")
    workflow.take("publish", sample, by=Role.PORTAL)
    declined, published = told.story(status="in_review"), told.story(status="approved")
    workflow.take("decline", declined, by=cast.moderator, note="Not about Derby.")
    workflow.take("publish", published, by=Role.PORTAL)
    workflow.take("withdraw", published, by=Role.TELLER)

    stories = {words: count for (part, words), count in counted().items() if part == "Stories"}
    assert stories == {
        "Sent, and not erased since": 2,
        "Published": 1,
        "Not published, with a reason": 1,
        "Taken back by their tellers": 1,
    }


def test_a_line_of_another_form_does_not_break_it():
    audit_log.write(AuditEvent.Action.REPORT_DECIDED, told.story(), by=None, new={"report": 7, "decided": "So"})

    assert of_concerns(counted()) == {}


def test_years_begin_with_the_first_line():
    assert yearly_summary.years()[0] == THIS_YEAR

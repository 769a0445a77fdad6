"""What is not needed any more goes when its time is over; and that is written down."""

import datetime
import os

import pytest
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import jobs
from stories.consent import guardian_requests
from stories.models import Contributor, Erasure, Report, Story, Version
from stories.retention import erase, retention_schedule
from tests import make_stories as told
from tests.stories.retention.everywhere import MARK, files, tables_with, write_files

pytestmark = pytest.mark.django_db


def aged(days, **fields):
    """A story of which nobody has done anything for so many days."""
    story = told.story(**fields)
    then = timezone.now() - datetime.timedelta(days=days)
    Version.objects.filter(story=story).update(modified_at=then)
    Story.objects.filter(pk=story.pk).update(modified_at=then, status_since=then)
    story.refresh_from_db()
    return story


def a_week_later(story):
    earlier = datetime.timedelta(days=8)
    Version.objects.filter(story=story).update(modified_at=F("modified_at") - earlier)
    Story.objects.filter(pk=story.pk).update(
        modified_at=F("modified_at") - earlier,
        status_since=F("status_since") - earlier,
        warned_at=F("warned_at") - earlier,
    )


UNSENT = ["draft", "awaiting_address", "awaiting_guardian"]


@pytest.mark.parametrize("status", UNSENT)
def test_what_was_never_sent_on_goes_after_a_warning(status):
    story = aged(24, status=status, email=f"{MARK}@example.org", title=MARK, age="13-17")

    assert retention_schedule.warn() == 1
    assert retention_schedule.warn() == 0  # once
    assert retention_schedule.delete_unsent() == 0
    a_week_later(story)
    assert retention_schedule.delete_unsent() == 1

    assert tables_with(MARK) == []  # the warning goes with it
    assert not Erasure.objects.exists()
    event = AuditEvent.objects.get(action="retention")
    assert event.object_words == f"Story {story.slug}"
    assert event.by_words == "the portal itself"
    assert "30 days" in event.new["rule"]


@pytest.mark.parametrize(
    ("status", "way"), [("draft", "/tell/"), ("awaiting_address", "/tell/"), ("awaiting_guardian", "/my-stories/")]
)
def test_the_warning_leads_back_to_it(status, way):
    aged(24, status=status, title="My secret", age="13-17")

    retention_schedule.warn()

    mail = Mail.objects.get()
    assert mail.subject == "Your story will be deleted in a week"
    assert way in mail.text
    assert "?key=" in mail.text
    assert mail.is_secret
    assert "secret" not in mail.text


@pytest.mark.parametrize("status", UNSENT)
def test_nothing_goes_unwarned_where_there_is_an_address(status):
    aged(300, status=status, age="13-17")

    assert retention_schedule.delete_unsent() == 0
    assert retention_schedule.warn() == 1


def test_a_draft_without_an_address_just_goes():
    aged(31, status="draft", email="")
    Contributor.objects.filter(story=aged(31, status="draft", email="")).delete()

    assert retention_schedule.warn() == 0
    assert retention_schedule.delete_unsent() == 2
    assert not Story.objects.exists()


def test_whoever_goes_on_writing_is_warned_anew():
    story = aged(24, status="draft")
    retention_schedule.warn()
    a_week_later(story)
    Version.objects.filter(story=story).update(modified_at=timezone.now())

    assert retention_schedule.delete_unsent() == 0
    for _ in range(4):
        a_week_later(story)
    assert retention_schedule.delete_unsent() == 0
    assert retention_schedule.warn() == 1


@pytest.mark.parametrize(("status", "days"), [("draft", 22), ("awaiting_address", 22), ("submitted", 400)])
def test_nobody_is_warned_too_early(status, days):
    aged(days, status=status)

    assert retention_schedule.warn() == 0


def test_nobody_is_flooded_with_warnings():
    for _ in range(5):
        aged(24, status="draft", email="victim@example.org")

    assert retention_schedule.warn() == 3
    assert Mail.objects.count() == 3
    assert Story.objects.filter(warned_at=None).count() == 2  # told on another day, and not deleted before


@pytest.mark.parametrize(("status", "days"), [("withdrawn", 30), ("declined", 90), ("removed", 365)])
def test_what_has_ended_is_erased_with_a_receipt(status, days, settings):
    aged(days - 1, status=status)
    story = aged(days + 1, status=status, title=MARK)

    assert retention_schedule.erase_ended() == 1

    assert not Story.objects.filter(pk=story.pk).exists()
    assert Story.objects.count() == 1
    erasure = Erasure.objects.get()
    assert erasure.asked_by == "rule"
    assert erasure.receipt in Mail.objects.get(subject="Your story is erased").text
    assert erasure.receipt in settings.ERASURES_FILE.read_text()
    assert {"erased", "retention"} <= set(AuditEvent.objects.values_list("action", flat=True))


@pytest.mark.parametrize(
    "status", ["submitted", "in_review", "change_asked", "approved", "scheduled", "published", "held"]
)
def test_nothing_else_ever_goes_by_itself(status):
    aged(4000, status=status)

    assert retention_schedule.delete_unsent() + retention_schedule.erase_ended() + retention_schedule.warn() == 0
    assert Story.objects.exists()


def test_an_open_concern_comes_first():
    story = aged(400, status="withdrawn")
    report = told.report(story)

    assert retention_schedule.erase_ended() == 0
    report.state, report.outcome, report.decided_at = "acted", "Taken down.", timezone.now()
    report.save()
    assert retention_schedule.erase_ended() == 1


def test_a_list_that_cannot_be_written_stops_it(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "folder"
    settings.ERASURES_FILE.mkdir()
    aged(31, status="withdrawn")

    with pytest.raises(erase.NotNow):
        retention_schedule.erase_ended()
    assert Story.objects.exists()
    assert not AuditEvent.objects.filter(action="retention")


def ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def decided(days, **fields):
    fields = {"state": "kept", "outcome": "We looked at it.", "decided_at": ago(days)} | fields
    return told.report(told.story(), words=MARK, email=f"{MARK}@example.org", appeal=MARK, **fields)


def test_who_reported_is_forgotten_a_year_later():
    report = decided(366)
    token_links.make(AccessToken.Purpose.REPORT, report, days=400, email=report.email)

    assert retention_schedule.forget_reporters() == 1

    report.refresh_from_db()
    assert (report.words, report.email, report.appeal) == ("", "", "")
    assert (report.category, report.outcome) == ("other", "We looked at it.")
    assert tables_with(MARK) == []
    assert AuditEvent.objects.get(action="retention").new["how many"] == 1
    assert retention_schedule.forget_reporters() == 0


@pytest.mark.parametrize(
    "fields", [{"days": 364}, {"days": 400, "state": "appealed"}, {"days": 400, "state": "closed", "closed_at": ago(9)}]
)
def test_not_before_it_is_over(fields):
    decided(**fields)

    assert retention_schedule.forget_reporters() == 0
    assert Report.objects.get().words == MARK


def test_who_said_yes_is_forgotten_when_the_young_person_is_grown_up():
    for days in (5 * 365 - 1, 5 * 365 + 1):
        told.story(
            age="13-17", guardian_name="Pat", guardian_email=f"p{days}@example.org", guardian_confirmed_at=ago(days)
        )

    assert retention_schedule.forget_guardians() == 1

    assert Contributor.objects.filter(guardian_email="", guardian_confirmed_at__isnull=False).count() == 1
    assert retention_schedule.forget_guardians() == 0


def test_files_of_no_story_go():
    picture = told.picture(told.story())
    kept = write_files(picture)
    stray = write_files(told.picture(told.story()))
    Story.objects.exclude(pk=picture.story_id).get().pictures.all().delete()
    assert retention_schedule.sweep() == 0  # they may be on their way

    for name in [*kept, *stray]:
        os.utime(default_storage.path(name), (0, 0))
    assert retention_schedule.sweep() == 3
    assert files() == sorted(kept)


def test_without_pictures_there_is_nothing_to_sweep():
    assert retention_schedule.sweep() == 0


def test_the_jobs_do_it_all():
    aged(31, status="withdrawn")
    story = aged(24, status="draft")

    jobs.warn_before_deleting(timestamp=0)
    a_week_later(story)
    jobs.delete_old_stories(timestamp=0)
    jobs.forget_old_of_stories(timestamp=0)
    jobs.remind_tellers(timestamp=0)

    assert not Story.objects.exists()
    limits.forget_old()


def test_another_guardian_has_thirty_days_of_their_own():
    story = aged(29, status="awaiting_guardian", age="13-17", guardian_email="wrong@example.org")
    retention_schedule.warn()

    guardian_requests.ask_another(story, name="Pam Parent", email="pam@example.org")
    Story.objects.update(warned_at=ago(8))

    assert retention_schedule.delete_unsent() == 0

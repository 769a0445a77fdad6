"""A story is erased: nothing of it is left, but a receipt that says nothing of it."""

import datetime
import json
import re

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox import mail
from cms.outbox.models import Mail
from stories import workflow
from stories.consent import consent
from stories.models import Consent, ConsentVersion, Erasure, Override, Report, Story, StoryIndex, Version
from stories.publication import publishing
from stories.retention import erase, retention_schedule
from stories.workflow import Role
from tests import make_stories as told
from tests.stories.retention.everywhere import MARK, files, tables_with, write_files

pytestmark = pytest.mark.django_db


def marked(status="published", **fields):
    """The marker in all that somebody can tell us, or staff can say of it."""
    story = told.story(
        status=status,
        allowed=("site", "press"),
        title=f"About {MARK}",
        text=f"I met {MARK} in Derby. " * 20,
        place=MARK,
        content_note=MARK,
        when_words=MARK,
        answers=[{"question": MARK, "answer": MARK}],
        full_name=f"{MARK} Teller",
        pen_name=MARK,
        shown_as="full",
        email=f"{MARK}@example.org",
        guardian_name=MARK,
        guardian_email=f"{MARK}.parent@example.org",
        adult_name=MARK,
        paper_place=MARK,
        words=MARK,
        **fields,
    )
    picture = told.picture(story, description=MARK, caption=MARK, credit=MARK, people=[{"name": MARK}], hidden_why=MARK)
    Override.objects.create(picture=picture, why=MARK)
    write_files(picture)
    told.version(story, text=f"A change about {MARK}", words=MARK)
    for purpose in (AccessToken.Purpose.MY_STORY, AccessToken.Purpose.GUARDIAN, AccessToken.Purpose.GO_ON):
        token_links.make(purpose, story, days=30, email=f"{MARK}@example.org")
    mail.send(to=f"{MARK}@example.org", subject="News", text=f"Hello {MARK}", about=story)
    publishing.queue(story)
    return story


def test_the_marker_is_where_we_look_for_it():
    marked()

    found = tables_with(MARK)
    for table in ("version", "contributor", "storyindex", "versionpicture", "depictedperson", "override", "searchword"):
        assert f"stories_{table}" in found
    assert {"cms_mail", "cms_accesstoken", "stories_story"} <= set(found)
    assert len(files()) == 3


def test_nothing_is_left_of_it(django_capture_on_commit_callbacks, settings):
    story = marked()
    pk, slug = story.pk, story.slug

    with django_capture_on_commit_callbacks(execute=True):
        erase.erase(story, asked_by="teller")

    assert tables_with(MARK) == ["cms_mail"]  # the receipt, on its way
    assert files() == []
    assert Mail.objects.get().subject == "Your story is erased"
    assert not Story.objects.filter(slug=slug).exists()
    assert not StoryIndex.objects.exists()
    assert not Version.objects.exists()
    assert not Consent.objects.exists()
    assert not AccessToken.objects.about(Story(pk=pk)).exists()
    assert not ProcrastinateJob.objects.filter(task_name__startswith="stories.").exists()
    assert MARK not in settings.ERASURES_FILE.read_text()


def test_the_receipt_is_the_last_to_go():
    erase.erase(marked(), asked_by="teller")
    assert retention_schedule.forget_receipts() == 0

    Mail.objects.update(created_at=timezone.now() - datetime.timedelta(days=8))

    assert retention_schedule.forget_receipts() == 1
    assert tables_with(MARK) == []


def test_what_staff_decided_and_said_of_it_leaves_no_words_behind(cast):
    story = told.story(status="submitted", title=MARK, full_name=MARK, email=f"{MARK}@example.org")
    story = workflow.take("claim", story, by=cast.moderator)
    story = workflow.take("ask", story, by=cast.moderator, note="Please leave out the street.")
    story = workflow.take("answer", story, by=Role.TELLER)
    consent.answer(story, ["print"], wording=ConsentVersion.objects.current(), by="teller", is_child=False)

    erase.erase(story, asked_by="teller")

    assert tables_with(MARK) == ["cms_mail"]


@pytest.mark.parametrize(
    "status",
    ["draft", "awaiting_address", "awaiting_guardian", "submitted", "in_review", "change_asked", "approved",
     "scheduled", "published", "withdrawn", "declined", "removed"],
)  # fmt: skip
def test_it_goes_from_wherever_it_is(status):
    story = told.story(status=status, title=MARK, email=f"{MARK}@example.org")

    erase.erase(story, asked_by="teller")

    assert not Story.objects.exists()
    assert not Mail.objects.exclude(about__startswith="stories.erasure ")


def test_what_is_held_is_not_erased():
    story = told.story(status="held")

    with pytest.raises(erase.Held, match="has to look at it first"):
        erase.erase(story, asked_by="teller")
    assert Story.objects.get() == story
    assert not Erasure.objects.exists()


def test_the_receipt_is_dated_and_says_nothing_of_it():
    story = marked()

    erasure = erase.erase(story, asked_by="teller")

    assert re.fullmatch(r"ERASE-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", erasure.receipt)
    mail = Mail.objects.get()
    assert mail.to == f"{MARK}@example.org"
    assert erasure.receipt in mail.text
    assert f"{timezone.localdate():%-d %B %Y}" in mail.text
    for words in (mail.subject, mail.text, mail.html):
        assert MARK not in words
        assert story.slug not in words


def test_nobody_is_mailed_at_an_address_that_was_never_confirmed():
    story = told.story(status="awaiting_address", email=f"{MARK}@example.org")

    erase.erase(story, asked_by="teller")

    assert not Mail.objects.exists()


def test_a_line_in_the_record_and_one_in_the_list(settings):
    story = marked()

    erasure = erase.erase(story, asked_by="rule")

    event = AuditEvent.objects.filter(action="erased").get()
    assert event.object_words == f"Story {story.slug}"
    assert event.object_id == story.pk
    line = json.loads(settings.ERASURES_FILE.read_text())
    assert line == {
        "slug": story.slug,
        "story": story.pk,
        "receipt": erasure.receipt,
        "asked_by": "rule",
        "at": erasure.erased_at.isoformat(),
    }


def test_what_others_reported_stays_without_it():
    story = marked()
    told.report(story, picture=story.pictures.get(), words="I do not like it.", email="reporter@example.org")

    erase.erase(story, asked_by="teller")

    report = Report.objects.get()
    assert (report.story, report.picture) == (None, None)
    assert (report.story_slug, report.words, report.email) == (story.slug, "I do not like it.", "reporter@example.org")


def test_files_go_even_if_some_are_missing(django_capture_on_commit_callbacks):
    story = marked()
    default_storage.delete(files()[0])

    with django_capture_on_commit_callbacks(execute=True):
        erase.erase(story, asked_by="teller")

    assert files() == []


def test_a_file_that_cannot_be_removed_keeps_no_other(django_capture_on_commit_callbacks, monkeypatch, caplog):
    story = marked()
    first = files()[0]
    real = default_storage.delete

    def delete(name):
        if name == first:
            raise PermissionError(name)
        real(name)

    monkeypatch.setattr(default_storage, "delete", delete)
    with django_capture_on_commit_callbacks(execute=True):
        erase.erase(story, asked_by="teller")

    assert files() == [first]
    monkeypatch.undo()
    later = timezone.now() + datetime.timedelta(days=3)
    monkeypatch.setattr(retention_schedule.timezone, "now", lambda: later)
    assert retention_schedule.sweep() == 1
    assert files() == []


def test_twice_is_once(settings):
    story = marked()

    first = erase.erase(story, asked_by="teller")
    second = erase.erase(story, asked_by="teller")

    assert first == second
    assert Erasure.objects.count() == 1
    assert len(settings.ERASURES_FILE.read_text().splitlines()) == 1
    assert Mail.objects.count() == 1


def test_without_the_list_nothing_is_erased(settings, tmp_path, caplog):
    """Here a folder stands where the list should be."""
    settings.ERASURES_FILE = tmp_path / "folder"
    settings.ERASURES_FILE.mkdir()
    story = marked()

    with pytest.raises(erase.NotNow, match="Nothing was changed"):
        erase.erase(story, asked_by="teller")

    assert Story.objects.get().status == "published"
    assert StoryIndex.objects.exists()
    assert not Erasure.objects.exists()
    assert len(files()) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_keeps_its_files(monkeypatch):
    """The list may then name a story that is still there; it is erased when a copy is brought back."""
    story = marked()
    monkeypatch.setattr(erase.erasure_list, "append", _fail)

    with pytest.raises(IntegrityError):
        erase.erase(story, asked_by="teller")

    assert Story.objects.get() == story
    assert len(files()) == 3
    assert connection.in_atomic_block is False


def _fail(erasure):
    raise IntegrityError


def test_the_list_is_beside_the_pictures_not_among_them():
    assert settings.MEDIA_ROOT not in settings.ERASURES_FILE.parents


def test_a_draft_that_went_by_itself_meanwhile_is_told_in_words():
    story = told.story(status="draft")
    Story.objects.get().delete()

    with pytest.raises(erase.NotNow, match="not with us any more"):
        erase.erase(story, asked_by="teller")

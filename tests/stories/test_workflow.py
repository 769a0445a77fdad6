"""The states of a story, and who may move it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import workflow
from stories.jobs import publish_when_ready
from stories.models import Story, StoryIndex
from stories.workflow import STEPS, Impossible, Role
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def test_a_story_goes_from_sending_to_the_shelf(cast, run_jobs):
    story = told.story(status="submitted")

    story = workflow.take("claim", story, by=cast.moderator)
    story = workflow.take("approve", story, by=cast.moderator)
    run_jobs()

    story.refresh_from_db()
    assert story.status == "published"
    assert StoryIndex.objects.get(story=story).told_by == "Tess Teller"
    assert Story.objects.published().get() == story


def test_nobody_decides_about_their_own(cast):
    story = told.story(status="in_review", account=cast.moderator)

    with pytest.raises(PermissionDenied):
        workflow.take("approve", story, by=cast.moderator)
    workflow.take("approve", story, by=cast.administrator)


def test_without_consent_it_is_not_published(cast):
    story = told.story(status="in_review", allowed=("press",))

    with pytest.raises(ValidationError, match="has not agreed"):
        workflow.take("approve", story, by=cast.moderator)


def test_what_is_held_only_safeguarding_sees_and_lifts(cast):
    story = workflow.take("hold", told.story(), by=cast.moderator)

    assert not StoryIndex.objects.exists()
    with pytest.raises(PermissionDenied):
        workflow.take("lift", story, by=cast.moderator)
    story = workflow.take("lift", story, by=cast.administrator)
    assert story.status == "published"
    assert StoryIndex.objects.count() == 1


def test_withdrawing_takes_it_from_the_shelf_and_tells_its_teller():
    story = workflow.take("withdraw", told.story(), by=Role.TELLER)

    assert story.status == "withdrawn"
    assert not StoryIndex.objects.exists()
    assert Mail.objects.get().subject == "Your story is not on the site any more"
    assert AuditEvent.objects.filter(action="story").latest("pk").by_words == "The teller"


def test_a_step_from_the_wrong_state_changes_nothing(cast):
    story = told.story(status="declined")

    with pytest.raises(Impossible, match="Not published"):
        workflow.take("approve", story, by=cast.moderator)


def test_the_record_holds_neither_title_nor_name():
    story = told.story(title="My secret title", full_name="Wanda Whispers")
    workflow.take("withdraw", story, by=Role.TELLER)

    for event in AuditEvent.objects.all():
        line = f"{event.object_words} {event.old} {event.new} {event.note} {event.by_words}"
        assert "secret title" not in line
        assert "Whispers" not in line


def test_a_job_that_comes_late_or_twice_does_nothing(cast):
    story = told.story(status="withdrawn")

    publish_when_ready(story_id=story.pk)

    story.refresh_from_db()
    assert story.status == "withdrawn"


def test_the_drawn_table_is_the_table():
    drawn = workflow.__doc__.split("(1) awaiting address")[0]

    assert [name for name in STEPS if f"\n    {name} " not in drawn] == []

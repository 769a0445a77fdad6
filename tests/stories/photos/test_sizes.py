"""The sizes of a story's pictures are made by the worker, and what waits for them goes on then."""

import datetime

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from stories import jobs
from stories.models import Story, StoryPicture
from stories.publication import publishing
from tests import make_stories as told
from tests.stories.photos.test_upload import a_file, stored, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """Approved, with a picture that has no sizes yet."""
    made = told.story(status="approved", state="writing")
    take(made, a_file())
    made.latest.pictures.update(description="A tram in the rain")
    made.pictures.update(has_people=False)
    made.latest.state = "waiting"
    made.latest.save()
    return made


def test_a_story_is_published_as_soon_as_the_sizes_of_its_pictures_are_there(story, run_jobs):
    publishing.queue(story)
    jobs.publish_when_ready(story_id=story.pk)
    story.refresh_from_db()
    assert story.status == "approved"

    run_jobs()

    story.refresh_from_db()
    assert (story.status, story.pictures.get().widths) == ("published", [320, 400])
    assert len(stored()) == 7


def test_sizes_are_made_once(story, run_jobs):
    run_jobs()
    before = stored()

    jobs.make_sizes(picture_id=story.pictures.get().pk)

    assert stored() == before


def test_what_is_missing_is_made_later_unless_its_file_is_lost(story):
    late = timezone.now() - datetime.timedelta(hours=2)
    StoryPicture.objects.update(created_at=late)
    lost = told.picture(story, widths=[])
    StoryPicture.objects.filter(pk=lost.pk).update(created_at=late)
    ProcrastinateJob.objects.all().update(status="failed")

    jobs.catch_up_with_pictures(timestamp=0)
    jobs.catch_up_with_pictures(timestamp=0)

    waiting = ProcrastinateJob.objects.filter(status="todo", task_name="stories.jobs.make_sizes")
    assert [job.args for job in waiting] == [{"picture_id": story.pictures.exclude(pk=lost.pk).get().pk}]


def test_a_picture_that_is_gone_when_its_job_comes_is_no_mistake(story, run_jobs):
    for name in stored():
        default_storage.delete(f"stories/{name}")
    Story.objects.all().delete()

    run_jobs()

    assert stored() == set()

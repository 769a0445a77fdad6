"""What the worker does for stories. A job's arguments are keys of rows and nothing else."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from cms.media import jobs, storage
from stories import changes, workflow
from stories.consent import consent_versions, guardian_requests
from stories.models import Story, StoryPicture, Version
from stories.my_stories import mailed_links
from stories.photos import takedown
from stories.publication import publishing
from stories.retention import retention_schedule
from stories.workflow import Role

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=6)


def due():
    """Approved, or scheduled and their time has come by the database's clock; and all their pictures are ready."""
    status = Story.Status
    unready = Q(latest__pictures__picture__widths=[])
    asked = Q(status=status.APPROVED) | Q(status=status.SCHEDULED, publish_at__lte=Now())
    return Story.objects.filter(asked).exclude(unready)


@app.task(queue="stories", retry=AGAIN)
def publish_when_ready(*, story_id: int):
    """Publish a story that was approved"""
    story = due().filter(pk=story_id).first()
    if story is None:  # its pictures are still being made, or it was decided otherwise: `catch_up` looks again
        return
    try:
        workflow.take("publish", story, by=Role.PORTAL)
    except ValidationError as error:
        workflow.take("fail", story, by=Role.PORTAL, note="\n".join(error.messages))
    except workflow.Impossible:
        return  # somebody was quicker


@app.task(queue="stories", retry=AGAIN)
def show_change_when_ready(*, version_id: int):
    """Show an approved change of a public story"""
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        return
    try:
        changes.finish(version)
    except workflow.Impossible:
        return  # thrown away, or the story erased, meanwhile


@app.task(queue="mails", retry=AGAIN)
def send_links(*, asked_id: int):
    """Mail somebody the links to their stories"""
    mailed_links.send(asked_id)


@app.periodic(cron="*/2 * * * *", queueing_lock="publish_stories")
@app.task(queue="stories")
def catch_up(timestamp: int):
    """Publish stories whose pictures are ready or whose time has come"""
    for pk in due().values_list("pk", flat=True):
        publish_when_ready.defer(story_id=pk)
    for pk in changes.unfinished().values_list("pk", flat=True):
        show_change_when_ready.defer(version_id=pk)


@app.task(queue="pictures", retry=AGAIN)
def make_sizes(*, picture_id: int):
    """Make the sizes of a picture of a story"""
    storage.finish(picture_id, StoryPicture)
    for pk in due().filter(latest__pictures__picture=picture_id).values_list("pk", flat=True):
        publish_when_ready.defer(story_id=pk)


@app.periodic(cron="*/30 * * * *", queueing_lock="catch_up_with_story_pictures")
@app.task(queue="pictures")
def catch_up_with_pictures(timestamp: int):
    """Make what is missing of pictures of stories"""
    for picture in StoryPicture.objects.filter(widths=[], created_at__lt=Now() - jobs.LATE):
        if not storage.is_lost(picture):
            jobs.queue(make_sizes, picture_id=picture.pk)


@app.periodic(cron="*/5 * * * *", queueing_lock="reindex_stories")
@app.task(queue="stories")
def reindex(timestamp: int):
    """Let stories be found by the names their threads, calls and wards have now, and by the newest rules of search"""
    publishing.reindex()


@app.periodic(cron="7 * * * *", queueing_lock="end_consents_of_people")
@app.task(queue="stories")
def end_consents_of_people(timestamp: int):
    """Take pictures from lists and kept pages when the yes of somebody on them has ended"""
    takedown.refresh_ended()


@app.task(queue="stories", retry=AGAIN)
def ask_about_wording():
    """Ask tellers again, because what they agreed to means something else now"""
    consent_versions.ask()


@app.periodic(cron="15 7 * * *", queueing_lock="remind_tellers")  # in UTC: seven or eight o'clock in Derby
@app.task(queue="stories")
def remind_tellers(timestamp: int):
    """Ask or remind tellers about new words of consent, and parents and guardians of young people"""
    consent_versions.ask()
    consent_versions.remind()
    guardian_requests.remind()


@app.periodic(cron="20 7 * * *", queueing_lock="warn_before_deleting")
@app.task(queue="stories")
def warn_before_deleting(timestamp: int):
    """Tell whoever began a story that it will be deleted in a week"""
    retention_schedule.warn()


@app.periodic(cron="50 2 * * *", queueing_lock="delete_old_stories")
@app.task(queue="stories")
def delete_old_stories(timestamp: int):
    """Delete stories whose time is over, and write that down"""
    retention_schedule.delete_unsent()
    retention_schedule.erase_ended()


@app.periodic(cron="55 2 * * *", queueing_lock="forget_old_of_stories")
@app.task(queue="stories")
def forget_old_of_stories(timestamp: int):
    """Forget old concerns, guardians and receipts, and files that belong to no story"""
    retention_schedule.forget_reporters()
    retention_schedule.forget_guardians()
    retention_schedule.forget_receipts()
    retention_schedule.sweep()

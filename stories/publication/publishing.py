"""Puts a story before the public and takes it away again; called by workflow.py and changes.py alone.

Nothing is shown without its teller's consent to be shown on this site, or with a picture that somebody
on it stands against.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from procrastinate.contrib.django import app

from stories.consent import consent
from stories.models import Purpose, Story, Version
from stories.publication import photo_rules
from stories.search import search_index

_PUBLISH = "stories.jobs.publish_when_ready"  # by its name: it takes the step, and the step queues it


def check(story: Story, version: Version | None) -> None:
    """Raises ValidationError with all that keeps these words from being public."""
    if mistakes := list(mistakes_of(story, version)):
        raise ValidationError(mistakes)


def mistakes_of(story: Story, version: Version | None):
    """Sentences, for whoever decides."""
    if version is None or not version.text.strip() or not version.title.strip():
        yield "It has no title or no words yet."
        return
    if not story.is_sample and not consent.is_allowed(story, Purpose.SITE):
        yield "Its teller has not agreed that it is shown on this site."
    contributor = getattr(story, "contributor", None)
    if contributor is not None and contributor.guardian_is_needed:
        yield "A parent or guardian has not agreed yet."
    yield from photo_rules.mistakes(story, version)


def show(story: Story) -> None:
    """What `story.shown` says is public when this transaction ends."""
    search_index.put(story)


def hide(story: Story) -> None:
    search_index.take(story)


def refresh(story: Story) -> None:
    """After something about it changed that readers see: its pictures, its name, its threads."""
    if Story.objects.published().filter(pk=story.pk).exists():
        search_index.put(story)


def reindex() -> int:
    """Lets search look through each story as it now would be put there; how many had to be. It may be broken off."""
    done = 0
    for pk in list(search_index.not_indexed()):
        with transaction.atomic():  # a short one: the shelf has one writer at a time
            story = Story.objects.published().select_for_update(of=("self",)).filter(pk=pk).first()
            if story:
                search_index.reindex(story)
                done += 1
    return done


def queue(story: Story) -> None:
    """Publishes it as soon as the sizes of its pictures are there, and not before its time (jobs.py)."""
    app.configure_task(_PUBLISH, schedule_at=story.publish_at).defer(story_id=story.pk)

"""Who looks after safeguarding, and how they hear of it at once: by an email each, whoever or whatever caused it.

No title, no name and nobody's words stand in these mails; they say that there is something to do, and where.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import models
from django.urls import reverse

from accounts.models import User
from cms.outbox import mail
from stories.models import Report, Story, StoryPicture

SAFEGUARDING = "stories.safeguard_story"
SUBJECT = "A concern that cannot wait"
_HELD = "The story is off the site until one of you has looked at it."


def people() -> list[User]:
    """Staff with the right for safeguarding; not those whose rights are limited to single pages."""
    found = ModelBackend().with_perm(SAFEGUARDING).filter(is_staff=True)
    return [person for person in found if person.is_superuser or not person.is_limited]


def alert_held(story: Story, *, by: Any = None, cause: models.Model | None = None) -> None:
    """A story was just held. `by` is the person who held it, who gets no email; `cause` is the report behind it."""
    if isinstance(cause, Report):
        _alert("Somebody is worried about a child in a story.", _HELD, about=cause, except_for=by)
    else:
        _alert("A story was held for safeguarding.", _HELD, about=story, except_for=by)


def alert_not_held(report: Report) -> None:
    """A report about a child that held nothing: the story was not public, or one network had held enough that day."""
    state = "The story was not hidden by this report. Please look at it now."
    _alert("Somebody is worried about a child in a story.", state, about=report)


def alert_picture_hidden(picture: StoryPicture) -> None:
    """The portal hid a picture by itself, because of what somebody said about the people in it."""
    state = "The picture is off the site until one of you has looked at it. The story's words are still there."
    _alert("A picture of a story was hidden at once.", state, about=picture.story)


def _alert(what: str, state: str, *, about: models.Model, except_for: Any = None) -> None:
    page = reverse(f"admin:{about._meta.app_label}_{about._meta.model_name}_change", args=[about.pk])
    text = "\n\n".join([what, state, f"{settings.SITE_URL}{page}"])
    for person in people():
        if person != except_for:
            mail.send(to=person.email, subject=SUBJECT, text=text, about=about)

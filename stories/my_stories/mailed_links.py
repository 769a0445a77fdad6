"""Links to all stories of an address, sent to it. Whoever asks learns nothing about an address, and the
page does the same work for each; the worker alone looks whether there is something to send.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from procrastinate.contrib.django import app

from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.lib import datetime_fields
from cms.outbox import mail
from stories.emails import LINK_DAYS
from stories.models import LinkAsked, Story
from stories.my_stories import status_text

MOST_OF_A_NETWORK, MOST_TO_AN_ADDRESS, MOST_IN_A_MAIL = 150, 3, 50
_DAY = 24 * 60 * 60
_SEND = "stories.jobs.send_links"  # by its name: it calls us


class TooMany(Exception):
    """So many from one network today; the message says so in words."""


@transaction.atomic
def ask(email: str, *, network: str) -> None:
    if not limits.allows("story links", network, most=MOST_OF_A_NETWORK, seconds=_DAY):
        raise TooMany("Several have asked from your network today. Please try again tomorrow.")
    # To one address no more than this, and whoever asks is told the same.
    if limits.allows("story links mail", email, most=MOST_TO_AN_ADDRESS, seconds=_DAY):
        asked = LinkAsked.objects.create(email=email)
        app.configure_task(_SEND).defer(asked_id=asked.pk)


@transaction.atomic
def send(asked_id: int) -> None:
    """One mail, if there is a story whose teller has proved this address. It may run twice."""
    asked = LinkAsked.objects.select_for_update().filter(pk=asked_id).first()
    if asked is None:
        return
    stories = list(_stories_of(asked.email)[:MOST_IN_A_MAIL])
    if stories:
        _mail(asked.email, stories)
    asked.delete()
    LinkAsked.objects.filter(at__lt=Now() - datetime.timedelta(days=1)).delete()  # whose mail could not be made


def _stories_of(email: str):
    found = Story.objects.filter(contributor__email=email, contributor__email_verified_at__isnull=False)
    found = found.exclude(status=Story.Status.DRAFT).select_related("latest", "shown", "contributor")
    return found.order_by("-created_at", "-pk")


def _mail(email: str, stories: list[Story]) -> None:
    said = ["Hello,", f"you asked for a link to what you told us. Each opens for {LINK_DAYS} days."]
    ends = None
    for story in stories:
        text, key = token_links.make(AccessToken.Purpose.MY_STORY, story, days=LINK_DAYS, email=email)
        ends = key.expires_at
        when = datetime_fields.in_words(story.sent_at or story.created_at)
        path = reverse("my_stories:story", args=[story.slug])
        said += [f"Told on {when}: {status_text.of(story).state}", f"{settings.SITE_URL}{path}?key={text}"]
    said.append("If that was not you, do nothing. Nobody but the reader of this mail has these links.")
    # Erased with the story if it is about one; of several it says nothing but the day.
    about = stories[0] if len(stories) == 1 else None
    words = "\n\n".join(said)
    mail.send(to=email, subject="Your stories", text=words, is_secret=True, useless_at=ends, about=about)

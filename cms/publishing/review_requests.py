"""Who says that a page is still right, and when; and asking those who should know.

A day is asked about once, with one reminder. Silence is said in public, on a page that somebody was asked
about, and only until somebody looks.
"""

import datetime

from django.db import models, transaction
from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.publishing.models import Publishable, ReviewRequest

REMINDER_DAYS = 14
LABEL_DAYS = 28
KEY_DAYS = 45


def close(thing: models.Model, answer: ReviewRequest.Answer) -> None:
    """Nobody needs to answer any more, and no link opens."""
    for asking in ReviewRequest.objects.open().about(thing).select_for_update():
        _close(asking, answer)


def _close(asking, answer) -> None:
    asking.answered_at, asking.answer = timezone.now(), answer
    asking.save(update_fields=["answered_at", "answer"])
    token_links.revoke_all(AccessToken.Purpose.STILL_RIGHT, asking)


def close_overtaken() -> None:
    """Where the day has been changed, or the thing is gone, since somebody was asked."""
    for asking in ReviewRequest.objects.open().prefetch_related("thing"):
        if asking.thing is None or asking.thing.review_on != asking.review_on:
            with transaction.atomic():
                _close(asking, ReviewRequest.Answer.OVERTAKEN)


def labelled(model: type[Publishable]) -> QuerySet[ReviewRequest]:
    """For each row of an outer question about this kind of thing: its asking that nobody answers."""
    kind = {"content_type__app_label": model._meta.app_label, "content_type__model": model._meta.model_name}
    return ReviewRequest.objects.labelled().filter(object_id=OuterRef("pk"), review_on=OuterRef("review_on"), **kind)


def is_due(asking: ReviewRequest, what: str) -> bool:
    """Whether the time for the reminder or the label has come."""
    waited = timezone.now() - asking.asked_at
    if what == "reminder":
        return asking.reminded_at is None and waited >= datetime.timedelta(days=REMINDER_DAYS)
    return asking.labelled_at is None and waited >= datetime.timedelta(days=LABEL_DAYS)

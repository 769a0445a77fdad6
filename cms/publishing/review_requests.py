"""Who says that a page is still right, and when; and asking those who should know.

The law here: a day is asked about once, with one reminder. Silence is said in public, on a page that somebody was asked
about, and only until somebody looks.
"""

import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import Key
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.publishing import review_dates
from cms.publishing.display import name_of
from cms.publishing.models import Asking, Publishable
from cms.revisions import form_replay

REMINDER_DAYS = 14
LABEL_DAYS = 28
KEY_DAYS = 45


@transaction.atomic
def confirm(
    model_admin: Any, request: HttpRequest, thing: Publishable, *, checker: Publishable.Checker, by_words: str = ""
) -> None:
    """All of it is right today. Raises ValidationError, as saving its form would."""
    new = review_dates.days()
    old = {name: getattr(thing, name) for name in new}
    request.checker = checker  # type: ignore[attr-defined]  # its form notes it beside the day
    by = request.user if request.user.pk else None
    form_replay.apply(model_admin, request, thing, new, why="Still right")
    audit_log.write(AuditEvent.Action.CHECKED, thing, by=by, by_words=by_words, old=_in_words(old), new=_in_words(new))
    is_asked = checker == Publishable.Checker.PARTNER
    close(thing, Asking.Answer.STILL_RIGHT if is_asked else Asking.Answer.OVERTAKEN)


def _in_words(days) -> dict[str, str]:
    return {name_of(Publishable, name): str(day) for name, day in days.items() if day}


def close(thing: models.Model, answer: Asking.Answer) -> None:
    """Nobody needs to answer any more, and no link opens."""
    for asking in Asking.objects.open().about(thing).select_for_update():
        _close(asking, answer)


def _close(asking, answer) -> None:
    asking.answered_at, asking.answer = timezone.now(), answer
    asking.save(update_fields=["answered_at", "answer"])
    token_links.revoke_all(Key.Purpose.STILL_RIGHT, asking)


def close_overtaken() -> None:
    """Where the day has been changed, or the thing is gone, since somebody was asked."""
    for asking in Asking.objects.open().prefetch_related("thing"):
        if asking.thing is None or asking.thing.review_on != asking.review_on:
            with transaction.atomic():
                _close(asking, Asking.Answer.OVERTAKEN)


def labelled(model: type[Publishable]) -> QuerySet[Asking]:
    """For each row of an outer question about this kind of thing: its asking that nobody answers."""
    kind = {"content_type__app_label": model._meta.app_label, "content_type__model": model._meta.model_name}
    return Asking.objects.labelled().filter(object_id=OuterRef("pk"), review_on=OuterRef("review_on"), **kind)


def is_due(asking: Asking, what: str) -> bool:
    """Whether the time for the reminder or the label has come."""
    waited = timezone.now() - asking.asked_at
    if what == "reminder":
        return asking.reminded_at is None and waited >= datetime.timedelta(days=REMINDER_DAYS)
    return asking.labelled_at is None and waited >= datetime.timedelta(days=LABEL_DAYS)

"""Saves that somebody looked at a page and found all of it still right."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.publishing import review_dates, review_requests
from cms.publishing.display import name_of
from cms.publishing.models import Publishable, ReviewRequest
from cms.revisions import form_replay


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
    review_requests.close(thing, ReviewRequest.Answer.STILL_RIGHT if is_asked else ReviewRequest.Answer.OVERTAKEN)


def _in_words(days) -> dict[str, str]:
    return {name_of(Publishable, name): str(day) for name, day in days.items() if day}

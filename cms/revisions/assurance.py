"""“Still right”: somebody looked at the whole of a page again, and found nothing to change."""

from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.publishing import review_dates, review_requests
from cms.publishing.display import name_of
from cms.publishing.models import Publishable, ReviewRequest
from cms.revisions import kinds
from cms.revisions.actors import Actor, person_of


@transaction.atomic
def confirm(instance: Publishable, *, actor: Actor, checker: Publishable.Checker, by_words: str = "") -> None:
    """All of it is right today, says the checker. `by_words` is what the audit log calls somebody without an account,
    or who acts for an organisation. Raises ValidationError, as saving its form would."""
    new = review_dates.days()
    old = {name: getattr(instance, name) for name in new}
    kinds.of(instance).change(instance, new, actor=actor, reason="Still right", checker=checker)
    audit_log.write(
        AuditEvent.Action.CHECKED,
        instance,
        by=person_of(actor),
        by_words=by_words,
        old=_in_words(old),
        new=_in_words(new),
    )
    is_asked = checker == Publishable.Checker.PARTNER
    review_requests.close(instance, ReviewRequest.Answer.STILL_RIGHT if is_asked else ReviewRequest.Answer.OVERTAKEN)


def _in_words(days) -> dict[str, str]:
    return {name_of(Publishable, name): str(day) for name, day in days.items() if day}

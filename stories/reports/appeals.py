"""Asking for a second look. Once for each concern, within 30 days, and somebody else decides.

appeal    something was changed, left as it is    an appeal waits    whoever reported it, by the link in the answer
close     an appeal waits                         decided again      who may decide it, but did not before
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories.models import Report
from stories.reports import deadlines, decisions, emails, file_report

_State = Report.State
ANSWERED = (_State.ACTED, _State.KEPT)


def report_of(key: str) -> Report | None:
    """The concern whose answer this link opens."""
    found = token_links.find(key, AccessToken.Purpose.REPORT)
    thing = found.thing if found else None
    return thing if isinstance(thing, Report) else None


def is_open(report: Report) -> bool:
    """Whether its reporter may ask for a second look now."""
    if report.state not in ANSWERED or report.decided_at is None:
        return False
    return timezone.now() < deadlines.may_appeal_until(report.decided_at)


@transaction.atomic
def appeal(report: Report, *, words: str) -> Report:
    """Raises deciding.Decided where it cannot be asked for (any more), ValidationError without words."""
    found = Report.objects.select_for_update().get(pk=report.pk)
    if not is_open(found):
        raise decisions.Decided
    if not words.strip():
        raise ValidationError("Write why you do not agree.", code="required")
    found.appeal, found.appealed_at, found.state = words.strip(), timezone.now(), _State.APPEALED
    found.due_at = deadlines.appeal_due(found.appealed_at)
    found.save()
    category = found.get_category_display()
    new = {"report": found.pk, "category": category, "asks for": decisions.SECOND_LOOK}
    audit_log.write(AuditEvent.Action.REPORTED, found.story or found, by=None, by_words=file_report.A_READER, new=new)
    return found


def may_close(report: Report, person: Any) -> bool:
    return decisions.may(report, person) and report.decided_by_id != person.pk


@transaction.atomic
def close(report: Report, *, by: Any, was_right: bool, words: str, also: str = "", to_teller: str = "") -> Report:
    """As deciding.decide; `was_right` says that whoever reported it was, and that something is changed."""
    found = decisions.locked(report, by=by, state=_State.APPEALED)
    if not may_close(found, by):
        raise PermissionDenied
    found.appeal_outcome = decisions.needed(words)
    decisions.act(found, also, by=by, to_teller=to_teller, is_left=not was_right)
    found.appeal_was_right, found.state = was_right, _State.CLOSED
    found.closed_at, found.closed_by = timezone.now(), by
    found.save()
    in_time = found.closed_at <= found.due_at
    decisions.write(found, by=by, also=also, decision=decisions.AFTER_APPEAL[was_right], in_time=in_time)
    emails.final_answer(found)
    return found

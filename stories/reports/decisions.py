"""What is decided about a concern. It is decided once and with words for whoever reported it; nobody
decides about their own story; what was hidden at once is either let go on or said to be changed, never left between.

    decide    waits for an answer    something was changed, or it is left as it is    who may decide concerns; about a
                                                                                      child at risk, safeguarding
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from partners import permissions as partners
from stories import workflow
from stories.models import Report, Story
from stories.models.reports import ReportQuerySet
from stories.photos import takedown
from stories.reports import emails

DECIDE = "stories.decide_report"
HIDE, SHOW = "hide_picture", "show_picture"
# What may be done about the story together with the answer; the steps are those of workflow.py.
STEPS = {"remove": "Take the story down", "hold": "Hold it for safeguarding", "lift": "Let the story go on"}
OF_PICTURES = {HIDE: "Hide the picture", SHOW: "Show the picture again"}
_STILL_HIDDEN = "It was hidden at once, and still is. Let it go on, or say that something was changed."

# As the record has it, from which the yearly summary counts.
SECOND_LOOK = "a second look"
AFTER_APPEAL = {True: "After an appeal: decided otherwise", False: "After an appeal: it stays as decided"}


class Decided(Exception):
    """Somebody decided it a moment ago; nothing was done."""


def seen_by(person: Any) -> ReportQuerySet:
    """What somebody of the staff may read: nobody what is said about their own story, and about a child at risk only
    who can do something about it."""
    if not person.is_active or not person.is_staff or (person.is_limited and not person.is_superuser):
        return Report.objects.none()
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    theirs = {person.email.lower(), *(email.lower() for email in proved)}
    own = Q(entered_by=person) | Q(contributor__account=person) | Q(contributor__email__in=theirs)
    own |= Q(contributor__guardian_email__in=theirs) | Q(versions__by=person)
    works_for = partners.desks_of(person).values("pk")
    stories = Story.objects.filter(own | Q(partner__in=works_for), pk=OuterRef("story_id"))
    found = Report.objects.filter(~Exists(stories))
    if person.has_perm(DECIDE) or person.has_perm(workflow.SAFEGUARDING):
        return found
    return found.exclude(category=Report.Category.CHILD_AT_RISK)


def waiting_for(person: Any) -> ReportQuerySet:
    """Open ones that this person could decide, the most urgent first."""
    if not person.has_perm(DECIDE):
        return Report.objects.none()
    found = seen_by(person).open().exclude(state=Report.State.APPEALED, decided_by=person)
    if not person.has_perm(workflow.SAFEGUARDING):
        found = found.exclude(category=Report.Category.CHILD_AT_RISK)
    return found


def urgent() -> Q:
    """Those that hide something at once, but did not: one network had hidden enough that day. Nobody has yet."""
    child = Q(category=Report.Category.CHILD_AT_RISK)
    me = Q(category=Report.Category.ME_IN_PICTURE, picture__is_hidden=False)
    return (child | me) & Q(state=Report.State.OPEN, hid_at_once=False, story__status=Story.Status.PUBLISHED)


def may(report: Report, person: Any) -> bool:
    """Whether somebody may decide it, whatever its state."""
    if not person.has_perm(DECIDE) or not seen_by(person).filter(pk=report.pk).exists():
        return False
    is_child = report.category == Report.Category.CHILD_AT_RISK
    return not is_child or person.has_perm(workflow.SAFEGUARDING)


def choices(report: Report, person: Any) -> list[tuple[str, str]]:
    """What this person may do now together with the answer."""
    found = []
    if report.story is not None:
        steps = workflow.steps_open_to(report.story, person)
        found += [(name, words) for name, words in STEPS.items() if name in steps]
    if report.picture is not None and person.has_perm(workflow.MODERATOR):
        name = SHOW if report.picture.is_hidden else HIDE
        found.append((name, OF_PICTURES[name]))
    return found


@transaction.atomic
def decide(report: Report, *, by: Any, has_acted: bool, words: str, also: str = "", to_teller: str = "") -> Report:
    """Raises PermissionDenied, Decided, workflow.Impossible, or ValidationError by field, in words. `words` go to
    whoever reported it, `to_teller` to the teller."""
    found = locked(report, by=by, state=Report.State.OPEN)
    found.outcome = needed(words)
    act(found, also, by=by, to_teller=to_teller, is_left=not has_acted)
    if not has_acted and found.hid_at_once and is_still_hidden(found):
        raise ValidationError({"also": _STILL_HIDDEN})
    found.state = Report.State.ACTED if has_acted else Report.State.KEPT
    found.decided_at, found.decided_by = timezone.now(), by
    found.save()
    in_time = found.decided_at <= found.due_at
    write(found, by=by, also=also, decision=found.get_state_display(), in_time=in_time)
    emails.answer(found)
    return found


def locked(report: Report, *, by: Any, state: str) -> Report:
    """The story's row comes first, as in everything that changes one."""
    if report.story_id:
        Story.objects.select_for_update(of=("self",)).filter(pk=report.story_id).first()
    found = Report.objects.select_for_update(of=("self",)).select_related("story", "picture").get(pk=report.pk)
    if not may(found, by):
        raise PermissionDenied
    if found.state != state:
        raise Decided
    return found


def needed(words: str) -> str:
    if not words.strip():
        raise ValidationError({"words": "Write what they should know."})
    return words.strip()


def act(report: Report, also: str, *, by: Any, to_teller: str, is_left: bool) -> None:
    """Does what goes with the answer, and refuses an answer that what happens to the story belies."""
    if is_left and also in ("remove", "hold", HIDE):
        raise ValidationError({"also": "That is a change. Say above that something was changed."})
    if also and also not in dict(choices(report, by)):
        raise ValidationError({"also": "That cannot be done any more. Look at the story, then decide."})
    try:
        if also in STEPS and report.story is not None:
            note = "" if also == "hold" else to_teller  # why it is held is not for its teller
            report.story = workflow.take(also, report.story, by=by, note=note)
        elif also == HIDE and report.picture is not None:
            takedown.hide(report.picture, by=by, why="A concern was reported")
        elif also == SHOW and report.picture is not None:
            takedown.show_again(report.picture, by=by)
    except ValidationError as error:
        field = "to_teller" if getattr(error, "code", "") == "required" else "also"
        raise ValidationError({field: error.messages}) from None


def is_still_hidden(report: Report) -> bool:
    """What this report hid when it came."""
    if report.category == Report.Category.CHILD_AT_RISK:
        return report.story is not None and report.story.status == Story.Status.HELD
    if report.picture is None:
        return False
    report.picture.refresh_from_db(fields=["is_hidden"])
    return report.picture.is_hidden


def write(report: Report, *, by: Any, also: str, decision: str, in_time: bool) -> None:
    """Neither the reporter's words nor ours to them, which may repeat them."""
    done = {**STEPS, **OF_PICTURES}.get(also, "")
    new = {"report": report.pk, "decided": decision, "in time": in_time} | ({"did": done} if done else {})
    category = {"category": report.get_category_display()}
    audit_log.write(AuditEvent.Action.REPORT_DECIDED, report.story or report, by=by, old=category, new=new)

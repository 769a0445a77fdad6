"""The only writer of a story's status.

    step               from                                            to                       who
    send               draft                                           (1)                      teller
    confirm_address    awaiting address                                (1)                      teller
    guardian_agrees    awaiting guardian                               submitted                guardian
    guardian_refuses   awaiting guardian                               withdrawn                guardian
    claim              submitted                                       in review                moderator
    release            in review                                       submitted                moderator
    ask                in review                                       change asked             moderator, with words
    answer             change asked                                    submitted                teller
    approve            in review                                       approved                 moderator, not their own
    schedule           in review, approved, scheduled                  scheduled                moderator, not their own
    reconsider         approved, scheduled                             in review                moderator
    publish            approved, scheduled                             published                the portal (2)
    fail               approved, scheduled                             in review                the portal, with words
    decline            submitted, in review, change asked              declined                 moderator, with words
    reopen             declined                                        in review                moderator
    hold               all that staff see, but held and withdrawn      held                     moderator, the portal
    lift               held                                            published, if it was;    safeguarding,
                                                                       submitted otherwise      not their own
    remove             published, held                                 removed                  moderator, with words;
                                                                                                safeguarding, if held
    restore            removed                                         in review                moderator
    withdraw           all that is sent, but held                      withdrawn                teller, guardian
    bring_back         withdrawn                                       (1)                      teller

    (1) awaiting address, if its address is not confirmed; awaiting guardian, if one must agree; submitted otherwise
    (2) as soon as the sizes of its pictures are there, or at its time

Whoever works for the teller, as the teller or in the portal's name has been asked for that by the caller: by a key, by
the account, or by the clock. Of staff this file asks itself. Nobody decides about their own.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib import datetime_fields
from partners import permissions as partners
from stories import display_name, emails, safeguarding
from stories.consent import consent, guardian_requests, withdrawal_notices
from stories.models import Story, Version
from stories.publication import publishing

Status = Story.Status
Action = AuditEvent.Action


class Role(StrEnum):
    """Who takes a step without being of the staff."""

    TELLER = "The teller"
    GUARDIAN = "A parent or guardian"
    PORTAL = "the portal itself"


MODERATOR, SAFEGUARDING = "stories.moderate_story", safeguarding.SAFEGUARDING


@dataclass(frozen=True)
class Step:
    start: tuple[Status, ...]
    end: Status | None  # None: worked out from the story
    who: tuple[str, ...]  # roles, or rights of staff of which one is enough
    words: str  # on its button
    needs_words: bool = False
    not_own: bool = False


_SENT = (Status.SUBMITTED, Status.IN_REVIEW, Status.CHANGE_ASKED, Status.APPROVED, Status.SCHEDULED)
_STOPPABLE = (*_SENT, Status.PUBLISHED, Status.DECLINED, Status.REMOVED)

STEPS = {
    "send": Step((Status.DRAFT,), None, (Role.TELLER,), "Send"),
    "confirm_address": Step((Status.AWAITING_VERIFICATION,), None, (Role.TELLER,), "Confirm the address"),
    "guardian_agrees": Step((Status.AWAITING_GUARDIAN,), Status.SUBMITTED, (Role.GUARDIAN,), "Agree"),
    "guardian_refuses": Step((Status.AWAITING_GUARDIAN,), Status.WITHDRAWN, (Role.GUARDIAN,), "Do not agree"),
    "claim": Step((Status.SUBMITTED,), Status.IN_REVIEW, (MODERATOR,), "I’m on it"),
    "release": Step((Status.IN_REVIEW,), Status.SUBMITTED, (MODERATOR,), "Leave it to others"),
    "ask": Step((Status.IN_REVIEW,), Status.CHANGE_ASKED, (MODERATOR,), "Ask for a change", needs_words=True),
    "answer": Step((Status.CHANGE_ASKED,), Status.SUBMITTED, (Role.TELLER,), "Send the change"),
    "approve": Step((Status.IN_REVIEW,), Status.APPROVED, (MODERATOR,), "Approve and publish", not_own=True),
    "schedule": Step(
        (Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED),
        Status.SCHEDULED,
        (MODERATOR,),
        "Publish at a time",
        not_own=True,
    ),
    "reconsider": Step((Status.APPROVED, Status.SCHEDULED), Status.IN_REVIEW, (MODERATOR,), "Look at it again"),
    "publish": Step((Status.APPROVED, Status.SCHEDULED), Status.PUBLISHED, (Role.PORTAL,), "Publish"),
    "fail": Step((Status.APPROVED, Status.SCHEDULED), Status.IN_REVIEW, (Role.PORTAL,), "Stop", needs_words=True),
    "decline": Step(
        (Status.SUBMITTED, Status.IN_REVIEW, Status.CHANGE_ASKED),
        Status.DECLINED,
        (MODERATOR,),
        "Do not publish",
        needs_words=True,
    ),
    "reopen": Step((Status.DECLINED,), Status.IN_REVIEW, (MODERATOR,), "Look at it again"),
    "hold": Step(_STOPPABLE, Status.HELD, (MODERATOR, SAFEGUARDING, Role.PORTAL), "Hold for safeguarding"),
    "lift": Step((Status.HELD,), None, (SAFEGUARDING,), "Let it go on", not_own=True),
    "remove": Step((Status.PUBLISHED, Status.HELD), Status.REMOVED, (MODERATOR,), "Take it down", needs_words=True),
    "restore": Step((Status.REMOVED,), Status.IN_REVIEW, (MODERATOR,), "Look at it again"),
    "withdraw": Step(
        (Status.AWAITING_VERIFICATION, Status.AWAITING_GUARDIAN, *_STOPPABLE),
        Status.WITHDRAWN,
        (Role.TELLER, Role.GUARDIAN),
        "Take it back",
    ),
    "bring_back": Step((Status.WITHDRAWN,), None, (Role.TELLER,), "Bring it back"),
}


class Impossible(Exception):
    """The step cannot be taken from where the story is now; the message says so in words."""


def may(step: str, story: Story, by: Any) -> bool:
    """Whether somebody may take a step, wherever the story is. Asks the database about a person and their partners."""
    rule = STEPS[step]
    if isinstance(by, Role):
        return by in rule.who
    if by is None or not by.is_active or not by.is_staff or (by.is_limited and not by.is_superuser):
        return False
    if story.status == Status.HELD and not by.has_perm(SAFEGUARDING):
        return False
    if not any(by.has_perm(right) for right in rule.who if not isinstance(right, Role)):
        return False
    return not (rule.not_own and is_own(story, by))


def is_own(story: Story, person: User) -> bool:
    """Whether they told it, with whichever of their addresses, answer for the child who did, typed any of it in, or
    work for the partner that sent it."""
    contributor = getattr(story, "contributor", None)
    if person.pk in (story.entered_by_id, contributor.account_id if contributor else None):
        return True
    if contributor and _is_written_to(contributor, person):
        return True
    if story.partner is None:
        return False
    return bool(partners.rights_of(person, story.partner)) or story.versions.filter(by=person).exists()


def _is_written_to(contributor: Any, person: User) -> bool:
    known = {guardian_requests.letterbox(email) for email in (contributor.email, contributor.guardian_email) if email}
    if not known:
        return False
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return not known.isdisjoint(map(guardian_requests.letterbox, [person.email, *proved]))


def steps_open_to(story: Story, by: Any) -> list[str]:
    return [name for name, step in STEPS.items() if story.status in step.start and may(name, story, by)]


@transaction.atomic
def take(
    step: str,
    story: Story,
    *,
    by: Any,
    note: str = "",
    at: datetime.datetime | None = None,
    seen_at: str = "",
    cause: Model | None = None,
) -> Story:
    """Raises PermissionDenied, Impossible, or ValidationError with what keeps it from that, in words.

    `by` is one of the staff or a Role; `note` is told to the teller. `at` is when to publish. `seen_at`, if given, is
    when the story had last been changed as whoever decides has seen it. `cause` is the report that a hold follows from.
    """
    rule = STEPS[step]
    found = Story.objects.select_for_update(of=("self",)).select_related("partner", "contributor").get(pk=story.pk)
    if not may(step, found, by):
        raise PermissionDenied
    if found.status not in rule.start:
        raise Impossible(f"Nothing was done: this story is “{found.get_status_display()}” now.")
    if seen_at and seen_at != found.modified_at.isoformat():
        raise Impossible("Nothing was done: it was changed after you opened this page. Read it again, then decide.")
    if rule.needs_words and not note.strip():
        raise ValidationError("Say why, in words its teller can read.", code="required")
    was, old = found.status, {"state": found.get_status_display()}
    end = rule.end or _worked_out(step, found)
    if step in ("approve", "schedule", "publish") or (step == "lift" and end == Status.PUBLISHED):
        publishing.check(found, found.shown if step == "lift" else found.latest)
    found.publish_at = _in_time(at) if step == "schedule" else None if end != Status.PUBLISHED else found.publish_at
    _arrive(found, step, end, by, note)
    found.save()
    _turn_versions(found, step, by, note)
    if end == Status.PUBLISHED:
        publishing.show(found)
    elif was == Status.PUBLISHED:
        publishing.hide(found)
    if step == "withdraw" and was == Status.PUBLISHED:
        withdrawal_notices.ask_to_tell(found, withdrawal_notices.bodies_of(found, consent.allowed(found)))
    new = {"step": rule.words, "state": found.get_status_display()}
    if found.publish_at and end == Status.SCHEDULED:
        new["at"] = datetime_fields.in_words(found.publish_at)
    is_person = not isinstance(by, Role)
    audit_log.write(
        _ACTIONS.get(step, Action.STORY), found, by=by if is_person else None, by_words="" if is_person else str(by),
        old=old, new=new, note=note if is_person else "",
    )  # fmt: skip
    emails.tell(found, "guardian_withdraws" if (step, by) == ("withdraw", Role.GUARDIAN) else step, note)
    if step == "hold":
        safeguarding.alert_held(found, by=by if is_person else None, cause=cause)
    if end == Status.AWAITING_GUARDIAN:
        guardian_requests.ask(found)
    if end in (Status.APPROVED, Status.SCHEDULED):
        publishing.queue(found)
    return found


_ACTIONS = {"publish": Action.PUBLISHED, "schedule": Action.SCHEDULED, "remove": Action.TAKEN_DOWN}


def _worked_out(step: str, story: Story) -> Status:
    if step == "lift":
        return Status.PUBLISHED if story.held_from == Status.PUBLISHED else Status.SUBMITTED
    contributor = story.contributor
    is_confirmed = contributor.email_verified_at is not None or story.way != Story.Way.ONLINE
    if not is_confirmed:
        return Status.AWAITING_VERIFICATION
    return Status.AWAITING_GUARDIAN if contributor.guardian_is_needed else Status.SUBMITTED


def _arrive(story: Story, step: str, end: Status, by: Any, note: str) -> None:
    now, person = timezone.now(), None if isinstance(by, Role) else by
    if step == "hold":
        story.held_from, story.is_flagged = story.status, True
    story.status, story.status_since, story.warned_at = end, now, None
    if end in Story.WAITING or end == Status.HELD:
        story.waits_since = story.waits_since or now
    elif not (step == "lift" and _has_a_change(story)):
        story.waits_since = None
    if end in Story.WAITING:
        display_name.settle(story, story.latest)
    if step == "send":
        story.sent_at = now
    if step in ("claim", "reconsider", "reopen", "restore"):
        story.claimed_by, story.claimed_at = person, now
    elif end not in (Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED):
        story.claimed_by = story.claimed_at = None
    if person is not None and step in ("ask", "approve", "schedule", "decline", "remove", "lift"):
        story.decided_by = person
    if note and step != "hold":  # why it is held is for those who look after safeguarding
        story.words = note.strip()
    if step == "publish":
        story.shown = story.latest
        story.published_at = story.published_at or now


def _has_a_change(story: Story) -> bool:
    """Whether its teller sent one of what is public, that nobody has decided (changes.py)."""
    latest = story.latest
    return latest is not None and latest.pk != story.shown_id and latest.state == Version.State.WAITING


def _turn_versions(story: Story, step: str, by: Any, note: str) -> None:
    """What becomes of the words with the story."""
    version, now = story.latest, timezone.now()
    if version is None:
        return
    person = None if isinstance(by, Role) else by
    state = {
        "send": Version.State.WAITING,
        "answer": Version.State.WAITING,
        "ask": Version.State.ASKED,
        "decline": Version.State.REFUSED,
        "publish": Version.State.SHOWN,
    }.get(step)
    if state is None:
        return
    version.state = state
    if state == Version.State.WAITING:
        version.sent_at = now
    elif person is not None:
        version.decided_by, version.decided_at, version.words = person, now, note
    version.save()
    if step == "publish":
        story.versions.exclude(pk=version.pk).filter(state=Version.State.SHOWN).update(state=Version.State.OLD)


def _in_time(at: datetime.datetime | None) -> datetime.datetime:
    if at is None:
        raise ValidationError("Choose a day and a time.")
    if at <= timezone.now():
        raise ValidationError("That moment has passed. Choose a later one, or publish now.")
    return at

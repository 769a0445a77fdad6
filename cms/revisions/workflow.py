"""The only writer of a proposal's status.

    being written ──send──► waiting ──refuse──► refused
          │  ▲                 │ ▲
          │  └──── reopen ─────┘ └─── fail, rewrite ─────┐
          ├──────── schedule ──┴──► scheduled ───────────┤
          └──────── publish ────────────┴──► published ◄─┘ (at its time)

Whoever may change a thing may write, send and take back what is proposed for it; and whoever speaks for it
(`may_propose` of its kind), what was proposed in its name. Whoever may publish it decides.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django import app

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib import datetime_fields
from cms.outbox import mail
from cms.publishing.permissions import Somebody
from cms.revisions import kinds, snapshot
from cms.revisions.actors import Actor, System, person_of
from cms.revisions.models import Editing, Proposal

_GONE = "The page it is about is not there any more."
_PUBLISH = "cms.revisions.jobs.publish_at_its_time"
_AT_ITS_TIME = System("publishes what is scheduled, at its time")

Status = Proposal.Status
Action = AuditEvent.Action


@dataclass(frozen=True)
class Step:
    start: tuple[Status, ...]
    end: Status
    who: str  # change: may change the thing; publish: may publish it; portal: nobody but the portal itself
    action: Action


STEPS = {
    "send": Step((Status.DRAFT,), Status.WAITING, "change", Action.PROPOSED),
    "reopen": Step((Status.WAITING, Status.SCHEDULED), Status.DRAFT, "change", Action.TAKEN_BACK),
    "rewrite": Step((Status.SCHEDULED,), Status.WAITING, "change", Action.PROPOSED),
    "take_back": Step(Proposal.OPEN, Status.TAKEN_BACK, "change", Action.TAKEN_BACK),
    "schedule": Step(Proposal.OPEN, Status.SCHEDULED, "publish", Action.SCHEDULED),
    "publish": Step(Proposal.OPEN, Status.PUBLISHED, "publish", Action.APPROVED),
    "refuse": Step((Status.WAITING, Status.SCHEDULED), Status.REFUSED, "publish", Action.REFUSED),
    "fail": Step((Status.SCHEDULED,), Status.WAITING, "portal", Action.REFUSED),
}


@dataclass
class Found:
    """A proposal beside its object as that is now. `instance` is None if it is gone, and then all else is empty."""

    instance: Any = None
    live: snapshot.Values = field(default_factory=dict)
    wanted: snapshot.Values = field(default_factory=dict)
    clashes: list[snapshot.Clash] = field(default_factory=list)


class Impossible(Exception):
    """The step cannot be taken from where the proposal is now; the message says so in words."""


def may(step: str, proposal: Proposal, person: Somebody) -> bool:
    """Whether somebody may take a step, wherever the proposal is. Asks the database about the thing."""
    who = STEPS[step].who
    thing = proposal.thing
    if who == "portal" or thing is None:
        return False
    kind = kinds.of(thing)
    if who == "publish":
        return kind.may_publish(person, thing)
    return kind.may_change(person, thing) or kind.may_propose(person, proposal)


def steps_open_to(proposal: Proposal, person: Somebody) -> set[str]:
    rights = {"change": may("take_back", proposal, person), "publish": may("publish", proposal, person)}
    return {name for name, step in STEPS.items() if proposal.status in step.start and rights.get(step.who)}


@transaction.atomic
def take(
    step: str,
    proposal: Proposal,
    *,
    by: Actor,
    note: str = "",
    at: datetime.datetime | None = None,
    seen_at: str = "",
) -> Proposal:
    """Raises PermissionDenied, Impossible, or ValidationError with what the thing's own form would not take.

    `seen_at`, if given, is when the proposal had last been changed as whoever decides has seen it. `by` is a person, or
    the system, which only carries out what somebody decided before.
    """
    rule = STEPS[step]
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    person = person_of(by)
    if person is not None and not may(step, found, person):
        raise PermissionDenied
    if person is None and not Proposal.objects.due().filter(pk=found.pk).exists():
        raise Impossible("Nothing was done: its time has been changed.")
    if found.status not in rule.start:
        raise Impossible(f"Nothing was done: this change is “{found.get_status_display()}” now.")
    if seen_at and seen_at != found.modified_at.isoformat():
        raise Impossible(
            "Nothing was done: somebody changed it after you opened this page. Read it again, then decide."
        )
    if step == "refuse" and not note.strip():
        raise ValidationError("Say why, so that whoever wrote it knows what to do.")
    old = {"state": found.get_status_display()}
    if step == "schedule":
        found.publish_at = _in_time(at)
        old["decided"] = str(found.decided_by or "")
    if step in ("schedule", "publish", "refuse") and person is not None:
        found.decided_by = person  # type: ignore[assignment]  # the user model lives above
        found.decided_at, found.words = timezone.now(), note
    if step == "publish":
        _apply(found, found.decided_by or by)
    if step == "fail":
        found.problems = note.split("\n")
    elif step != "refuse":
        found.problems = []
    found.status = rule.end
    if step not in ("schedule", "publish"):
        found.publish_at = None
    found.save()
    if step == "schedule":
        at_its_time = app.configure_task(_PUBLISH, schedule_at=found.publish_at)
        at_its_time.defer(proposal_id=found.pk)
    _tell(found, step, person, note)
    new = {"state": found.get_status_display()}
    if person is None:
        new["decided by"] = str(found.decided_by or "")
    if step == "schedule" and found.publish_at:
        new["at"] = datetime_fields.in_words(found.publish_at)
    words = _words_of(person, found) if person is not None and rule.who == "change" else ""
    audit_log.write(rule.action, found.thing, by=person, by_words=words, old=old, new=new, note=note or found.why)
    return found


def _words_of(person, proposal) -> str:
    thing = proposal.thing
    return "" if thing is None else kinds.of(thing).name_of_writer(person, proposal)


def due() -> list[int]:
    return list(Proposal.objects.due().order_by("publish_at").values_list("pk", flat=True))


def carry_out(pk: int) -> None:
    """Publishes a scheduled proposal whose time has come by the database's clock; of any other nothing becomes.

    One that does not fit any more waits again, with the reasons, and whoever wrote it is told.
    """
    proposal = Proposal.objects.due().filter(pk=pk).first()
    if proposal is None:
        return
    try:
        take("publish", proposal, by=_AT_ITS_TIME)
    except ValidationError as error:
        take("fail", proposal, by=_AT_ITS_TIME, note="\n".join(error.messages))
    except Impossible:
        return  # somebody was quicker


def forget_sketches() -> None:
    yesterday = Now() - datetime.timedelta(days=1)
    Proposal.objects.filter(status=Status.SKETCH, modified_at__lt=yesterday).delete()
    Editing.objects.filter(seen_at__lt=yesterday).delete()


_NEWS = {
    "publish": "is published",
    "schedule": "will be published",
    "refuse": "was not published",
    "fail": "could not be published at its time",
}


def _tell(proposal, step, by, note) -> None:
    """Mails those who wrote it what was decided; and the owner of the page that something waits."""
    if step == "send":
        owner = getattr(proposal.thing, "owner", None)
        if owner and owner != by and owner.is_active:
            whose = f", in the name of {proposal.for_name}," if proposal.for_name else ""
            words = f"{by}{whose} has sent a change of “{proposal.title}” for approval."
            text = "\n\n".join(filter(None, [words, proposal.why, _link(proposal.get_absolute_url())]))
            mail.send(to=owner.email, subject=f"Waiting for approval: {proposal.title}", text=text)
        return
    if step not in _NEWS:
        return
    kind = kinds.of(proposal.content_type.model_class())
    when = f" on {datetime_fields.in_words(proposal.publish_at)}" if step == "schedule" else ""
    news = f"Your change of “{proposal.title}” {_NEWS[step]}{when}."
    text = "\n\n".join(filter(None, [news, note, _link(kind.address_for_writers(proposal))]))
    for writer in kind.writers_of(proposal):
        if writer != by and writer.is_active:
            mail.send(to=writer.email, subject=f"{proposal.title}: {_NEWS[step]}", text=text)


def _link(address) -> str:
    return f"Read it here: {settings.SITE_URL}{address}"


def _in_time(at):
    if at is None:
        raise ValidationError("Choose a day and a time.")
    if at <= timezone.now():
        raise ValidationError("That moment has passed. Choose a later one, or publish now.")
    return at


def _apply(proposal: Proposal, actor: Actor) -> None:
    """What the proposal changes, on top of what the object says now."""
    found = read(proposal, locked=True)
    if found.instance is None:
        raise ValidationError(_GONE)
    kinds.of(found.instance).save(found.instance, found.wanted, actor=actor, reason=proposal.why, live=found.live)


def read(proposal: Proposal, *, locked: bool = False) -> Found:
    """The object as it is now, what it says, what it would say, and where others changed the same."""
    model = proposal.content_type.model_class()
    if model is None:
        return Found()
    things = model._default_manager.select_for_update() if locked else model._default_manager.all()
    instance = things.filter(pk=proposal.object_id).first()
    if instance is None:
        return Found()
    kind = kinds.of(model)
    live = kind.snapshot(instance)
    return Found(instance, live, *kind.merge(proposal.base, proposal.values, live))


def as_proposed(proposal: Proposal, live: snapshot.Values) -> snapshot.Values:
    """What the object would say with the proposal, on top of what it says now."""
    return snapshot.merge(proposal.base, proposal.values, live)[0]


def mistakes(proposal: Proposal) -> list[str]:
    """What would keep it from being published now. Nothing is saved."""
    found = read(proposal)
    if found.instance is None:
        return [_GONE]
    return kinds.of(found.instance).validate(found.instance, found.wanted, live=found.live).messages

"""What an organisation's own people write on its page.

Only the fields of DIRECT_FIELDS are ever theirs. Of these, what staff have set as theirs to change is
saved at once; all else waits for the council. There is one change in a partner's name at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.publishable.diff_fields import describe, differences_between
from cms.publishing.models import Publishable
from cms.revisions import kinds, snapshot, workflow
from cms.revisions.models import Proposal
from cms.revisions.snapshot import Values
from partners import permissions
from partners.members import emails
from partners.models import DIRECT_FIELDS, Partner
from partners.page_editing import light_markup

OWN = tuple(name for name, _ in DIRECT_FIELDS)
_WITH_COUNCIL = (Proposal.Status.WAITING, Proposal.Status.SCHEDULED)


@dataclass
class Outcome:
    """What became of what was typed, in the names of fields."""

    saved: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    proposal: Proposal | None = None
    is_new: bool = False  # something was typed that had not been kept before


class Clashing(Exception):
    """Somebody else changed the same since the form was opened: nothing is kept before both versions were seen.

    `merged` is the page with what both changed, and mine where both changed the same; `now` as it is without mine.
    """

    def __init__(self, found: list[snapshot.Clash], *, merged: dict[str, Any], now: dict[str, Any], by: Any) -> None:
        super().__init__("Somebody else changed the same.")
        self.found, self.merged, self.now, self.by = found, merged, now, by


def in_its_name(partner: Partner) -> Any:
    """All changes that its own people wrote, the newest first."""
    about = Proposal.objects.about(partner).exclude(for_name="").exclude(status=Proposal.Status.SKETCH)
    return about.order_by("-created_at", "-pk")


def open_change(partner: Partner) -> Proposal | None:
    return in_its_name(partner).open().first()


def live_values(partner: Partner) -> Values:
    return kinds.of(partner).snapshot(partner)


def fields_of(page: Values) -> dict[str, Any]:
    return {name: page["fields"][name] for name in OWN} | {"body": _as_marks(page["fields"]["body"])}


def _as_marks(html: str) -> str:
    """The text as it would come back from the form if nobody touched it."""
    return light_markup.normal(html) if light_markup.can_say(html) else html


def shown(partner: Partner, *, proposal: Proposal | None = None) -> dict[str, Any]:
    """What the form starts with: the page as it is, or as a change would have it."""
    live = live_values(partner)
    return fields_of(workflow.as_proposed(proposal, live) if proposal else live)


def _bare(fields) -> Values:
    return {"fields": dict(fields), "rows": {}}


def fingerprint(fields: Mapping[str, Any]) -> str:
    return snapshot.fingerprint(_bare(fields))


@transaction.atomic
def keep(
    partner: Partner, *, by: Any, changes: Mapping[str, Any], seen: str, why: str = "", is_sent: bool = False
) -> Outcome:
    """Keeps what was typed beside the page. Unless it `is_sent` at once, what waited for the council waits no more.

    `seen` is the fingerprint of what the form had started with: what others changed since then stays. Raises Clashing
    where they changed the same. Whoever sends the same twice has sent it once; whoever writes over words of a colleague
    that wait has seen them, and the colleague is told.
    """
    partner = kinds.locked(partner)
    live = live_values(partner)
    proposal = open_change(partner)
    now = workflow.as_proposed(proposal, live) if proposal else live
    fields = _merged(changes, seen, now, by=proposal.by if proposal else None)
    is_public = partner.status == Publishable.Status.PUBLISHED
    if not fields and (proposal.status in _WITH_COUNCIL if proposal else is_public):
        return Outcome(proposal=proposal)
    if proposal and proposal.by_id not in (None, by.pk):
        _tell_of_replaced(partner, proposal, live, now, fields, by)
    if proposal and proposal.status in _WITH_COUNCIL:
        proposal = _called_back(proposal, by, why, is_sent=is_sent)
    proposal = proposal or Proposal(thing=partner)
    proposal.title, proposal.for_name, proposal.by = str(partner)[:250], str(partner)[:150], by
    wanted = {"fields": now["fields"] | fields, "rows": live["rows"]}
    proposal.base, proposal.values, proposal.why = live, wanted, why
    proposal.save()
    return Outcome(proposal=proposal, is_new=True)


def _tell_of_replaced(partner, proposal, live, now, fields, by) -> None:
    """Of words that a colleague had written and that waited: their own stay in the record, and they hear of it."""
    was, before = fields_of(now), fields_of(live)
    apart = [("", name, was[name], new) for name, new in fields.items() if was[name] != before[name]]
    found = describe(kinds.of(partner), apart)
    if not found:
        return
    audit_log.write(
        AuditEvent.Action.REPLACED,
        partner,
        by=by,
        by_words=permissions.words_of(by, partner),
        old={"person": permissions.called(proposal.by)} | {difference.what: difference.old for difference in found},
        new={difference.what: difference.new for difference in found},
    )
    if permissions.may(proposal.by, "write", partner):
        emails.replaced(partner, proposal.by, by=by, found=found)


def _called_back(proposal, by, why, *, is_sent) -> Proposal:
    """What the council may be reading is changed: it reads it again, or waits until it is sent."""
    if not is_sent:
        return workflow.take("reopen", proposal, by=by)
    if proposal.status == Proposal.Status.SCHEDULED:
        return workflow.take("rewrite", proposal, by=by)
    partner = proposal.thing
    audit_log.write(AuditEvent.Action.PROPOSED, partner, by=by, by_words=permissions.words_of(by, partner), note=why)
    return proposal


def _merged(changes, seen, now, *, by) -> dict[str, Any]:
    """Of the fields that are theirs, those that differ from what the page or its change says now. `by` wrote that."""
    typed = {name: snapshot.plain(value) for name, value in changes.items() if name in OWN}
    typed = {name: _as_marks(value) if name == "body" else value for name, value in typed.items()}
    theirs = fields_of(now)
    merged, clashes = snapshot.merge_marked(seen or fingerprint(theirs), _bare(typed), _bare(theirs))
    if clashes:
        raise Clashing(clashes, merged=merged["fields"], now=theirs, by=by)
    return {name: value for name, value in merged["fields"].items() if value != theirs[name]}


@transaction.atomic
def send(partner: Partner, *, by: Any) -> Outcome:
    """Saves what is theirs to change directly, and sends the rest to the council.

    Raises ValidationError with what keeps it from being published, by field where it is one of theirs.
    """
    partner = kinds.locked(partner)
    proposal = open_change(partner)
    if proposal is None or proposal.status in _WITH_COUNCIL:
        return Outcome(proposal=proposal)
    return _send(partner, proposal, by)


def _send(partner, proposal, by) -> Outcome:
    live, wanted = _to_be(proposal)
    changed = [name for name in OWN if wanted["fields"][name] != live["fields"][name]]
    outcome = Outcome(saved=[name for name in changed if name in partner.direct_fields])
    _check(partner, live, wanted)
    if outcome.saved:
        _save(partner, by, {name: wanted["fields"][name] for name in outcome.saved}, proposal.why)
        live, wanted = _to_be(proposal)
    outcome.sent = [name for name in changed if name not in outcome.saved]
    if wanted == live:
        outcome.proposal = workflow.take("take_back", proposal, by=by, note="Nothing is left to approve.")
        return outcome
    proposal.base, proposal.values = live, wanted
    proposal.save()
    if proposal.status == Proposal.Status.DRAFT:
        proposal = workflow.take("send", proposal, by=by)
    outcome.proposal = proposal
    return outcome


def _to_be(proposal) -> tuple[Values, Values]:
    """The page now, and as it would be; one that nobody outside sees yet becomes public with it."""
    partner = Partner.objects.get(pk=proposal.object_id)
    live = live_values(partner)
    wanted = workflow.as_proposed(proposal, live)
    if partner.status == Publishable.Status.DRAFT:
        wanted["fields"] = wanted["fields"] | {"status": Publishable.Status.PUBLISHED.value}
    return live, wanted


def _check(partner, live, wanted) -> None:
    partner = Partner.objects.get(pk=partner.pk)  # one of its own: the form writes into it
    mistakes = kinds.of(partner).validate(partner, wanted, live=live)
    own = {name: errors for name, errors in mistakes.by_field.items() if name in OWN}
    if own:
        raise ValidationError(own)
    if mistakes:
        raise ValidationError(
            ["Something is missing that only the council can add. Please tell us.", *mistakes.messages]
        )


def _save(partner, by, changes, why) -> None:
    old = live_values(partner)
    kind = kinds.of(partner)
    kind.change(partner, changes, actor=by, reason=why)
    new = live_values(Partner.objects.get(pk=partner.pk))
    found = differences_between(kind, old, new, leaving_out=set(new["fields"]) - set(changes))
    audit_log.write(
        AuditEvent.Action.DIRECT,
        partner,
        by=by,
        by_words=permissions.words_of(by, partner),
        old={difference.what: difference.old for difference in found},
        new={difference.what: difference.new for difference in found},
        note=why,
    )


@transaction.atomic
def propose(partner: Partner, *, by: Any, changes: Mapping[str, Any], seen: str = "", why: str = "") -> Outcome:
    """Keeps and sends at once. Raises Clashing as `keep` does."""
    kept = keep(partner, by=by, changes=changes, seen=seen, why=why, is_sent=True)
    if not kept.is_new or kept.proposal is None:
        return send(partner, by=by)
    return _send(kinds.locked(partner), kept.proposal, by)


def take_back(partner: Partner, *, by: Any) -> Proposal | None:
    """Raises Impossible where it was decided a moment ago."""
    proposal = open_change(partner)
    return workflow.take("take_back", proposal, by=by) if proposal else None

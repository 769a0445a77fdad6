"""Ends a partnership: the page stays and says so, and nobody speaks for it any more.

Taken back by emptying the date in the partner's form; its people are invited anew then.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib.dates import in_words
from cms.outbox import mail
from cms.publishing import review_requests
from cms.publishing.models import ReviewRequest
from cms.revisions import kinds, workflow
from cms.revisions.models import Proposal
from partners.members import membership
from partners.models import Partner
from partners.staff import acting_grants, staff_permissions


@transaction.atomic
def end(partner: Partner, *, by: Any, ended: str, note: str = "", successor: Partner | None = None) -> Partner:
    """Raises PermissionDenied, or ValidationError with what the partner's own form would not take."""
    partner = kinds.locked(partner)
    staff_permissions.ask(by, "end_partner", partner)
    if partner.has_ended:
        raise ValidationError(f"This partnership has ended already, in {partner.ended_words}.", code="ended")
    if not ended:
        raise ValidationError("Say when it ended. A year is enough.", code="required")
    take_back_in_its_name(partner, by=by, why="The partnership has ended.")
    review_requests.close(partner, ReviewRequest.Answer.OVERTAKEN)
    for going_on in partner.actings.current():
        acting_grants.end(going_on)
    people = membership.end_all_of(partner, by=by)
    changes = {"ended": ended, "ended_note": note, "successor": successor}
    partner = kinds.of(partner).change(partner, changes, actor=by, reason=note or "Partnership ended")
    new = {"ended": in_words(ended)} | ({"successor": str(successor)} if successor else {})
    audit_log.write(AuditEvent.Action.ENDED, partner, by=by, new=new, note=note)
    for person in people:
        _tell(person, partner, note)
    return partner


def take_back_in_its_name(partner: Partner, *, by: Any, why: str) -> list[Proposal]:
    """What its own people had proposed and nobody has decided yet; whoever wrote it is told by the caller."""
    found = list(Proposal.objects.open().about(partner).exclude(for_name="").order_by("pk"))
    return [workflow.take("take_back", proposal, by=by, note=why) for proposal in found]


def _tell(person: Any, partner: Partner, note: str) -> None:
    words = [
        f"The council has ended the partnership with {partner}.",
        note,
        "Its page stays, and says so. You do not speak for it any more, and invitations to it do not open.",
        "A change that waited for approval is taken back. If this is a mistake, please answer this mail.",
    ]
    mail.send(
        to=person.email,
        subject=f"The partnership with {partner} has ended",
        text="\n\n".join(filter(None, words)),
    )

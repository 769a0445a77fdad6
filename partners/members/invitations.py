"""Asks the holder of one address to speak for a partner.

Whoever invites learns nothing about the address; whoever accepts has shown that it is theirs. What cannot
be done is a ValidationError with words; a link that has ended is `keys.Spent`.
"""

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from partners import permissions
from partners.members import emails
from partners.models import Invitation, Member, Partner

DAYS = 7
ENDED_KEPT_DAYS = 90
MOST_A_DAY = 20


def invite(
    partner: Partner, *, email: str, role: str, by: Any, from_council: bool = False, words: str = ""
) -> Invitation | None:
    """None where the address is a member's already: its holder is told so, and whoever invites is not."""
    may = (
        permissions.council_may(by, "add_invitation", partner)
        if from_council
        else permissions.may(by, "invite", partner)
    )
    if not may:
        raise PermissionDenied
    if not from_council and not limits.allows("invite", str(partner.pk), most=MOST_A_DAY, seconds=24 * 60 * 60):
        raise ValidationError("You have invited many people today. Please go on tomorrow.", code="too_many")
    return make(partner, email=email, role=role, by=by, from_council=from_council, words=words)


@transaction.atomic
def make(
    partner: Partner, *, email: str, role: str, by: Any, from_council: bool = False, words: str = ""
) -> Invitation | None:
    """Without asking who may: for what has asked already."""
    partner = locked(partner)
    if partner.has_ended:
        raise ValidationError(f"{partner} has ended. Nobody can speak for it any more.", code="ended")
    email, role = email.strip().lower(), Member.Role(role)
    member = partner.members.current().filter(person__email=email).first()
    if member is not None and (member.is_manager or role == member.role):
        emails.already(partner, email)
        return None
    for open_one in partner.invitations.open().filter(email=email):
        token_links.revoke_all(AccessToken.Purpose.INVITATION, open_one)
    invitation = Invitation.objects.create(partner=partner, email=email, role=role, by=by, is_from_council=from_council)
    text, key = token_links.make(AccessToken.Purpose.INVITATION, invitation, days=DAYS, email=email, by=by)
    invitation.key = key
    invitation.save(update_fields=["key"])
    who = "The council" if from_council else permissions.called(by)
    emails.invited(invitation, text, who=who, words=words, until=key.expires_at)
    audit_log.write(
        AuditEvent.Action.INVITED, partner, by=by, by_words=_words(by, partner, from_council), new={"role": role.value}
    )
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, by: Any) -> None:
    """Ends it. Raises keys.Spent where it has been accepted, or has ended, meanwhile."""
    partner = locked(invitation.partner)
    from_council = not permissions.may(by, "invite", partner)
    if from_council and not permissions.council_may(by, "add_invitation", partner):
        raise PermissionDenied
    if not token_links.revoke_all(AccessToken.Purpose.INVITATION, invitation):
        raise token_links.Spent
    words = _words(by, partner, from_council)
    audit_log.write(AuditEvent.Action.UNINVITED, partner, by=by, by_words=words, old={"role": invitation.role})


def find(key_text: str) -> Invitation | None:
    """The open invitation behind a link."""
    key = token_links.find(key_text, AccessToken.Purpose.INVITATION)
    if key is None:
        return None
    return Invitation.objects.open().select_related("partner", "by", "key").filter(key=key).first()


def is_for(invitation: Invitation, person: Any) -> bool:
    """Whether the address is one that this person has confirmed."""
    if not person.is_authenticated:
        return False
    return EmailAddress.objects.filter(user_id=person.pk, verified=True, email=invitation.email).exists()


@transaction.atomic
def accept(key_text: str, person: Any) -> Member:
    found = find(key_text)
    if found is None:
        raise token_links.Spent
    partner = locked(found.partner)
    invitation = find(key_text)
    if invitation is None or invitation.key is None:
        raise token_links.Spent
    if not is_for(invitation, person):
        raise ValidationError("This invitation is for another address.", code="another")
    token_links.use(invitation.key)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    member = partner.members.filter(person=person, ended_at=None).first()
    if member is None:
        member = Member.objects.create(partner=partner, person=person, role=invitation.role)
    elif invitation.role == Member.Role.MANAGER:
        member.role = invitation.role
        member.save(update_fields=["role"])
    words = permissions.words_of(person, partner)
    about = {"person": permissions.called(person), "role": member.role}
    audit_log.write(AuditEvent.Action.JOINED, partner, by=person, by_words=words, new=about)
    emails.joined(member)
    return member


@transaction.atomic
def forget_ended() -> int:
    """Whoever did not come, three months after their link has ended; says how many there were."""
    ended = timezone.now() - datetime.timedelta(days=ENDED_KEPT_DAYS)
    old = list(Invitation.objects.filter(accepted_at=None, key__expires_at__lt=ended).values_list("pk", "key"))
    Invitation.objects.filter(pk__in=[pk for pk, _ in old]).delete()
    AccessToken.objects.filter(pk__in=[key for _, key in old]).delete()
    return len(old)


def locked(partner: Partner) -> Partner:
    """The row, until the end of the transaction: who speaks for a partner changes once at a time."""
    return Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def _words(by: Any, partner: Partner, from_council: bool) -> str:
    return str(by) if from_council else permissions.words_of(by, partner)

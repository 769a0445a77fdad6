"""How somebody's part at a partner changes and ends.

A partner never loses its last manager by what its own people do; and a right that ends, ends at once.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import sessions
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from partners import permissions
from partners.members import emails
from partners.members.invitations import locked
from partners.models import Member, Partner

_LAST = "Nobody else manages this desk. Make somebody else a manager first."


@transaction.atomic
def change_role(member: Member, *, role: str, by: Any) -> Member:
    partner, found = _found(member)
    _check(permissions.may(by, "give_role", partner))
    old, new = found.role, Member.Role(role)
    if new == old:
        return found
    _keep_a_manager(partner, found, by)
    found.role = new
    found.save(update_fields=["role"])
    about = {"person": permissions.called(found.person)}
    audit_log.write(
        AuditEvent.Action.MEMBER_ROLE,
        partner,
        by=by,
        by_words=permissions.words_of(by, partner),
        old=about | {"role": str(old)},
        new=about | {"role": str(found.role)},
    )
    emails.role_changed(found)
    return found


@transaction.atomic
def remove(member: Member, *, by: Any) -> None:
    """What somebody else ends; for one's own there is `leave`."""
    partner, found = _found(member)
    _check(permissions.may(by, "remove", partner))
    if found.person_id == by.pk:
        raise ValidationError("To stop speaking for it yourself, choose “Leave”.", code="oneself")
    _keep_a_manager(partner, found, by)
    _end(found, by=by, by_words=permissions.words_of(by, partner))
    emails.left(found, of_their_own=False)


@transaction.atomic
def leave(member: Member) -> None:
    """Signs whoever leaves out everywhere, here too."""
    partner, found = _found(member)
    _keep_a_manager(partner, found, found.person)
    _end(found, by=found.person, by_words=permissions.words_of(found.person, partner))
    emails.left(found, of_their_own=True)


@transaction.atomic
def end_all_of(partner: Partner, *, by: Any) -> list[Any]:
    """Nobody speaks for it any more, and no invitation opens. Returns whom that ends, managers first, to be told by
    whoever ends it, who has asked for the right."""
    partner = locked(partner)
    members = list(partner.members.filter(ended_at=None).select_related("person", "partner"))
    for member in members:
        _end(member, by=by, by_words=str(by))
    for invitation in partner.invitations.open():
        token_links.revoke_all(AccessToken.Purpose.INVITATION, invitation)
    return [member.person for member in sorted(members, key=lambda member: not member.is_manager)]


def _found(member: Member) -> tuple[Partner, Member]:
    """As they are now, while nobody else changes who speaks for the partner."""
    partner = locked(member.partner)
    found = partner.members.filter(pk=member.pk, ended_at=None).select_related("person").first()
    if found is None:
        raise ValidationError("That has been done already.", code="done")
    found.partner = partner
    return partner, found


def _check(may: bool) -> None:
    if not may:
        raise PermissionDenied


def is_last_manager(member: Member) -> bool:
    """Somebody who cannot leave, or be less, before there is another."""
    return member.is_manager and not member.partner.members.managers().exclude(pk=member.pk).exists()


def _keep_a_manager(partner: Partner, member: Member, by: Any) -> None:
    """The council, acting for a partner, may leave it without one."""
    if not member.is_manager or permissions.acting_of(by, partner):
        return
    if not partner.members.managers().exclude(pk=member.pk).exists():
        raise ValidationError(_LAST, code="last_manager")


def _end(member: Member, *, by: Any, by_words: str) -> None:
    member.ended_at = timezone.now()
    member.save(update_fields=["ended_at"])
    sessions.end_all(member.person)
    about = {"person": permissions.called(member.person), "role": member.role}
    audit_log.write(AuditEvent.Action.LEFT, member.partner, by=by, by_words=by_words, old=about)

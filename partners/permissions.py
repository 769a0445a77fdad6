"""Who may do what for a partner, at its desk.

    contributor   sees the desk, writes the page, answers suggestions, tells stories for people and answers moderators
    manager       all of that; invites, removes, and gives roles
    staff who act for the partner (`ActingGrant`, with a reason and an end) do what a manager does, and it is recorded

Whoever is none of these finds no desk: another partner's anything is 404. docs/partners.md shows this as a table, and
tests/partners/test_permissions.py tests it as one.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.models import ActingGrant, Member, Partner

CONTRIBUTOR = frozenset({"look", "write", "answer", "confirm", "leave"})
MANAGER = CONTRIBUTOR | {"invite", "remove", "give_role"}
ACTING = MANAGER - {"leave"}


def desks_of(person: Any) -> QuerySet[Partner]:
    """The partners somebody may work for now, as a member or acting for them. Every desk page fetches through it."""
    if not person.is_authenticated or not person.is_active:
        return Partner.objects.none()
    member = Member.objects.current().filter(partner=OuterRef("pk"), person=person)
    found = Q(Exists(member))
    if person.has_perm("partners.act_for_partner"):
        acting = Exists(ActingGrant.objects.current().filter(partner=OuterRef("pk"), person=person))
        found |= Q(acting, pk__in=Partner.objects.within_reach_of(person).values("pk"))
    return Partner.objects.filter(found)


def member_of(person: Any, partner: Partner) -> Member | None:
    return partner.members.current().filter(person=person).first() if person.is_authenticated else None


def acting_of(person: Any, partner: Partner) -> ActingGrant | None:
    """That this person, still with the right to, acts for the partner now."""
    if not council_may(person, "act_for_partner", partner):
        return None
    return partner.actings.current().filter(person=person).first()


def rights_at(member: Member | None, acting: ActingGrant | None) -> frozenset[str]:
    if member:
        return MANAGER if member.is_manager else CONTRIBUTOR
    return ACTING if acting else frozenset()


def rights_of(person: Any, partner: Partner) -> frozenset[str]:
    member = member_of(person, partner)
    return rights_at(member, None if member else acting_of(person, partner))


def may(person: Any, action: str, partner: Partner) -> bool:
    return action in rights_of(person, partner)


def council_may(person: Any, right: str, partner: Partner) -> bool:
    """Whether one of the council's staff has a right over partners, and this one is within their reach."""
    if not person.is_authenticated or not person.is_active or not person.has_perm(f"partners.{right}"):
        return False
    return not person.is_limited or Partner.objects.within_reach_of(person).filter(pk=partner.pk).exists()


def called(person: Any) -> str:
    """A member's name for the record and for others: never their address."""
    return person.name or "Somebody without a name"


def words_of(person: Any, partner: Partner) -> str:
    """Who did something at a partner's desk, in words, for the record: “Anna Kay, for Derby Museums”."""
    return f"{called(person)}, for {partner}"

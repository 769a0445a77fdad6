"""The tables of organisations and of those who speak for them; import them from here."""

from partners.models.joining import JoinRequest
from partners.models.members import ActingGrant, Invitation, Member
from partners.models.organisations import (
    CARD_FIELDS,
    DIRECT_FIELDS,
    FormerName,
    Partner,
    PartnerQuerySet,
    PersonInRole,
)

__all__ = [
    "CARD_FIELDS",
    "DIRECT_FIELDS",
    "ActingGrant",
    "FormerName",
    "Invitation",
    "JoinRequest",
    "Member",
    "Partner",
    "PartnerQuerySet",
    "PersonInRole",
]

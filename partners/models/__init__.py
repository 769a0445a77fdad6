"""The tables of organisations and of those who speak for them; import them from here."""

from partners.models.joining import JoinRequest
from partners.models.members import Acting, Invitation, Member
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
    "Acting",
    "FormerName",
    "Invitation",
    "JoinRequest",
    "Member",
    "Partner",
    "PartnerQuerySet",
    "PersonInRole",
]

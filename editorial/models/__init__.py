"""The tables of everything editorial, a module for each concern; import them from here."""

from editorial.models.addresses import DeadLink, MovedAddress
from editorial.models.keeping import Edition, Moment, SeededRow
from editorial.models.mail import Mail
from editorial.models.notices import Notice
from editorial.models.pictures import Image
from editorial.models.proposals import Answer, Editing, PreviewLink, Proposal
from editorial.models.publishing import Publishable, PublishableQuerySet
from editorial.models.record import AuditEvent, Reminder

__all__ = [
    "Answer",
    "AuditEvent",
    "DeadLink",
    "Editing",
    "Edition",
    "Image",
    "Mail",
    "Moment",
    "MovedAddress",
    "Notice",
    "PreviewLink",
    "Proposal",
    "Publishable",
    "PublishableQuerySet",
    "Reminder",
    "SeededRow",
]

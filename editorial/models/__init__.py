"""The tables of everything editorial, a module for each concern; import them from here."""

from editorial.models.assurance import Asking
from editorial.models.backups import BackupProof
from editorial.models.dead_links import DeadLink
from editorial.models.enquiries import Enquiry, EnquiryReply
from editorial.models.jobs import Job, jobs_are_late, worker_is_alive
from editorial.models.keys import Key
from editorial.models.mail import Mail
from editorial.models.notices import Notice
from editorial.models.page_cache import Edition, Moment
from editorial.models.pictures import (
    CleanCopy,
    Image,
    PictureCopy,
    PictureUse,
    Rendition,
    Replacement,
    Size,
    Sized,
    check_described,
    holders,
    use_models,
)
from editorial.models.proposals import Answer, Editing, PreviewLink, Proposal
from editorial.models.publishing import Publishable, PublishableQuerySet, publishable_models
from editorial.models.record import AuditEvent
from editorial.models.redirects import MovedAddress, stored_form
from editorial.models.reminders import Reminder
from editorial.models.seeding import SeededRow
from editorial.models.site_settings import NamedBody, SiteSettings
from editorial.models.suggestions import Suggestion

__all__ = [
    "Answer",
    "Asking",
    "AuditEvent",
    "BackupProof",
    "CleanCopy",
    "DeadLink",
    "Editing",
    "Edition",
    "Enquiry",
    "EnquiryReply",
    "Image",
    "Job",
    "Key",
    "Mail",
    "Moment",
    "MovedAddress",
    "NamedBody",
    "Notice",
    "PictureCopy",
    "PictureUse",
    "PreviewLink",
    "Proposal",
    "Publishable",
    "PublishableQuerySet",
    "Reminder",
    "Rendition",
    "Replacement",
    "SeededRow",
    "SiteSettings",
    "Size",
    "Sized",
    "Suggestion",
    "check_described",
    "holders",
    "jobs_are_late",
    "publishable_models",
    "stored_form",
    "use_models",
    "worker_is_alive",
]

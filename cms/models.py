"""Where Django finds the tables of the CMS. Each is defined in its room: import it from there."""

from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.enquiries.models import Enquiry, EnquiryReply
from cms.media.models import Image, Rendition, Replacement
from cms.outbox.job_queue import Job
from cms.outbox.models import Mail
from cms.page_cache.models import CacheInvalidation, ScheduledChange
from cms.publishing.models import MovedAddress, Notice, Reminder, SeededRow, Suggestion
from cms.publishing.models.review_requests import ReviewRequest
from cms.quality.models import DeadLink
from cms.readiness.models import BackupProof
from cms.revisions.models import Answer, Editing, PreviewLink, Proposal
from cms.site_settings.models import NamedBody, SiteSettings

__all__ = [
    "AccessToken",
    "Answer",
    "AuditEvent",
    "BackupProof",
    "CacheInvalidation",
    "DeadLink",
    "Editing",
    "Enquiry",
    "EnquiryReply",
    "Image",
    "Job",
    "Mail",
    "MovedAddress",
    "NamedBody",
    "Notice",
    "PreviewLink",
    "Proposal",
    "Reminder",
    "Rendition",
    "Replacement",
    "ReviewRequest",
    "ScheduledChange",
    "SeededRow",
    "SiteSettings",
    "Suggestion",
]

"""Where Django finds the admin of everything editorial; each stands in a module of staff/."""

from editorial.staff.about import SiteSettingsAdmin
from editorial.staff.enquiries import EnquiryAdmin
from editorial.staff.links import DeadLinkAdmin
from editorial.staff.machinery import JobAdmin, MailAdmin
from editorial.staff.notices import NoticeAdmin
from editorial.staff.pictures import ImageAdmin
from editorial.staff.proposal_pages import ProposalAdmin
from editorial.staff.record import AuditEventAdmin
from editorial.staff.redirects import MovedAddressAdmin
from editorial.staff.suggestions import SuggestionAdmin

__all__ = [
    "AuditEventAdmin",
    "DeadLinkAdmin",
    "EnquiryAdmin",
    "ImageAdmin",
    "JobAdmin",
    "MailAdmin",
    "MovedAddressAdmin",
    "NoticeAdmin",
    "ProposalAdmin",
    "SiteSettingsAdmin",
    "SuggestionAdmin",
]

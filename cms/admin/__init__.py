"""Where Django finds the admin of the CMS; each stands in a module beside this one."""

from cms.admin.audit_admin import AuditEventAdmin
from cms.admin.dead_links_admin import DeadLinkAdmin
from cms.admin.enquiries_admin import EnquiryAdmin
from cms.admin.jobs_admin import JobAdmin, MailAdmin
from cms.admin.notices_admin import NoticeAdmin
from cms.admin.pictures.pictures_admin import ImageAdmin
from cms.admin.proposals_admin import ProposalAdmin
from cms.admin.redirects_admin import MovedAddressAdmin
from cms.admin.site_settings_admin import SiteSettingsAdmin
from cms.admin.suggestions_admin import SuggestionAdmin

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

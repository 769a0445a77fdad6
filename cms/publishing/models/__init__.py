"""The tables of publishing, a module for each concern; import them from here."""

from cms.publishing.models.notices import Notice
from cms.publishing.models.publishable import Publishable, PublishableQuerySet, publishable_models
from cms.publishing.models.redirects import MovedAddress, stored_form
from cms.publishing.models.reminders import Reminder
from cms.publishing.models.review_requests import ReviewRequest
from cms.publishing.models.seeding import SeededRow
from cms.publishing.models.suggestions import Suggestion

__all__ = [
    "MovedAddress",
    "Notice",
    "Publishable",
    "PublishableQuerySet",
    "Reminder",
    "ReviewRequest",
    "SeededRow",
    "Suggestion",
    "publishable_models",
    "stored_form",
]

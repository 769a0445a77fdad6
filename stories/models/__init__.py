"""The tables of The Derby Story, a module for each concern; import them from here."""

from stories.models.calls import Call, CallPicture, Question, Thread
from stories.models.canned_replies import CannedReply
from stories.models.consent import PURPOSES, Consent, ConsentVersion, Purpose, WordingLine
from stories.models.contributors import Contributor
from stories.models.erasures import Erasure
from stories.models.link_requests import LinkAsked
from stories.models.photos import DepictedPerson, Override, PictureSize, StoryPicture, VersionPicture
from stories.models.reports import Report
from stories.models.search_index import FacetCount, SearchWord, StoryIndex
from stories.models.stories import Story, StoryQuerySet, Version

__all__ = [
    "PURPOSES",
    "Call",
    "CallPicture",
    "CannedReply",
    "Consent",
    "ConsentVersion",
    "Contributor",
    "DepictedPerson",
    "Erasure",
    "FacetCount",
    "LinkAsked",
    "Override",
    "PictureSize",
    "Purpose",
    "Question",
    "Report",
    "SearchWord",
    "Story",
    "StoryIndex",
    "StoryPicture",
    "StoryQuerySet",
    "Thread",
    "Version",
    "VersionPicture",
    "WordingLine",
]

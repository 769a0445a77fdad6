"""The tables of The Derby Story, a module for each concern; import them from here."""

from stories.models.calls import Call, CallPicture, Question, Thread
from stories.models.canned_replies import Sentence
from stories.models.consent import PURPOSES, Consent, Purpose, Wording, WordingLine
from stories.models.contributors import Contributor
from stories.models.erasures import Erasure
from stories.models.links import LinkAsked
from stories.models.photos import Depicted, Override, PictureSize, StoryPicture, VersionPicture
from stories.models.reports import Report
from stories.models.search_index import SearchWord, ShelfCount, ShelvedStory
from stories.models.stories import Story, StoryQuerySet, Version

__all__ = [
    "PURPOSES",
    "Call",
    "CallPicture",
    "Consent",
    "Contributor",
    "Depicted",
    "Erasure",
    "LinkAsked",
    "Override",
    "PictureSize",
    "Purpose",
    "Question",
    "Report",
    "SearchWord",
    "Sentence",
    "ShelfCount",
    "ShelvedStory",
    "Story",
    "StoryPicture",
    "StoryQuerySet",
    "Thread",
    "Version",
    "VersionPicture",
    "Wording",
    "WordingLine",
]

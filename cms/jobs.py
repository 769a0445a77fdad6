"""Where procrastinate finds what the worker does. Each job stands in the room that it works for.

A job's arguments are keys of rows and nothing else: they stand in logs and lists.
"""

from cms import housekeeping
from cms.media import jobs as media
from cms.outbox import jobs as outbox
from cms.publishing import jobs as publishing
from cms.quality import jobs as quality
from cms.revisions import jobs as revisions

__all__ = ["housekeeping", "media", "outbox", "publishing", "quality", "revisions"]

"""What the worker does beside requests. A module for each concern; procrastinate finds this package by its name.

The law here: a job's arguments are keys of rows and nothing else. They stand in logs and lists.
"""

from editorial.jobs import housekeeping, links, mails, pictures, proposals, reviews

__all__ = ["housekeeping", "links", "mails", "pictures", "proposals", "reviews"]

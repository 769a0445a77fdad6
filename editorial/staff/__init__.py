"""What each app's admin is built from: lists, forms and rows for staff.

The law here: a list or a form asks the database the same few questions however many rows there are.
"""

from editorial.staff.history import HistoryMixin
from editorial.staff.picture_rows import PictureUseInline
from editorial.staff.publishing import PUBLICATION, PublishableAdmin
from editorial.staff.reach import SharedMixin
from editorial.staff.things import RowInline, ThingAdmin

__all__ = [
    "PUBLICATION",
    "HistoryMixin",
    "PictureUseInline",
    "PublishableAdmin",
    "RowInline",
    "SharedMixin",
    "ThingAdmin",
]

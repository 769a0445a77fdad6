"""Pictures: judged by their content when they come in, kept only as clean copies, shown in sizes made beforehand.

cleaning     what comes in, and the clean copy of it
renditions   the sizes of a clean copy
keeping      files and rows, which come and go together
uses         which page shows what
"""

from editorial.images.cleaning import Picture, read
from editorial.images.keeping import delete, finish, recrop, remove_files, store, take_over
from editorial.images.uses import carry_key, not_ready, unready_of, uses

__all__ = [
    "Picture",
    "carry_key",
    "delete",
    "finish",
    "not_ready",
    "read",
    "recrop",
    "remove_files",
    "store",
    "take_over",
    "unready_of",
    "uses",
]

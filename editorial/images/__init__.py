"""Pictures: judged by their content when they come in, kept only as clean copies, shown in sizes made beforehand.

cleaning     what comes in, and the clean copy of it
turns        whose photo is read now
renditions   the sizes of a clean copy
keeping      files and rows, which come and go together
replacing    another picture in the place of one, everywhere at once
uses         which page shows what
rights       who may change which
"""

from editorial.images.cleaning import Picture, read
from editorial.images.keeping import delete, finish, is_lost, recrop, remove_files, save_fields, store
from editorial.images.replacing import replace, take_over
from editorial.images.rights import changeable, closed_by, may_change, words_beyond
from editorial.images.uses import (
    carry_key,
    changes_with,
    not_ready,
    unready_of,
    uses,
    uses_beside,
    with_own_words,
)

__all__ = [
    "Picture",
    "carry_key",
    "changeable",
    "changes_with",
    "closed_by",
    "delete",
    "finish",
    "is_lost",
    "may_change",
    "not_ready",
    "read",
    "recrop",
    "remove_files",
    "replace",
    "save_fields",
    "store",
    "take_over",
    "unready_of",
    "uses",
    "uses_beside",
    "with_own_words",
    "words_beyond",
]

"""The list of erasures: a file beside the database and outside its backups, so that a database brought back from a copy
forgets again what was erased since that copy was made.

A line is on the disk before anybody is told; it holds nothing of what was erased.
"""

import datetime
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from stories.models import Erasure


class Line(NamedTuple):
    slug: str
    story: int
    receipt: str
    asked_by: str
    at: datetime.datetime


def append(erasure: Erasure) -> None:
    """Raises OSError if the line is not safely on the disk."""
    line = {
        "slug": erasure.slug,
        "story": erasure.story_id_then,
        "receipt": erasure.receipt,
        "asked_by": erasure.asked_by,
        "at": erasure.erased_at.isoformat(),
    }
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    # In one write at the end of the file, so that lines of two at once do not mix.
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        size = os.fstat(handle).st_size
        was_cut_off = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        content = (b"\n" if was_cut_off else b"") + json.dumps(line).encode() + b"\n"
        if os.write(handle, content) != len(content):
            raise OSError("the disk is full")
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _write_down(path.parent)


def check() -> None:
    """Raises OSError if no line could be written now."""
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640))


def _write_down(folder: Path) -> None:
    """That the file is in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def listed() -> Iterator[Line]:
    """What the file says. A line that was cut off by a crash is of a story that was not erased, and is left out."""
    path = Path(settings.ERASURES_FILE)
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for text in lines:
            try:
                found = json.loads(text)
                at = datetime.datetime.fromisoformat(found["at"])
                yield Line(found["slug"], int(found["story"]), found["receipt"], found["asked_by"], at)
            except (ValueError, KeyError, TypeError):
                continue

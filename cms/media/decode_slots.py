"""Whose photo is read now: one at a time in each installation, and few wait for it.

A photo that is read takes up to some hundred megabytes, so all processes take turns; and whoever waits
holds a thread that could answer somebody else, so that no more wait than half the threads of one worker, none of them
long, and the rest are asked to come back. The turns are locks of files, which go with the process that held them.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

WAIT = 4.0  # seconds; a photo takes from a quarter of one to two
RETRY_SECONDS = 8  # after which a browser tries again by itself
_POLL = 0.05


class Busy(Exception):
    """So many photos are coming in that this one must come again."""


@contextmanager
def turn() -> Iterator[None]:
    """Within it, nobody else in this installation reads a photo. Raises Busy at once where too many wait already, and
    after WAIT seconds in any case."""
    with ExitStack() as held:
        if not any(_lock(held, f"place-{number}") for number in range(settings.PICTURES_AT_ONCE)):
            raise Busy
        until = time.monotonic() + WAIT
        while not _lock(held, "turn"):
            if time.monotonic() > until:
                raise Busy
            time.sleep(_POLL)
        yield


def _lock(held: ExitStack, name: str) -> bool:
    """True once it is ours, until `held` ends."""
    file = _open(name)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    held.enter_context(file)
    return True


def _open(name: str) -> IO[str]:
    """Named by the folder of the pictures, so that two installations on one machine do not wait for each other. Not in
    there: it holds what people sent, and nothing else."""
    installation = hashlib.sha256(os.fsencode(Path(settings.MEDIA_ROOT).resolve())).hexdigest()[:16]
    return (settings.LOCKS_DIR / f"derbycity-pictures-{os.getuid()}-{installation}-{name}.lock").open("a")

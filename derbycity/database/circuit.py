"""Remembers that the server is silent, so that one request waits for it and not everybody after.

While the circuit is open nobody asks the server anything: each question fails at once. One thread of its own goes on
trying, and closes the circuit when the server answers. Perhaps only one connection was dead, and the server is well: so
for a first moment whoever asks waits for what that thread finds.
"""

import threading
import time
from collections.abc import Callable

import psycopg

_EACH = 0.5  # seconds between two tries
_MOMENT = 0.4  # seconds


class Circuit:
    def __init__(self) -> None:
        self._answers = threading.Event()
        self._answers.set()
        self._opened_at = 0.0
        self._lock = threading.Lock()
        self._trying: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        return not self._answers.is_set()

    def check(self) -> None:
        """Raises OperationalError while the server is known to be silent; not in the thread that tries it."""
        if self._answers.is_set() or threading.current_thread() is self._trying:
            return
        if not self._answers.wait(max(0, self._opened_at + _MOMENT - time.monotonic())):
            raise psycopg.OperationalError("The database did not answer a moment ago. It is being tried again.")

    def open(self, try_it: Callable[[], None]) -> None:
        """From now on nobody waits; `try_it` is called again and again until it no longer raises an Exception."""
        with self._lock:
            if self.is_open:
                return
            self._opened_at = time.monotonic()
            self._answers.clear()
            self._trying = threading.Thread(target=self._try, args=(try_it,), name="database", daemon=True)
            self._trying.start()

    def _try(self, try_it: Callable[[], None]) -> None:
        while self.is_open:
            try:
                try_it()
            except Exception:
                time.sleep(_EACH)
            else:
                self._answers.set()

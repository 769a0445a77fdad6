"""Remembers that the server is silent, so that one request waits for it and not everybody after.

While the circuit is open nobody asks the server anything: each question fails at once. One thread of its own goes on
trying, and closes the circuit when the server answers.
"""

import threading
import time
from collections.abc import Callable

import psycopg

_EACH = 0.5  # seconds between two tries


class Circuit:
    def __init__(self) -> None:
        self.is_open = False
        self._lock = threading.Lock()
        self._trying: threading.Thread | None = None

    def check(self) -> None:
        """Raises OperationalError while the server is known to be silent; not in the thread that tries it."""
        if self.is_open and threading.current_thread() is not self._trying:
            raise psycopg.OperationalError("The database did not answer a moment ago. It is being tried again.")

    def open(self, try_it: Callable[[], None]) -> None:
        """From now on nobody waits; `try_it` is called again and again until it no longer raises an Exception."""
        with self._lock:
            if self.is_open:
                return
            self.is_open = True
            self._trying = threading.Thread(target=self._try, args=(try_it,), name="database", daemon=True)
            self._trying.start()

    def _try(self, try_it: Callable[[], None]) -> None:
        while self.is_open:
            try:
                try_it()
            except Exception:
                time.sleep(_EACH)
            else:
                self.is_open = False

"""Join the embedded server of a data folder, starting it if need be.

A process takes its share of `users.lock` only under `start.lock`, and the watcher stops the
server only under `start.lock` with no share taken. So a server is never stopped under a newcomer, and two
starters never make two servers. The kernel drops both locks when a process dies, even by kill -9.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from derbycity.devtools.postgres import programs
from derbycity.devtools.postgres.place import Place, Postmaster, ServerError, choose, try_lock

START_SECONDS = 60
QUIET_SECONDS = 2
STEP_SECONDS = 0.05
PACKAGE_FOLDER = Path(__file__).resolve().parents[3]

_places: dict[Path, Place] = {}
_shares: dict[Path, int] = {}  # our open users.lock per home; a forked worker inherits it


def join(data_dir: Path) -> Postmaster:
    """Use the server of this folder until this process ends. Cheap enough for every new connection."""
    if not sys.platform.startswith("linux"):
        raise ServerError("The embedded PostgreSQL needs Linux. Set DATABASE_URL to a PostgreSQL server.")
    place = _places.get(data_dir) or _places.setdefault(data_dir, choose(data_dir))
    if _is_user(place) and (server := place.running()) and server.is_ready:
        return server
    try:
        place.prepare()
        return _join_slowly(place)
    except OSError as error:
        raise ServerError(f"The embedded PostgreSQL cannot use {place.home}: {error}") from error


def _join_slowly(place: Place) -> Postmaster:
    with place.open_lock("start.lock") as lock:
        queue = _Patience("another process to start the embedded PostgreSQL", 2 * START_SECONDS)
        while not try_lock(lock, fcntl.LOCK_EX):
            queue.wait()
        if not _is_user(place):
            _shares[place.home] = place.lock_file("users.lock")
            fcntl.flock(_shares[place.home], fcntl.LOCK_SH)
        server = place.running()
        if server and server.is_ready and _is_watched(place):
            return server
        patience = _Patience("the embedded PostgreSQL to start", START_SECONDS, place)
        _launch(place, patience)
        while not ((server := place.running()) and server.is_ready):
            if not _is_watched(place):
                raise _failure(place, "The embedded PostgreSQL did not start.")
            patience.wait()
        return server


def _launch(place: Place, patience: "_Patience") -> None:
    """Start a watcher, which starts PostgreSQL. It shares no terminal, pipe or lock with us."""
    folder = programs.runnable(programs.find(), place)
    if not (place.data / "PG_VERSION").exists():
        _say(f"Preparing the embedded PostgreSQL (first time only) in {place.home} …")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PACKAGE_FOLDER), environment.get("PYTHONPATH")]))
    command = [sys.executable, "-m", f"{__package__}.watcher"]
    arguments = [str(place.home), str(place.uid), str(place.gid), str(folder)]
    log = _fresh_log(place)
    try:
        launcher = subprocess.Popen(  # noqa: S603 - our own module
            command + arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C in a terminal reaches the web workers, not the server
        )
    finally:
        os.close(log)
    try:
        while launcher.poll() is None:
            patience.wait()
    except BaseException:
        launcher.kill()
        launcher.wait()
        raise
    if launcher.returncode:
        raise _failure(place, "The embedded PostgreSQL did not start.")


def _fresh_log(place: Place) -> int:
    if place.log.exists():
        place.log.replace(place.log.with_name("server.log.old"))
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    if os.geteuid() == 0:
        os.fchown(log, place.uid, place.gid)
    return log


def _is_user(place: Place) -> bool:
    return place.home in _shares and place.is_current("users.lock", _shares[place.home])


def _is_watched(place: Place) -> bool:
    with place.open_lock("watcher.lock") as lock:
        return not try_lock(lock, fcntl.LOCK_SH)


def _failure(place: Place, message: str) -> ServerError:
    try:
        lines = place.log.read_text(errors="replace").splitlines()[-15:]
    except OSError:
        lines = []
    said = "\n".join(f"    {line}" for line in lines) or "    (nothing)"
    return ServerError(f"{message} Its log, {place.log}, ends with:\n{said}")


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


class _Patience:
    """Wait in small steps: silent at first, then with a word now and then, and not for ever."""

    def __init__(self, what: str, seconds: float, place: Place | None = None) -> None:
        self.what, self.seconds, self.place = what, seconds, place
        self.began = time.monotonic()
        self.next_word = QUIET_SECONDS

    def wait(self) -> None:
        waited = time.monotonic() - self.began
        if waited > self.seconds:
            message = f"Waited {self.seconds} seconds in vain for {self.what}."
            raise _failure(self.place, message) if self.place else ServerError(message)
        if waited > self.next_word:
            _say(f"Waiting for {self.what} …")
            self.next_word += 10
        time.sleep(STEP_SECONDS)

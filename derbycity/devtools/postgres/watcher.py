"""The process that runs PostgreSQL, and stops it when the last user is gone.

`server.py` starts it as `python -m derbycity.devtools.postgres.watcher HOME UID GID PROGRAMS`. Everything it needs is
imported at the top, because as root it then becomes an account that may be unable to read this file.
If the watcher itself is killed the kernel tells PostgreSQL to stop, and the next user starts both anew.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from derbycity.devtools.postgres.place import (
    PORT,
    SUPERUSER,
    Place,
    ServerError,
    account_name,
    require_private,
    try_lock,
)

GRACE_SECONDS = 2
STOP_SECONDS = 60
POLL_SECONDS = 0.3
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

# On the command line, not in postgresql.conf: a folder made by an older version obeys them too.
OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # `make run` has two workers of 64 threads, each with a connection of its own
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",  # Django reports failed statements; here they would only fill the disk
    "log_checkpoints": "off",
}


def main() -> None:
    home, uid, gid, programs = sys.argv[1:]
    place = Place(Path(home), int(uid), int(gid))
    try:
        _become(place)
        lock = _claim(place)
        if os.fork():
            os._exit(0)  # whoever started us waits for this, and then has no child to look after
        _keep(place, Path(programs), lock)
    except ServerError as error:
        sys.exit(str(error))


def _become(place: Place) -> None:
    """Give root's rights up for good. Without them there is nothing to do."""
    os.umask(0o077)
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setgid(place.gid)
            os.setuid(place.uid)
        except OSError as error:
            raise ServerError(f"Root may not become {account_name(place.uid)} here: {error}") from error


def _claim(place: Place) -> int:
    """One watcher at a time. A predecessor lets go once it has noticed that its server is gone."""
    lock = place.lock_file("watcher.lock")
    deadline = time.monotonic() + STOP_SECONDS / 2
    while not try_lock(lock, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            raise ServerError(
                f"Another process still holds {place.home / 'watcher.lock'}: a server is running in this "
                "folder that we cannot see, perhaps in another container. Stop it, or use another DATA_DIR."
            )
        time.sleep(0.05)
    return lock


def _keep(place: Place, programs: Path, lock: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _clear(place)
    if not (place.data / "PG_VERSION").exists():
        _create_cluster(place, programs)
    server = _start(place, programs)
    try:
        while server.poll() is None and place.is_current("watcher.lock", lock):
            time.sleep(POLL_SECONDS)
            if _is_deserted(place):
                time.sleep(GRACE_SECONDS)
                _stop_if_deserted(place, server)
    finally:
        _stop(server)
        with contextlib.suppress(OSError):
            place.socket_dir.rmdir()


def _is_deserted(place: Place) -> bool:
    with place.open_lock("users.lock") as users:
        return try_lock(users, fcntl.LOCK_EX)


def _stop_if_deserted(place: Place, server: subprocess.Popen[bytes]) -> None:
    """Under start.lock, so that a newcomer comes either before, and is seen, or after, and starts anew."""
    with place.open_lock("start.lock") as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        if _is_deserted(place):
            _stop(server)


def _clear(place: Place) -> None:
    """Make way for a start: stop a server whose watcher was killed, and void what a dead one left."""
    deadline = time.monotonic() + STOP_SECONDS
    while stray := place.running():
        with contextlib.suppress(ProcessLookupError):
            os.kill(stray.pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGQUIT)
        time.sleep(0.2)

    place.socket_dir.mkdir(mode=0o700, exist_ok=True)
    require_private(place.socket_dir, os.geteuid())
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (place.socket_dir / name).unlink(missing_ok=True)

    # PostgreSQL trusts a pid file if any process has that pid, except its own parent's. The other lines
    # stay: with them it makes sure that no process of the dead server still uses the data.
    pid_file = place.data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError):
        _, newline, rest = pid_file.read_text(errors="surrogateescape").partition("\n")
        if newline:
            beside = pid_file.with_suffix(".new")
            beside.write_text(f"{os.getpid()}\n{rest}", errors="surrogateescape")
            beside.replace(pid_file)
        else:
            pid_file.unlink()


def _create_cluster(place: Place, programs: Path) -> None:
    """Create beside, then rename: an initdb that was killed leaves nothing half-made in place."""
    for leftover in place.home.glob("data.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh = place.home / f"data.new-{os.getpid()}"
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-instructions"]
    command = [str(programs / "initdb"), "-D", str(fresh), "-U", SUPERUSER, *options]
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:  # noqa: S603 - initdb
        shutil.rmtree(fresh, ignore_errors=True)
        raise ServerError("initdb failed; its words are above.")
    fresh.rename(place.data)
    folder = os.open(place.home, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _start(place: Place, programs: Path) -> subprocess.Popen[bytes]:
    """Start and wait until ready, which after a crash includes recovery."""
    folder = '"' + str(place.socket_dir) + '"'  # quoted, because the setting is a list
    command = [str(programs / "postgres"), "-D", str(place.data), "-c", f"unix_socket_directories={folder}"]
    for name, value in OPTIONS.items():
        command += ["-c", f"{name}={value}"]
    for _ in range(20):
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_end_with_watcher)  # noqa: S603
        while server.poll() is None:
            if (running := place.running()) and running.is_ready:
                return server
            time.sleep(0.02)
        # After kill -9 of the server its last backends need a moment to see it.
        if "pre-existing shared memory block" not in place.log.read_text(errors="replace"):
            break
        time.sleep(0.5)
    raise ServerError(f"PostgreSQL ended with status {server.returncode} while starting.")


def _end_with_watcher() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are cut, the data are flushed. Never SIGKILL first: it would leave backends."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)


if __name__ == "__main__":
    main()

"""Runs the portal for development: `python -m derbycity.devtools.dev_runner COMMAND …` (`make run`, `make dev`).

    HOST and PORT are free     asked first; if not, it says so and ends
    the embedded PostgreSQL    joined until the end, so that it is not stopped between two steps (without DATABASE_URL)
    manage.py prepare          tables and opening content
    COMMAND                    the web server; its address is printed once it answers
    manage.py worker           the jobs and mails

They end together, however either ends, and nothing is left behind, not even by kill -9. Ctrl-C reaches this process
alone, which then asks each to end, once. A worker that dies is started again, as a server would; one that cannot stay
up ends both, so that it is noticed.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from derbycity import env
from derbycity.devtools.postgres import server
from derbycity.devtools.postgres.place import ServerError

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
WORKER = [*MANAGE, "worker"]
PREPARE = [*MANAGE, "prepare"]
TRIES = 5  # deaths in a row
SOON = 10  # seconds within which a death counts
PATIENCE = 12  # seconds to end in, when asked; a little more than the worker gives its jobs
POLL = 0.2
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def main(command: list[str], worker: list[str] = WORKER, prepare: list[str] | None = None, address: str = "") -> int:
    """`prepare` runs to its end first; `address` is told once the web server answers there. Returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(128))
    started: dict[str, subprocess.Popen] = {}
    try:
        if prepare and (status := _prepare(started, prepare)):
            return status
        started["web"] = _start(command)
        return _watch(started, worker, address)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(list(started.values()))


def refusal(host: str, port: int) -> str:
    """Why nothing can listen there, in words; empty if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that has just ended is no hindrance
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"Nothing can listen on {host}:{port} ({error.strerror}). Try PORT={port + 1} make run"
    return ""


def _prepare(started: dict[str, subprocess.Popen], prepare: list[str]) -> int:
    """One at a time: two who start at once would make the same tables."""
    if not env.text("DATABASE_URL", ""):
        try:
            server.join(ROOT / ".postgres")
        except ServerError as error:
            _say(str(error))
            return 1
    with (ROOT / ".venv/.prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started["prepare"] = _start(prepare)
        return started.pop("prepare").wait()


def _watch(started: dict[str, subprocess.Popen], worker: list[str], address: str) -> int:
    """Until the web server ends, or the worker does not stay up."""
    deaths = 0
    while deaths < TRIES:
        time.sleep(deaths)
        began = time.monotonic()
        started["worker"] = _start(worker)
        while started["worker"].poll() is None:
            if started["web"].poll() is not None:
                return started["web"].returncode
            if address and _answers(address):
                _say(
                    f"\nThe portal is at {address}/ (stop it with Ctrl-C)\n"
                    "To make the first administrator: make login   (it prints a link that signs in once)\n"
                )
                address = ""
            time.sleep(POLL)
        deaths = deaths + 1 if time.monotonic() - began < SOON else 1
        _say(f"The worker ended with status {started['worker'].returncode}.")
    _say("The worker does not stay up. Stopping the web server, too.")
    return 1


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/live", timeout=1) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def _start(command: list[str]) -> subprocess.Popen:
    """In a session of its own: a Ctrl-C in the terminal would reach it beside our own word, and two at once are one
    too many for a server that is already ending."""
    return subprocess.Popen(command, preexec_fn=_end_with_us, start_new_session=True)  # noqa: S603 - the Makefile's


def _end_with_us() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _end(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    if why := refusal(host, port):
        sys.exit(why)
    sys.exit(main(sys.argv[1:], prepare=PREPARE, address=f"http://{host}:{port}"))

"""Runs the web server and the worker as one, on a developer's machine: `python -m derbycity.together COMMAND …`.

The law here: they end together, however either ends, and nothing is left behind, not even by kill -9. A worker that
dies is started again, as a server would; one that cannot stay up ends both, so that it is noticed.
"""

import ctypes
import signal
import subprocess
import sys
import time
from pathlib import Path

WORKER = [sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py"), "worker"]
TRIES = 5  # deaths in a row
SOON = 10  # seconds within which a death counts
PATIENCE = 12  # seconds to end in, when asked; a little more than the worker gives its jobs
POLL = 0.2
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def main(command: list[str], worker: list[str] = WORKER) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(128))
    started: dict[str, subprocess.Popen] = {}
    try:
        started["web"] = _start(command)
        return _watch(started, worker)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(list(started.values()))


def _watch(started: dict[str, subprocess.Popen], worker: list[str]) -> int:
    """Until the web server ends, or the worker does not stay up."""
    deaths = 0
    while deaths < TRIES:
        time.sleep(deaths)
        began = time.monotonic()
        started["worker"] = _start(worker)
        while started["worker"].poll() is None:
            if started["web"].poll() is not None:
                return started["web"].returncode
            time.sleep(POLL)
        deaths = deaths + 1 if time.monotonic() - began < SOON else 1
        _say(f"The worker ended with status {started['worker'].returncode}.")
    _say("The worker does not stay up. Stopping the web server, too.")
    return 1


def _start(command: list[str]) -> subprocess.Popen:
    return subprocess.Popen(command, preexec_fn=_end_with_us)  # noqa: S603 - what the Makefile says


def _end_with_us() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _end(processes: list[subprocess.Popen]) -> None:
    """Ctrl-C in a terminal has reached them already; asking twice does no harm."""
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

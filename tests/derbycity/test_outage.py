"""The portal with its real server process while the database refuses, says nothing, or is cut off.

    fault      kept page   other page   live, static   post with a text   ready
    refused    200         503          200            503, given back    503
    silent     200         503          200            503, given back    503
    cut once   200         200          200            accepted           200

Whoever comes first after the database has fallen silent waits a few seconds; everybody after them is answered at once.
"""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests import make
from tests.derbycity.test_worker import until
from tests.proxy import Proxy

ROOT = Path(__file__).resolve().parents[2]
committing = pytest.mark.django_db(transaction=True)

SETTINGS = """
from derbycity.settings import *
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
"""
AT_ONCE = 1.9  # seconds: less than anybody waits for the database; the machine has other tests to run
FIRST = 4.0  # whoever finds out: two seconds for a sign of life, and a moment for what a new connection shows
BACK = 3.0
TEXT = "What my grandmother told me about the mill"

ASKED = {
    "kept": ("GET", "/"),
    "other": ("GET", "/wards/"),
    "live": ("GET", "/health/live"),
    "static": ("GET", "/static/css/site.css"),
    "post": ("POST", "/tell/story/"),
    "ready": ("GET", "/health/ready"),
}


class Answer(NamedTuple):
    status: int
    seconds: float
    text: str


class Portal:
    """gunicorn as in production, with one worker, and a line to the database that can be broken."""

    def __init__(self, folder: Path, line: Proxy) -> None:
        (folder / "behind_a_line.py").write_text(SETTINGS, encoding="utf-8")
        name = connection.settings_dict["NAME"]
        user = connection.get_connection_params().get("user") or "postgres"
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "DJANGO_SETTINGS_MODULE": "behind_a_line",
            "DERBYCITY_ENV": "local",
            "SECRET_KEY": "for this test alone, and of no use anywhere else at all",
            "DATABASE_URL": f"postgresql://{user}@127.0.0.1:{line.port}/{name}?sslmode=disable&gssencmode=disable",
            "MEDIA_ROOT": str(folder / "media"),
            "WEB_CONCURRENCY": "1",
        }
        command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py")]
        command += ["--bind", "127.0.0.1:0", "derbycity.wsgi"]
        log = folder / "gunicorn.log"
        with log.open("w") as said:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=said)
        found = until(lambda: re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text()))
        self.port = int(found[1])

    def ask(self, kind: str) -> Answer:
        method, path = ASKED[kind]
        body, headers = None, {}
        if method == "POST":
            body = urlencode(self.hidden | {"title": "The mill", "text": TEXT, "language": "en", "when_kind": ""})
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        began = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, path, body, headers)
            response = line.getresponse()
            text = response.read().decode()
        return Answer(response.status, time.monotonic() - began, text)

    def ask_all(self) -> dict[str, Answer]:
        """Everything at the same time."""
        answers: dict[str, Answer] = {}

        def ask(kind: str) -> None:
            answers[kind] = self.ask(kind)

        threads = [threading.Thread(target=ask, args=(kind,)) for kind in ASKED]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def open_the_form(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("GET", "/tell/story/")
            page = line.getresponse().read().decode()
        self.hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def line(transactional_db):
    proxy = Proxy()
    yield proxy
    proxy.close()


@pytest.fixture
def portal(tmp_path, line):
    """With one page kept, and a form open in somebody's browser."""
    running = Portal(tmp_path, line)
    try:
        make.ward(name="Zebrafish Ward")
        running.open_the_form()
        assert {running.ask("kept").status for _ in range(3)} == {200}
        yield running
    finally:
        running.stop()


def statuses(answers: dict[str, Answer]) -> dict[str, int]:
    return {kind: answer.status for kind, answer in answers.items()}


def too_slow(answers: dict[str, Answer], most: float, *kinds: str) -> dict[str, float]:
    return {kind: answers[kind].seconds for kind in kinds or answers if answers[kind].seconds > most}


AWAY = {"kept": 200, "other": 503, "live": 200, "static": 200, "post": 503, "ready": 503}


@committing
@pytest.mark.parametrize("fault", ["refuse", "stall"])
def test_a_database_that_is_away_costs_nobody_more_than_a_few_seconds(portal, line, fault):
    getattr(line, fault)()

    first = portal.ask_all()
    then = [portal.ask_all() for _ in range(3)]

    assert statuses(first) == AWAY
    assert [statuses(answers) for answers in then] == [AWAY] * 3
    assert not too_slow(first, FIRST)
    assert not too_slow(first, AT_ONCE, "live", "static")
    assert not [slow for answers in then if (slow := too_slow(answers, AT_ONCE))]
    assert [TEXT in answers["post"].text for answers in (first, *then)] == [True] * 4

    line.mend()
    began = time.monotonic()
    while portal.ask("ready").status != 200 and time.monotonic() - began < 20:
        time.sleep(0.1)

    assert time.monotonic() - began < BACK
    assert portal.ask("other").status == 200
    assert portal.ask("post").status in (200, 302)


@committing
def test_a_line_that_is_cut_is_made_anew_without_a_word(portal, line):
    before = portal.ask_all()
    assert statuses(before)["other"] == 200

    line.cut()
    answers = portal.ask_all()

    assert statuses(answers) == dict.fromkeys(ASKED, 200) | {"post": answers["post"].status}
    assert answers["post"].status in (200, 302)
    assert not too_slow(answers, AT_ONCE * 2)


@committing
def test_what_changed_before_the_silence_is_not_shown_as_it_was(portal, line):
    """Kept, outdated, and not asked for again until the database was away: nobody is shown what was taken down."""
    portal.ask("other")
    assert "Zebrafish" in portal.ask("other").text
    with connection.cursor() as cursor:
        cursor.execute("UPDATE city_ward SET status = 'draft'")
    portal.ask("kept")  # the worker hears of the change

    line.refuse()

    assert portal.ask("other").status == 503
    assert portal.ask("kept").status == 200

"""Many photos at once, with the real server process: it goes on answering everybody else."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.test import override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from cms.media import decode_slots
from stories.submit import drafts
from tests.derbycity.test_outage import Portal
from tests.proxy import Proxy
from tests.stories.photos.test_upload import a_file

THREADS = 4  # so that two may be at a photo
POSTS = 6


@pytest.fixture
def portal(transactional_db, tmp_path, monkeypatch):
    """Whose turns are taken in a folder that goes away."""
    monkeypatch.setenv("WEB_THREADS", str(THREADS))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    line = Proxy()
    running = Portal(tmp_path, line)
    try:
        with override_settings(MEDIA_ROOT=tmp_path / "media", LOCKS_DIR=tmp_path):
            yield running
    finally:
        running.stop()
        line.close()


def post(portal, token):
    """A photo, as a browser without a script sends it: status and page."""
    body = encode_multipart(BOUNDARY, {"draft": token, "do": "add", "files": a_file()})
    headers = {"Content-Type": MULTIPART_CONTENT, "Cookie": f"draft={token}", "Sec-Fetch-Site": "same-origin"}
    with closing(http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)) as connection:
        connection.request("POST", "/tell/pictures/", body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_while_photos_wait_for_their_turn_everybody_else_is_answered(portal):
    story, token = drafts.start()

    with ThreadPoolExecutor(POSTS) as pool:
        with decode_slots.turn():
            began = time.monotonic()
            posts = [pool.submit(post, portal, token) for _ in range(POSTS)]
            while sum(each.done() for each in posts) < POSTS - 1 and time.monotonic() - began < decode_slots.WAIT:
                time.sleep(0.05)
            live = [portal.ask("live") for _ in range(5)]
            waiting = [each for each in posts if not each.done()]
        answers = [each.result() for each in posts]

    assert [(answer.status, answer.seconds < 1) for answer in live] == [(200, True)] * 5
    assert len(waiting) == 1
    assert waiting[0].result()[0] == 302
    kind = "many photos are coming in just now. Your words are safe."
    assert sorted((status, kind in page) for status, page in answers) == [(200, True)] * (POSTS - 1) + [(302, False)]
    assert story.pictures.count() == 1

"""A real Chromium, talking to a real server process on the test database."""

import os
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from tests.browser import chromium

# Playwright keeps an event loop of its own in this thread; Django must not take it for one of ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """One Chromium for all tests of a run. Playwright's event loop makes Django open another connection in this thread;
    that one must know, too, what the migrations brought, to bring it back after a test that commits."""
    path = chromium.find()
    assert path, "no Chromium; `make test` brings one"
    brought = connection._test_serialized_contents
    with sync_playwright() as playwright:
        connection._test_serialized_contents = brought
        started = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        yield started
        started.close()


@pytest.fixture
def context(browser, live_server):
    """A fresh visitor. What a page writes to its console as an error fails the test, so does a broken request."""
    with_base = browser.new_context(base_url=live_server.url, locale="en-GB")
    yield with_base
    with_base.close()


def _was_left(request) -> bool:
    """Whether the visitor went on before the answer came; nothing is wrong with that."""
    return request.failure == "net::ERR_ABORTED"


@pytest.fixture
def page(context):
    visited = context.new_page()
    wrong = []
    visited.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    visited.on("pageerror", lambda error: wrong.append(str(error)))
    visited.on("requestfailed", lambda request: None if _was_left(request) else wrong.append(f"{request.url} failed"))
    yield visited
    assert wrong == []


@pytest.fixture
def picture(tmp_path):
    """Takes a picture for docs/staff.md: `picture(page, "name")`, or of one part of the page. `make pictures` keeps
    them; otherwise they go away with the test, but what they show has been there."""
    folder = Path(os.environ.get("PICTURES") or tmp_path)

    def take(page, name, part=None):
        page.wait_for_load_state("networkidle")
        (part or page).screenshot(path=folder / f"{name}.png")

    return take

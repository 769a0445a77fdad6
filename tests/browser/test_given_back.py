"""A form that was refused, on a small phone and a desktop: everybody can read what it says, and one press sends it."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from stories.models import Story
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = """box => {
  const hidden = document.createElement("input");  // which need not be drawn
  Object.assign(hidden, {type: "hidden", name: "text", value: "word ".repeat(800000)});
  box.replaceWith(hidden);
}"""
SIZES = [(360, "light"), (1280, "dark")]


@pytest.fixture
def visitor(browser, live_server, request):
    width, scheme = request.param
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    page.kept_as = f"{width}-{scheme}"
    yield page
    context.close()


def check(page, name, folder):
    """Nobody is shut out; and a picture, where somebody asks for one."""
    page.wait_for_load_state("networkidle")  # with its style
    page.screenshot(path=Path(os.environ.get("PICTURES") or folder) / f"{name}-{page.kept_as}.png", full_page=True)
    assert page.evaluate(TOO_WIDE) <= 0
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("visitor", SIZES, indirect=True)
def test_a_sign_in_that_ran_out_of_time_asks_for_the_password_alone(visitor, tmp_path):
    visitor.goto("/account/login/")
    visitor.locator("input[name=login]").fill("ada@example.org")
    visitor.locator("input[name=password]").fill("correct horse battery")
    visitor.context.clear_cookies()
    visitor.locator("input[name=password]").press("Enter")

    expect(visitor.get_by_role("heading", level=1)).to_have_text("This form ran out of time")
    expect(visitor.get_by_label("Login")).to_have_value("ada@example.org")
    expect(visitor.get_by_label("Password")).to_have_value("")
    check(visitor, "expired", tmp_path)


@pytest.mark.parametrize("visitor", SIZES, indirect=True)
def test_staff_whose_session_ended_sign_in_beside_it_and_send_it(visitor, cast, tmp_path):
    come_in(visitor, cast.editor, "/admin/programmes/programme/add/")
    visitor.get_by_label("Title", exact=True).fill("A new programme")
    cookies = visitor.context.cookies()
    visitor.context.clear_cookies(name="session")
    visitor.get_by_role("button", name="Save", exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Please sign in again")
    expect(visitor.get_by_label("Title")).to_have_value("A new programme")
    check(visitor, "signed-out", tmp_path)

    visitor.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "session"])
    visitor.get_by_role("button", name="Send it again").click()
    expect(visitor.get_by_label("Title", exact=True)).to_have_value("A new programme")
    expect(visitor.get_by_role("heading", level=1)).not_to_have_text("Please sign in again")


@pytest.mark.parametrize("visitor", SIZES, indirect=True)
def test_too_long_a_story_keeps_the_rest(visitor, tmp_path):
    visitor.goto("/tell/story/")
    visitor.get_by_label("Give it a title").fill("My first tram")
    visitor.locator("textarea[name=text]").evaluate(LONG)
    visitor.get_by_role("button", name="Save and continue", exact=True).click()

    expect(visitor.get_by_role("heading", level=1)).to_have_text("That is too much text at once")
    expect(visitor.get_by_label("Give it a title")).to_have_value("My first tram")
    expect(visitor.get_by_text("This was too long to keep: Your story.")).to_be_visible()
    expect(visitor.get_by_label("Seen")).to_have_count(0)
    check(visitor, "too-large", tmp_path)
    assert not Story.objects.exists()

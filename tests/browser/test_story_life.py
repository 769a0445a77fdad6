"""The later life of a story, on a small phone without JavaScript and without an account: a question about a change, the
answer, the change shown, the story taken back, and erased. All of it by the link in a mail.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from stories import changes
from stories.models import Erasure, Story
from tests import make, make_stories
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def list_of_erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 700}, locale="en-GB"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def story(transactional_db):
    return make_stories.story(title="The blue tram", text="It came every morning.", allowed=("site", "museum"))


def mailed(story):
    """As the link in each mail to its teller."""
    text, _ = token_links.make(AccessToken.Purpose.MY_STORY, story, days=90, email=story.contributor.email)
    return f"/my-stories/{story.slug}/?key={text}"


def read(page, story, time):
    """As somebody who comes anew: a browser that was there before may keep the page for half a minute."""
    return page.goto(f"/stories/{story.slug}/?{time}").status


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_the_later_life_of_a_story(phone, context, live_server, story):
    moderator = make.staff("Moderator", name="Mo")
    phone.goto(mailed(story))
    expect(phone.get_by_role("heading", name="The blue tram")).to_be_visible()
    phone.get_by_role("link", name="Change it").click()
    phone.get_by_label("Your story").fill("It came every morning, and my aunt drove it.")
    press(phone, "Save and go on to the pictures")
    press(phone, "Go on without a picture")
    expect(phone.locator("ins")).to_contain_text("aunt")
    press(phone, "Send the change")
    expect(phone.get_by_text("Your change is with our team.")).to_be_visible()
    assert read(phone, story, 1) == 200
    assert "aunt" not in phone.content()

    changes.take("ask", changes.waiting().get(), by=moderator, note="What was your aunt called?")
    phone.goto(mailed(story))
    expect(phone.get_by_text("What was your aunt called?").first).to_be_visible()
    phone.get_by_role("link", name="Answer with a change").click()
    phone.get_by_label("Your story").fill("It came every morning, and my aunt Sue drove it.")
    press(phone, "Save and look at all of it")
    press(phone, "Send the change")

    desk = context.new_page()
    come_in(desk, moderator, f"/admin/stories/story/{story.pk}/change/")
    press(desk, "Show the change")
    expect(desk.get_by_text("The change is approved.").first).to_be_visible()
    assert read(phone, story, 2) == 200
    expect(phone.get_by_text("my aunt Sue drove it").first).to_be_visible()

    phone.goto(mailed(story))
    phone.get_by_role("link", name="Take it back").click()
    press(phone, "Take my story back")
    expect(phone.get_by_text("Taken down", exact=True)).to_be_visible()
    assert read(phone, story, 3) == 410
    assert "aunt" not in phone.content()

    phone.goto(mailed(story))
    phone.get_by_role("link", name="Erase it").click()
    press(phone, "Erase my story")
    expect(phone.get_by_role("alert")).to_contain_text("Tick the box")
    phone.get_by_label("Yes, erase it for ever").check()
    press(phone, "Erase my story")
    expect(phone.get_by_text(re.compile("ERASE-"))).to_have_text(Erasure.objects.get().receipt)
    assert not Story.objects.exists()
    assert read(phone, story, 4) == 410
    assert phone.context.cookies() == []


def test_its_pages_are_for_everybody(context, story):
    version = changes.begin(story)
    version.text = "It came every evening."
    version.save()
    page = context.new_page()
    address = mailed(story)
    path, _, key = address.partition("?")
    asked = make_stories.story(status="change_asked", title="میری کہانی", language="ur")
    addresses = ["/my-stories/", "/my-stories/gone/?key=x", mailed(asked)]
    addresses += [f"{path}{name}?{key}" for name in ("", "change/", "change/check/", "consent/", "name/", "erase/")]

    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for one in addresses:
            page.goto(one)
            assert page.evaluate(TOO_WIDE) <= 0, one
            if width == 360:
                assert Axe().run(page).violations_count == 0, one

"""The whole life of one story, on small phones without JavaScript and without an account: told with a photo from an
iPhone, gone on with elsewhere, confirmed, asked about and changed, published, reported, taken back, erased.
"""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from cms.outbox.models import Mail
from stories import jobs
from stories.models import Erasure, Report, Story, StoryPicture
from tests import make
from tests.browser.doors import come_in
from tests.cms.media.test_media import HEIC

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHOTO = {"name": "IMG_0001.HEIC", "mimeType": "image/heic", "buffer": HEIC}


@pytest.fixture
def device(browser, live_server):
    """Another phone each time it is asked for."""
    contexts = []

    def made(**options):
        shared = {"base_url": live_server.url, "viewport": {"width": 360, "height": 700}, "java_script_enabled": False}
        contexts.append(browser.new_context(**{"locale": "en-GB"} | shared | options))
        return contexts[-1].new_page()

    yield made
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def list_of_erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def mailed(pattern, subject=""):
    return re.search(pattern, Mail.objects.filter(subject__contains=subject).latest("pk").text, re.MULTILINE)[1]


def to_their_page(page):
    """By the link in the newest mail."""
    page.goto(mailed(r"(/my-stories/\S+key=\S+)"))


def test_the_whole_life_of_a_story(device):
    moderator = make.staff("Moderator", name="Mo")

    first = device()
    first.goto("/tell/")
    first.get_by_role("link", name="Begin", exact=True).click()
    first.get_by_label("Give it a title").fill("The blue tram")
    first.get_by_role("textbox", name="Your story").fill("It came every morning.\n\nMy aunt drove it.")
    first.get_by_role("textbox", name="When was it?").fill("the 1960s")
    press(first, "Save and continue")
    first.locator("input[type=file]").set_input_files(PHOTO)
    press(first, "Add these pictures")
    first.get_by_label("What does it show?").fill("A blue tram in the rain")
    first.get_by_label(re.compile("^No")).first.check()
    press(first, "Save and come back later")
    first.get_by_label("Your e-mail address").fill("tess@example.org")
    press(first, "Mail me the link")
    expect(first.get_by_role("heading", name=re.compile("Saved"))).to_be_visible()
    assert first.context.cookies() == []

    second = device()
    second.goto(mailed(r"(/tell/go-on/\?key=\S+)"))
    press(second, "Open my story")
    expect(second.get_by_label("Give it a title")).to_have_value("The blue tram")
    press(second, "Save and continue")
    expect(second.get_by_label("What does it show?")).to_have_value("A blue tram in the rain")
    press(second, "Save and continue")
    second.get_by_label("18 or over").check()
    press(second, "Save and continue")
    second.get_by_role("textbox", name=re.compile("^Your name")).fill("Tess Teller")
    second.get_by_label("My first name only").check()
    second.get_by_label("Your e-mail address").fill("tess@example.org")
    second.get_by_label("Show it on this site").check()
    press(second, "Save and continue")
    press(second, "Send my story")
    second.locator("[name=code]").fill(mailed(r"^(\d{6})$"))
    press(second, "Confirm")
    expect(second.get_by_text("Somebody will read").first).to_be_visible()

    story = Story.objects.get()
    with StoryPicture.objects.get().master.open() as kept:
        assert b"SpyCam" not in kept.read()
    desk = device(java_script_enabled=True, viewport={"width": 1280, "height": 900})
    review = f"/admin/stories/story/{story.pk}/change/"
    come_in(desk, moderator, review)
    press(desk, "I’m on it")
    desk.locator("summary", has_text="Ask for a change").click()
    desk.locator("[name=ask-words]").fill("What was your aunt called?")
    press(desk, "Ask for a change")

    to_their_page(second)
    expect(second.get_by_text("What was your aunt called?").first).to_be_visible()
    second.get_by_role("link", name="Answer with a change").click()
    second.get_by_role("textbox", name="Your story").fill("It came every morning.\n\nMy aunt Sue drove it.")
    press(second, "Save and look at all of it")
    press(second, "Send the change")
    desk.goto(review)
    press(desk, "I’m on it")
    press(desk, "Approve and publish")
    jobs.make_sizes(picture_id=StoryPicture.objects.get().pk)
    jobs.publish_when_ready(story_id=story.pk)

    reader, address = device(), f"/stories/{story.slug}/"
    assert reader.goto(address).status == 200
    expect(reader.get_by_text("My aunt Sue drove it.").first).to_be_visible()
    expect(reader.get_by_role("img", name="A blue tram in the rain").first).to_be_visible()
    assert "Teller" not in reader.content()
    assert reader.context.cookies() == []
    reader.get_by_role("link", name=re.compile("Report a concern")).first.click()
    reader.get_by_label("Something in it is not true").check()
    press(reader, "Continue")
    reader.locator("textarea[name=words]").fill("The tram was green.")
    reader.wait_for_timeout(3100)  # what is sent within three seconds was not read
    press(reader, "Send")
    expect(reader.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    assert Report.objects.get().category == "not_true"

    to_their_page(second)
    second.get_by_role("link", name="Take it back").click()
    press(second, "Take my story back")
    assert reader.goto(f"{address}?anew").status == 410
    assert reader.goto("/stories/?anew").status == 200
    assert "blue tram" not in reader.content()
    to_their_page(second)
    second.get_by_role("link", name="Erase it").click()
    second.get_by_label("Yes, erase it for ever").check()
    press(second, "Erase my story")
    expect(second.get_by_text(re.compile("ERASE-"))).to_have_text(Erasure.objects.get().receipt)
    assert not Story.objects.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []

"""Pictures of a story on a small phone: with the script, which shrinks them and says how far it is, and without."""

import hashlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from stories.models import Story
from stories.submit import drafts
from tests.cms.media.test_media import HEIC, encoded, noise, pixels

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGE = "/tell/pictures/"


@pytest.fixture
def draft(transactional_db):
    return drafts.start()


@pytest.fixture(params=[True, False], ids=["with the script", "without"])
def scripted(request):
    return request.param


@pytest.fixture
def phone(browser, live_server, draft, scripted):
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=scripted,
        viewport={"width": 360, "height": 700},
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": settings.DRAFT_COOKIE_NAME, "value": draft[1], "url": f"{live_server.url}/tell/"}])
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert [words for words in wrong if "net::ERR_FAILED" not in words] == []  # but what a test stops itself


def file(content, name, kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page, scripted, *files):
    page.get_by_label("Add pictures").set_input_files(list(files))
    if not scripted:
        page.get_by_role("button", name="Add these pictures").click()


def test_pictures_are_added_described_and_kept(phone, draft, scripted):
    story, large = draft[0], encoded(noise((2600, 1800)), quality=95)
    phone.goto(PAGE)
    choose(phone, scripted, file(encoded(pixels((640, 480))), "red.jpg"))
    expect(phone.get_by_role("heading", name="Picture 1")).to_be_visible()

    # What is typed stays while others are added, and a file that is refused spoils nothing.
    phone.get_by_label("What does it show?").fill("A red wall of the works")
    choose(
        phone,
        scripted,
        file(large, "large.jpg"),
        file(HEIC, "IMG_0001.HEIC", "image/heic"),
        file(b"words", "<b>.txt", "text/plain"),
    )
    expect(phone.get_by_role("heading", name="Picture 3")).to_be_visible(timeout=20_000)
    expect(phone.locator(".shots__add .error")).to_contain_text("“<b>.txt” is not a picture we can take.")
    expect(phone.get_by_label("What does it show?").first).to_have_value("A red wall of the works")
    digest = hashlib.sha256(large).hexdigest()
    assert story.pictures.filter(digest=digest).exists() != scripted  # it came smaller
    assert story.pictures.get(width=1600).height == 1108

    # All that is missing is asked for together, and what is there is kept.
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("alert").first).to_contain_text("Say what the picture shows")
    assert phone.evaluate(TOO_WIDE) <= 0
    for number, what in ((2, "Grey rain over the whole market"), (3, "A square of white paper")):
        phone.locator(".shot").nth(number - 1).get_by_label("What does it show?").fill(what)
    for number in (1, 3):
        phone.locator(".shot").nth(number - 1).get_by_label("No, nobody").check()
    second = phone.locator(".shot").nth(1)
    expect(second.get_by_label("Who is it?")).to_be_hidden()
    second.get_by_label("Yes, somebody can").check()
    second.get_by_label("Who is it?").fill("my sister")
    second.get_by_label("Said yes").check()
    phone.get_by_role("button", name="Take picture 3 away").click()
    expect(phone.locator(".shot")).to_have_count(2)
    phone.get_by_role("button", name="Save and continue").click()
    phone.wait_for_url("**/tell/choices/")

    uses = Story.objects.get(pk=story.pk).latest.pictures.all()
    assert [use.description for use in uses] == ["A red wall of the works", "Grey rain over the whole market"]
    assert [use.picture.has_people for use in uses] == [False, True]
    assert uses[1].picture.people.get().consent == "yes"


@pytest.mark.parametrize("scripted", [True], indirect=True)
def test_axe_finds_nothing(phone, draft, scripted):
    phone.goto(PAGE)
    choose(phone, scripted, file(encoded(pixels()), "red.jpg"))
    phone.get_by_label("Yes, somebody can").check()
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("alert").first).to_be_visible()

    found = Axe().run(phone).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("scripted", [True], indirect=True)
def test_a_file_that_does_not_arrive_is_said_and_can_be_sent_again(phone, draft, scripted):
    phone.goto(PAGE)
    phone.route(
        "**/tell/pictures/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    choose(phone, scripted, file(encoded(pixels()), "red.jpg"))
    expect(phone.locator(".shots__add")).to_contain_text("“red.jpg” could not be sent. It is still on your device")
    expect(phone.get_by_role("status").last).to_have_text("No picture was added.")

    phone.unroute("**/tell/pictures/")
    choose(phone, scripted, file(encoded(pixels()), "red.jpg"))

    expect(phone.get_by_role("heading", name="Picture 1")).to_be_visible()


@pytest.mark.parametrize("scripted", [True], indirect=True)
def test_while_many_photos_come_in_it_is_tried_again_and_then_offered(phone, draft, scripted):
    busy = {"added": 0, "refused": ["“red.jpg” was not added yet: many photos are coming in."], "retry_after": 0.01}
    sent = []

    def answer(route):
        if route.request.method != "POST":
            return route.continue_()
        sent.append(route)
        return route.fulfill(json=busy)

    phone.goto(PAGE)
    phone.route("**/tell/pictures/", answer)
    choose(phone, scripted, file(encoded(pixels()), "red.jpg"))
    expect(phone.locator(".shots__add .error")).to_contain_text("many photos are coming in")
    assert len(sent) == 4

    phone.unroute("**/tell/pictures/")
    phone.get_by_role("button", name="Try again").click()

    expect(phone.get_by_role("heading", name="Picture 1")).to_be_visible()

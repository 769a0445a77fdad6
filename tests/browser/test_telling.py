"""Telling, on a small phone without JavaScript and without an account: four pages with a picture straight from it,
saved half-way, gone on with on another device by the link in a mail, and confirmed by the code in another.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.outbox.models import Mail
from stories.models import Story
from tests import make_stories
from tests.cms.media.test_media import HEIC

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PHOTO = {"name": "IMG_0001.HEIC", "mimeType": "image/heic", "buffer": HEIC}


@pytest.fixture
def devices(browser, live_server):
    """A small phone without JavaScript for each who asks, with nothing in common."""
    opened = []

    def another():
        context = browser.new_context(
            base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 700}, locale="en-GB"
        )
        opened.append(context)
        return context.new_page()

    yield another
    for context in opened:
        context.close()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def mailed(pattern):
    return re.search(pattern, Mail.objects.latest("pk").text, re.MULTILINE)[1]


def test_a_story_is_told_in_four_pages_on_two_devices(devices):
    make_stories.call(title="First days", question="What was your first day at work like?", slug="first-days")
    phone = devices()
    phone.goto("/tell/")
    phone.get_by_role("link", name="What was your first day at work like?").click()
    phone.get_by_label("Give it a title").fill("My first day")
    press(phone, "Save and continue")
    expect(phone.get_by_role("alert")).to_contain_text("Write your story here")
    assert phone.title().startswith("Error: ")
    expect(phone.get_by_label("Give it a title")).to_have_value("My first day")

    phone.get_by_role("textbox", name="Your story").fill("The whistle went at six.\nNobody had told me.")
    phone.get_by_label("When was it?").fill("the 1960s")
    press(phone, "Save and continue")
    phone.locator("input[type=file]").set_input_files([PHOTO])
    press(phone, "Add these pictures")
    phone.get_by_label("What does it show?").fill("A gate with a clock")
    phone.get_by_label("No, nobody").check()
    press(phone, "Save and come back later")
    phone.get_by_label("Your e-mail address").fill("tess@example.org")
    press(phone, "Mail me the link")
    expect(phone.get_by_text("We are sending the link to tess@example.org.")).to_be_visible()
    assert phone.context.cookies() == []

    tablet = devices()
    tablet.goto(mailed(r"(/tell/go-on/\S+)"))
    press(tablet, "Open my story")
    expect(tablet.get_by_role("textbox", name="Your story")).to_have_value(
        "The whistle went at six.\nNobody had told me."
    )
    press(tablet, "Save and continue")
    expect(tablet.get_by_label("What does it show?")).to_have_value("A gate with a clock")
    press(tablet, "Save and continue")
    tablet.get_by_label("18 or over").check()
    press(tablet, "Save and continue")
    assert tablet.locator("input[type=checkbox]:checked").count() == 0
    tablet.get_by_label("Your name", exact=False).first.fill("Tess Teller")
    tablet.get_by_label("My first name only").check()
    tablet.get_by_label("Show it on this site").check()
    press(tablet, "Save and continue")
    for words in (
        "My first day",
        "Nobody had told me.",
        "the 1960s",
        "A gate with a clock",
        "Show it on this site: yes",
    ):
        expect(tablet.get_by_text(words).first).to_be_visible()
    press(tablet, "Send my story")
    tablet.get_by_label("The code from our mail").fill(mailed(r"^(\d{6})$"))
    press(tablet, "Confirm")
    expect(tablet.get_by_text("Somebody will read it and write to you")).to_be_visible()

    story = Story.objects.get()
    assert (story.status, story.call.slug, story.latest.pictures.count()) == ("submitted", "first-days", 1)
    tablet.go_back()
    expect(tablet.get_by_role("heading", name="Thank you")).to_be_visible()


def test_the_words_fit_the_age(devices):
    phone = devices()
    phone.goto("/tell/story/")
    phone.get_by_label("Give it a title").fill("Our den")
    phone.get_by_role("textbox", name="Your story").fill("We built it after Bemrose School.")
    press(phone, "Save and continue")
    press(phone, "Go on without a picture")
    phone.get_by_label("Under 13").check()
    press(phone, "Save and continue")

    expect(phone.get_by_text("ask a parent or carer to do this page with you")).to_be_visible()
    assert phone.get_by_label("My full name").count() == 0
    expect(phone.get_by_text("Your story belongs to you. You are only lending it to us.")).to_be_visible()
    phone.get_by_label("Your first name").fill("Tess")
    phone.get_by_label("13 to 17").check()
    press(phone, "Save and continue")
    expect(phone.get_by_label("Your first name")).to_have_value("Tess")
    expect(phone.get_by_text("We ask your parent or guardian by mail.")).to_be_visible()
    phone.get_by_label("Under 13").check()
    press(phone, "Save and continue")
    phone.get_by_label("The grown-up’s name").fill("Mary")
    phone.get_by_label("What they are to you").fill("my mum")
    phone.get_by_label("The grown-up’s e-mail address").fill("mary@example.org")
    phone.get_by_label("My first name only").check()
    press(phone, "Save and continue")
    expect(phone.get_by_text("which school you go to")).to_be_visible()


def test_the_pages_are_for_everybody(context):
    make_stories.call(slug="open")
    make_stories.thread()
    page = context.new_page()
    page.goto("/tell/story/")
    page.get_by_label("Give it a title").fill("میری کہانی" + "x" * 60)
    page.get_by_label("Which language is it in?").select_option("ur")
    page.get_by_role("textbox", name="Your story").fill("ایک دن")
    press(page, "Save and continue")
    page.goto("/tell/choices/")
    page.get_by_label("13 to 17").check()
    press(page, "Save and continue")

    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for name in ("", "story/", "pictures/", "choices/", "check/", "later/", "go-on/"):
            page.goto(f"/tell/{name}" if name != "go-on/" else "/tell/go-on/?key=none")
            assert page.evaluate(TOO_WIDE) <= 0, (name, width)
            if width == 360:
                assert Axe().run(page).violations_count == 0, name

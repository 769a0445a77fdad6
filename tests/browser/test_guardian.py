"""A story of somebody of fourteen, on a small phone without JavaScript: told, read by their mother by a mail of her
own, agreed to for less than was asked, published under a first name, and taken back by her.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from stories import workflow
from stories.consent import consent
from stories.guardians import decision
from stories.models import Story
from stories.workflow import Role
from tests import make, make_stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOTHER = "mum@example.org"


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


def link_in(mail):
    return re.search(r"http://testserver(/\S+)", mail.text).group(1)


def test_the_path_of_somebody_under_eighteen(devices):
    phone = devices()
    phone.goto("/tell/")
    phone.get_by_role("link", name="Begin", exact=True).first.click()
    phone.get_by_label("Give it a title").fill("The day the canal froze")
    phone.get_by_role("textbox", name="Your story").fill("We walked on it to school, all of us.")
    press(phone, "Save and continue")
    press(phone, "Go on without a picture")
    phone.get_by_label("13 to 17").check()
    phone.get_by_role("button", name="Continue").or_(phone.get_by_role("button", name="Save and continue")).click()
    phone.get_by_label("Your first name").fill("Tess")
    phone.get_by_label("My first name only").check()
    phone.get_by_label("Your e-mail address").fill("tess@example.org")
    phone.get_by_label("Parent’s or guardian’s name").fill("Mary")
    phone.get_by_label("Parent’s or guardian’s e-mail address").fill("tess+mum@example.org")
    phone.get_by_label("Show it on this website").check()
    phone.get_by_label("Let newspapers and the radio tell it").check()
    press(phone, "Save and continue")
    expect(phone.get_by_text("This is your own address.").first).to_be_visible()
    phone.get_by_label("Parent’s or guardian’s e-mail address").fill(MOTHER)
    phone.get_by_label("Show it on this website").check()
    phone.get_by_label("Let newspapers and the radio tell it").check()
    press(phone, "Save and continue")
    press(phone, "Send my story")
    assert not Mail.objects.filter(to=MOTHER)  # nobody is asked before the address is confirmed

    elsewhere = devices()
    elsewhere.goto(link_in(Mail.objects.get(to="tess@example.org")))
    press(elsewhere, "Yes, send my story")
    story = Story.objects.select_related("contributor").get()
    assert story.status == "awaiting_guardian"

    mother = devices()
    asked = Mail.objects.get(to=MOTHER)
    assert "canal" not in asked.text
    address = link_in(asked)
    mother.goto(address)
    expect(mother.get_by_role("heading", name="The day the canal froze")).to_be_visible()
    expect(mother.get_by_text("We walked on it to school")).to_be_visible()
    press(mother, "Yes, I agree")
    expect(mother.get_by_role("alert")).to_contain_text("Tick this box if you are their parent")
    mother.get_by_label("Your name").fill("Mary Mum")
    mother.get_by_label("What are you to them?").fill("Mother")
    mother.get_by_label("Show it on this site").check()
    mother.get_by_label("I am their parent or guardian").check()
    press(mother, "Yes, I agree")
    expect(mother.get_by_role("heading", name="You said yes")).to_be_visible()
    expect(mother.get_by_label("Let newspapers and broadcasters use it")).not_to_be_checked()
    assert consent.allowed(story) == {"site"}

    moderator = make.staff("Moderator", name="Mo")
    story = workflow.take("claim", story, by=moderator)
    story = workflow.take("approve", story, by=moderator)
    workflow.take("publish", story, by=Role.PORTAL)
    reader = devices()
    assert reader.goto(f"/stories/{story.slug}/").status == 200
    expect(reader.get_by_text("Tess").first).to_be_visible()
    assert "Mary" not in reader.content()

    mother.goto(address)
    expect(mother.get_by_text("everybody can read it")).to_be_visible()
    press(mother, "Take back my yes")
    expect(mother.get_by_role("heading", name="Thank you")).to_be_visible()
    later = devices()  # the first one may show for half a minute what it has fetched
    assert later.goto(f"/stories/{story.slug}/").status == 410
    assert "canal" not in later.content()
    assert mother.goto(address).status == 404
    assert mother.context.cookies() == reader.context.cookies() == []


def test_its_pages_are_for_everybody(context, tmp_path):
    story = make_stories.story(
        status="awaiting_guardian", age="13-17", shown_as="first", guardian_email=MOTHER, allowed=("site", "museum"),
        title="The day the canal froze", content_note="Talks of cold water.", place="Derby Canal", when_words="1981",
    )  # fmt: skip
    text, _ = token_links.make(AccessToken.Purpose.GUARDIAN, story, days=30, email=MOTHER)
    page = context.new_page()
    address = f"/guardian/?key={text}"

    for step in ("asked", "agreed"):
        if step == "agreed":
            decision.agree(text, given=["site"], name="Mary", relation="Mother")
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 800})
                for one in (address, "/guardian/thanks/"):
                    page.goto(one)
                    assert page.evaluate(TOO_WIDE) <= 0
                    if width == 360:
                        assert Axe().run(page).violations_count == 0, Axe().run(page).generate_report()
                page.goto(address)
                page.screenshot(path=tmp_path / f"{step}-{width}-{scheme}.png", full_page=True)

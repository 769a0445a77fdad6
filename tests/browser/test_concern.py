"""A reader reports a concern on a small phone without JavaScript and without a cookie, reads the answer, and asks for a
second look; staff decide.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.outbox.models import Mail
from stories.models import Report, Story, StoryPicture
from tests import make, make_stories
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SLOWLY = 3200  # nobody who reads it is quicker


@pytest.fixture
def story(transactional_db):
    return make_stories.story(title="The blue tram", text="It came every morning, until 1936.")


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 700}, locale="en-GB"
    )
    yield context.new_page()
    context.close()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_concern_from_the_story_to_the_second_look(phone, context, story):
    phone.goto(f"/stories/{story.slug}/")
    phone.get_by_role("link", name="Report a concern").first.click()
    press(phone, "Continue")
    expect(phone.get_by_role("alert")).to_contain_text("Choose what it is about.")
    phone.get_by_label("Something in it is not true").check()
    press(phone, "Continue")
    phone.get_by_label("What is not true, and how do you know?").fill("The last one ran in 1934.")
    phone.get_by_label("Your e-mail address").fill("reader@example.org")
    phone.wait_for_timeout(SLOWLY)
    press(phone, "Send")
    expect(phone.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    assert phone.context.cookies() == []

    desk = context.new_page()
    come_in(desk, make.staff("Moderator"), "/admin/stories/report/")
    desk.get_by_role("link", name="Something in it is not true").click()
    desk.get_by_label("We leave it as it is").check()
    desk.get_by_label("Nothing found").check()
    press(desk, "Decide, and send the answer")
    expect(desk.get_by_text("It is decided.")).to_be_visible()

    phone.goto(re.search(r"http://testserver(\S+key=\S+)", Mail.objects.get(to="reader@example.org").text).group(1))
    expect(phone.get_by_text("found nothing that breaks our rules")).to_be_visible()
    phone.get_by_label("Why do you not agree?").fill("Every book says so.")
    press(phone, "Ask for a second look")
    expect(phone.get_by_role("heading", name="Somebody else looks again")).to_be_visible()
    assert Report.objects.get().state == "appealed"


def test_a_child_at_risk_takes_the_story_off_the_site_at_once(phone, story):
    phone.goto(f"/concern/{story.slug}/?about=child")
    expect(phone.get_by_text("If a child is in danger now, call 999.")).to_be_visible()
    phone.wait_for_timeout(SLOWLY)
    press(phone, "Send")

    expect(phone.get_by_text("The story is off the site until somebody has looked at it.")).to_be_visible()
    assert Story.objects.get().status == "held"
    assert phone.goto(f"/stories/{story.slug}/").status in (404, 410)


def test_somebody_on_a_picture_has_it_hidden(phone, story):
    picture = make_stories.picture(story)
    phone.goto(f"/concern/{story.slug}/?picture={picture.key}&about=me")
    phone.wait_for_timeout(SLOWLY)
    press(phone, "Send")

    expect(phone.get_by_text("The picture is off the site until somebody has looked at it.")).to_be_visible()
    assert StoryPicture.objects.get().is_hidden


def test_the_pages_are_for_everybody(context, story):
    make_stories.report(story, words="Here.", email="reader@example.org")
    held = make_stories.report(make_stories.story(status="held", held_from="published"), category="child")
    page = context.new_page()
    public = [f"/concern/{story.slug}/{query}" for query in ("", "?go=on", "?about=child", "?about=other")]
    come_in(page, make.staff("Administrator"))
    staff = [f"/admin/stories/report/{part}" for part in ("", f"{held.pk}/change/", "summary/")]

    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for address in (*public, "/concern/thanks/", "/concern/outcome/?key=x", *staff):
            page.goto(address)
            assert page.evaluate(TOO_WIDE) <= 0, address
            assert Axe().run(page).violations_count == 0, (address, Axe().run(page).generate_report())

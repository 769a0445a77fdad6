"""A youth club sends what one of its members tells, on a small phone without JavaScript: their consent and their
parent's are noted, a moderator asks, the club answers, and sees it published.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from cms.outbox.models import Mail
from stories import workflow
from stories.consent import consent
from stories.models import Consent, Contributor, Story
from stories.workflow import Role
from tests import make, make_stories
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DESK = "/desk/youth-club/stories/"


@pytest.fixture
def club(transactional_db):
    return make.partner(name="Youth Club", slug="youth-club")


@pytest.fixture
def cara(club):
    return make.member(club, role="contributor", person=make.user(name="Cara")).person


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 700}, locale="en-GB"
    )
    yield context.new_page()
    context.close()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_club_sends_a_story_and_sees_what_becomes_of_it(phone, club, cara):
    come_in(phone, cara, DESK)
    press(phone, "Tell a story for somebody")
    phone.get_by_label("Give it a title").fill("The day we built a canoe")
    phone.get_by_role("textbox", name="Your story").fill(
        "We built it in the cellar of 12 Green Lane, and it did not fit the door."
    )
    press(phone, "Save and continue")
    press(phone, "Go on without a picture")

    phone.get_by_label("13 to 17").check()
    press(phone, "Save and continue")
    phone.get_by_role("textbox", name=re.compile("^Their name")).fill("Robert Hidden")
    phone.get_by_label("Another name that I choose").check()
    phone.get_by_label("The name you choose").fill("Robin")
    phone.get_by_role("textbox", name="Parent’s or guardian’s name").fill("Paula Hidden")
    phone.get_by_label("Their parent or guardian has signed, too").check()
    phone.get_by_label("Signed on paper").check()
    phone.get_by_label("On which day?").fill(timezone.localdate().isoformat())
    phone.get_by_label("Where does the paper lie?").fill("Club, red folder 3")
    phone.get_by_label("Show it on this site").check()
    press(phone, "Save and continue")
    expect(phone.get_by_text("Robin").first).to_be_visible()
    press(phone, "Send this story")
    phone.get_by_role("link", name="Back to your desk").click()

    story = Story.objects.get()
    person = Contributor.objects.get()
    assert (story.status, story.way, story.partner, story.entered_by) == ("submitted", "partner", club, cara)
    assert (person.consent_how, person.paper_place) == ("signed", "Club, red folder 3")
    assert person.consent_on == timezone.localdate()
    assert {(one.purpose, one.by) for one in Consent.objects.filter(is_given=True)} == {("site", "partner")}
    expect(phone.get_by_text("With the council’s team")).to_be_visible()
    expect(phone.get_by_text("Told by Robin.")).to_be_visible()
    assert "Hidden" not in phone.content()

    moderator = make.staff("Moderator")
    workflow.take("claim", story, by=moderator)
    workflow.take("ask", story, by=moderator, note="Please leave out the house number.")
    phone.goto("/desk/youth-club/")
    phone.get_by_role("link", name="Read and answer").click()
    phone.get_by_role("link", name="The day we built a canoe").click()
    expect(phone.get_by_text("Please leave out the house number.")).to_be_visible()
    phone.get_by_role("textbox", name="Your story").fill("We built it in a cellar, and it did not fit the door.")
    press(phone, "Save and look at all of it")
    expect(phone.locator("del")).to_contain_text("12")
    press(phone, "Send it back")
    expect(phone.get_by_text("Sent. Somebody of the council’s team reads it again.")).to_be_visible()

    workflow.take("claim", story, by=moderator)
    workflow.take("approve", story, by=moderator)
    workflow.take("publish", story, by=Role.PORTAL)
    phone.goto(DESK)
    expect(phone.get_by_text("Published", exact=True)).to_be_visible()
    phone.get_by_role("link", name="The day we built a canoe").click()
    phone.get_by_role("link", name="Read it as everybody does").click()
    expect(phone.get_by_text("We built it in a cellar").first).to_be_visible()
    assert "Hidden" not in phone.content()
    assert "12 Green Lane" not in phone.content()
    assert consent.is_allowed(story)
    assert not Mail.objects.filter(to="").exists()


def test_another_club_finds_nothing_of_it(phone, club):
    story = make_stories.story(way="partner", partner=club, status="change_asked", words="So.", title="Ours alone")
    other = make.member(make.partner(slug="other-club")).person

    come_in(phone, other, "/desk/other-club/stories/")
    assert "Ours alone" not in phone.content()
    for address in (DESK, f"{DESK}{story.pk}/", f"/desk/other-club/stories/{story.pk}/"):
        assert phone.goto(address).status == 404


def test_its_pages_are_for_everybody(context, club, cara):
    for status in ("change_asked", "published", "held", "withdrawn", "draft"):
        make_stories.story(
            way="partner", partner=club, status=status, entered_by=cara, words="Please leave out the number."
        )
    asked = Story.objects.get(status="change_asked")
    make_stories.picture(asked)
    page = context.new_page()
    come_in(page, cara, f"{DESK}{asked.pk}/")
    page.get_by_role("button", name="Save and look at all of it").click()

    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for address in (DESK, *(f"{DESK}{asked.pk}/{part}" for part in ("", "check/")), "/desk/youth-club/"):
            page.goto(address)
            assert page.evaluate(TOO_WIDE) <= 0, address
            assert Axe().run(page).violations_count == 0, address

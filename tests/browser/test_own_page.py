"""A reader who suggests, a partner who answers and writes; without JavaScript, on a small phone, with axe watching."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.publishing.models import Suggestion
from cms.revisions.models import Proposal
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def partner(transactional_db):
    return make.partner(name="Sewing Club", slug="sewing", body="<p>Old.</p>")


@pytest.fixture
def anna(partner):
    return make.member(partner, person=make.user(name="Anna Kay", email="anna@example.org")).person


def looked_at(page):
    assert Axe().run(page).violations_count == 0
    assert page.evaluate(TOO_WIDE) <= 0


def signed_in(context, live_server, person):
    session = make.signed_in(person).session
    context.add_cookies([{"name": "session", "value": session.session_key, "url": live_server.url}])
    return context.new_page()


def test_a_reader_suggests_without_scripts_and_without_a_cookie(browser, live_server, partner):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 700}
    )
    page = context.new_page()
    page.goto("/partners/sewing/")
    page.get_by_role("link", name="Something wrong on this page? Tell us").click()
    page.get_by_label("What should be different?").fill("The street is wrong.")
    page.wait_for_timeout(4200)  # nobody is quicker
    page.get_by_role("button", name="Send your suggestion").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Suggestion.objects.get().words == "The street is wrong."
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_for_everybody(context, live_server, partner, anna, width):
    suggestion = make.suggestion(partner, words="The street is wrong.")
    page = signed_in(context, live_server, anna)
    page.set_viewport_size({"width": width, "height": 800})
    for address in (
        "/suggest/?about=/partners/sewing/",
        "/desk/sewing/page/",
        "/desk/sewing/suggestions/",
        f"/desk/sewing/suggestions/{suggestion.pk}/",
    ):
        page.goto(address)
        looked_at(page)


def test_a_member_writes_looks_and_sends(context, live_server, partner, anna):
    page = signed_in(context, live_server, anna)
    page.goto("/desk/sewing/page/")
    page.get_by_label("About you").fill("## What we do\n- sew\n- mend")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.frame_locator("iframe").get_by_role("heading", name="What we do")).to_be_visible()
    page.get_by_role("button", name="Send it to the council").click()

    expect(page.get_by_role("heading", name="A change waits for the council")).to_be_visible()
    assert Proposal.objects.get().status == "waiting"

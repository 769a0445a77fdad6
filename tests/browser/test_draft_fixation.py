"""A page of another host tries to have somebody tell their story under a secret that it knows.

Two real browsers, and two host names of one site: a browser calls them “same-site”, as it would two hosts of one
council.
"""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from stories.models import Story
from stories.submit import drafts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TRAP = """<!DOCTYPE html><html lang="en"><title>Win a prize</title><form method="post" action="{portal}/tell/story/">
<input type="hidden" name="draft" value="{secret}"><input type="hidden" name="title" value="">
<input type="hidden" name="text" value=""><button>Win</button></form>"""


@pytest.fixture
def visitor(browser):
    """A browser of somebody's own for each who asks."""
    opened = []

    def another():
        opened.append(browser.new_context(locale="en-GB"))
        return opened[-1].new_page()

    yield another
    for context in opened:
        context.close()


@pytest.mark.parametrize("secret", ["made up", "made for the attacker"])
@pytest.mark.parametrize("trap", ["news.derby.localhost", "evil.localhost"], ids=["a sibling host", "another site"])
def test_whoever_plants_a_secret_reads_nothing(visitor, live_server, trap, secret):
    port = live_server.url.rpartition(":")[2]
    portal = f"http://portal.derby.localhost:{port}"
    victim, attacker = visitor(), visitor()
    planted = "A" * 22
    if secret != "made up":  # one that the portal has signed, from a page of the attacker's own
        attacker.goto(f"{portal}/tell/story/")
        planted = attacker.locator("input[name=draft]").first.get_attribute("value")
        assert drafts.is_ours(planted)
    body = TRAP.format(portal=portal, secret=planted)
    victim.route(f"http://{trap}:{port}/**", lambda route: route.fulfill(body=body, content_type="text/html"))
    victim.goto(f"http://{trap}:{port}/prize/")
    victim.get_by_role("button", name="Win").click()
    expect(victim.get_by_role("heading", level=1)).to_have_text("We cannot find your story here")
    assert not [cookie for cookie in victim.context.cookies() if cookie["name"] == settings.DRAFT_COOKIE_NAME]

    victim.goto(f"{portal}/tell/story/")
    victim.get_by_label("Give it a title").fill("What nobody else may read")
    victim.get_by_role("textbox", name="Your story").fill("My own words.")
    victim.get_by_role("button", name="Save and continue", exact=True).click()
    expect(victim.get_by_role("heading", level=1)).to_contain_text("Pictures")
    attacker.context.add_cookies([{"name": settings.DRAFT_COOKIE_NAME, "value": planted, "url": f"{portal}/"}])
    attacker.goto(f"{portal}/tell/story/")

    expect(attacker.get_by_label("Give it a title")).to_have_value("")
    assert Story.objects.get().latest.text == "My own words."

"""In forced colours (Windows' high contrast) a sign drawn with a background alone is gone: what is ticked must show."""

import pytest

from tests import make, make_stories
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def forced(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, forced_colors="active", viewport={"width": 360, "height": 700}, locale="en-GB"
    )
    yield context.new_page()
    context.close()


def screenshot(page, box):
    """The middle of it, where the tick is; without the marks of focus and of the pointer."""
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    quarter = {"x": place["width"] / 4, "y": place["height"] / 4}
    middle = {"x": place["x"] + quarter["x"], "y": place["y"] + quarter["y"]}
    return page.screenshot(clip=middle | {"width": place["width"] / 2, "height": place["height"] / 2})


def test_what_is_ticked_looks_unlike_what_is_not(forced, cast):
    story, partner = make_stories.story(), make.partner()
    make.programme()
    make.member(partner, person=cast.author)
    come_in(forced, cast.author, to="/account/")
    kinds = []

    for address in (f"/concern/{story.slug}/", "/programmes/", "/account/leave/", "/tell/story/"):
        forced.goto(address)
        for box in forced.locator('input[type="checkbox"]:visible, input[type="radio"]:visible').all():
            if box.is_checked():
                continue
            before = screenshot(forced, box)
            box.check(force=True)
            assert screenshot(forced, box) != before, f"{address}: {box.get_attribute('name')} shows no tick"
            kinds.append(box.get_attribute("type"))

    assert {"checkbox", "radio"} <= set(kinds)

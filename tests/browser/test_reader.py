"""A resident's journey in a real Chromium: by keyboard, without scripts, on a small phone, with axe watching."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import opening_content

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/programmes/",
    "/programmes/?age=under-5&status=finished",
    "/programmes/?status=running&for=employers&age=under-5",
    "/programmes/our-future-derby/",
    "/programmes/better-together/",
    "/partners/",
    "/partners/d2n2/",
    "/partners/derby-city-council/",
    "/programmes/good-practice/",
    "/news/",
    "/news/one-shared-goal/",
    "/stories/",
    "/stories/silk-mill/",
    "/stories/threads/",
    "/stories/threads/making/",
    "/stories/time/",
    "/stories/places/",
    "/stories/languages/",
    "/stories/search/?q=railwya",
    "/stories/search/?q=xqzzyxq",
    "/learning-city/",
    "/shared-goal/",
    "/wards/",
    "/wards/abbey/",
    "/themes/",
    "/themes/poverty/",
    "/priority-areas/early-years/",
    "/sources/",
    "/accessibility/",
    "/privacy/",
    "/contact/",
]
# One page of each layout.
EACH_KIND = [
    "/",
    "/programmes/?age=under-5&status=finished",
    "/programmes/our-future-derby/",
    "/partners/",
    "/partners/d2n2/",
    "/news/",
    "/news/one-shared-goal/",
    "/stories/",
    "/stories/silk-mill/",
    "/stories/places/",
    "/learning-city/",
    "/wards/abbey/",
]

VIOLATIONS = {"resultTypes": ["violations"]}  # every rule is tried; only what passes is not described
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def content(transactional_db):
    """The portal as it opens."""
    opening_content.load()


def tab_to(page, text):
    """Presses Tab until the focused link or button says this, as a reader without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip().startswith(text):
            return
    raise AssertionError(f"Tab never reached “{text}”")


def test_home_to_programme_to_partner_by_keyboard_alone(content, page):
    page.goto("/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part of the page"
    page.keyboard.press("Enter")
    tab_to(page, "Find a programme")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Programmes")
    tab_to(page, "Our Future Derby")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Our Future Derby")
    tab_to(page, "Education and Employers")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Education and Employers")


def test_filtering_by_keyboard_makes_an_address_to_share(content, page, context):
    page.goto("/programmes/")

    page.get_by_role("checkbox", name="Running now").focus()
    page.keyboard.press("Space")
    page.locator("#age-under-5").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Showing")
    assert "status=running" in page.url
    assert "age=under-5" in page.url
    shared = context.new_page()
    shared.goto(page.url)
    assert shared.locator("main").inner_text() == page.locator("main").inner_text()


def test_an_empty_result_says_what_to_try(content, page):
    page.goto("/programmes/?status=running&age=under-5&for=employers&area=school-improvement&partner=quad")

    expect(page.get_by_role("heading", name="Nothing fits all of that")).to_be_visible()
    expect(page.get_by_role("link", name="Clear the filters")).to_be_visible()


def test_no_page_breaks_a_rule_of_axe_or_scrolls_sideways(content, browser, live_server):
    found = {}
    for width, scheme in ((320, "light"), (768, "light"), (1280, "light"), (320, "dark")):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(base_url=live_server.url, color_scheme=scheme, viewport=viewport, bypass_csp=True)
        page = context.new_page()
        for path in PAGES if (width, scheme) == (320, "light") else EACH_KIND:
            page.goto(path)
            # all but colours is the same by night
            options = VIOLATIONS if scheme == "light" else VIOLATIONS | {"runOnly": ["color-contrast"]}
            broken = [rule["id"] for rule in Axe().run(page, options=options).response["violations"]]
            overflow = page.evaluate(TOO_WIDE)
            if broken or overflow > 0:
                found[width, scheme, path] = broken, overflow
        context.close()

    assert found == {}


def test_every_page_works_without_scripts(content, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()

    for path in PAGES:
        assert page.goto(path).status == 200, path
        expect(page.locator("h1")).to_be_visible()
    page.goto("/programmes/")
    page.locator("label[for=status-finished]").click()
    page.get_by_role("button", name="Show programmes").click()
    expect(page.get_by_role("status")).to_contain_text("of 15 programmes")

    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize(
    ("width", "change"),
    [
        pytest.param(640, "document.documentElement.style.fontSize = '200%'", id="twice the text size"),
        pytest.param(320, "document.documentElement.dir = 'rtl'", id="read from right to left"),
        pytest.param(1920, "0", id="a large screen"),
    ],
)
def test_a_page_fits_however_it_is_read(content, browser, live_server, width, change):
    context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": 900})
    page = context.new_page()
    for path in EACH_KIND:
        page.goto(path)
        page.evaluate(change)
        assert page.evaluate(TOO_WIDE) <= 0, path
    context.close()


def test_every_picture_is_there_and_no_request_leaves_the_site(content, context, live_server):
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: asked.append(f"broken {response.url}") if response.status >= 400 else None)

    for path in PAGES[:12]:
        page.goto(path)

    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []

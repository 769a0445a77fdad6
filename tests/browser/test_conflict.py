"""Two editors at one page, each in a browser of their own."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def second(browser, live_server):
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    yield context.new_page()
    context.close()


def test_two_people_write_and_nothing_is_lost(page, second, picture):
    edie, addy = make.staff("Editor", name="Edie Editor"), make.staff("Editor", name="Addy Able")
    programme = make.programme(
        title="Better Together", owner=edie, body="<p>Neighbours help.</p>", running="2-unconfirmed",
        summary="Neighbours help.", places="Derby",
    )  # fmt: skip
    form = f"/admin/programmes/programme/{programme.pk}/change/"
    come_in(page, edie)
    come_in(second, addy)
    page.goto(form)
    second.goto(form)
    expect(second.get_by_text("Edie Editor has this page open too")).to_be_visible()

    page.get_by_label("Summary").fill("Neighbours and charities help each other.")
    page.get_by_role("textbox", name="Where").fill("All of Derby")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    second.get_by_label("Summary").fill("Neighbours help each other every week.")
    second.get_by_role("textbox", name="Who it is for").fill("Everybody in Derby")
    second.get_by_role("button", name="Save", exact=True).click()

    expect(second.get_by_role("heading", name="Edie Editor saved this page")).to_be_visible()
    picture(second, "two-people", second.locator(".clash"))
    expect(second.get_by_label("Summary")).to_have_value("Neighbours help each other every week.")
    expect(second.get_by_role("textbox", name="Where")).to_have_value("All of Derby")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_text("was changed successfully")).to_be_visible()
    programme.refresh_from_db()
    assert (programme.summary, programme.places, programme.audience) == (
        "Neighbours help each other every week.",
        "All of Derby",
        "Everybody in Derby",
    )


def test_an_open_form_hears_of_a_colleague_who_comes_later(page, second):
    edie, addy = make.staff("Editor", name="Edie Editor"), make.staff("Editor", name="Addy Able")
    programme = make.programme(title="Better Together")
    form = f"/admin/programmes/programme/{programme.pk}/change/"
    come_in(page, edie)
    come_in(second, addy)
    page.goto(form)
    second.goto(form)

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_text("Addy Able has this page open too")).to_be_visible()

"""A council editor's journey: from the sign-in page to the changed sentence, as the public meets it."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(browser, live_server):
    """Somebody else, elsewhere, who looks at the same pages."""
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_an_editor_changes_a_sentence_and_the_public_reads_it(page, reader, settings):
    settings.PAGE_CACHE_MB = 100
    make.programme(
        title="Better Together",
        slug="better-together",
        summary="Neighbours help.",
        body="<p>A</p>",
        running="2-unconfirmed",
    )
    reader.goto("/programmes/better-together/")
    expect(reader.locator(".lead").first).to_have_text("Neighbours help.")

    come_in(page, make.staff("Editor"))
    page.get_by_role("link", name="Better Together").first.click()
    page.get_by_label("Summary").fill("Neighbours and charities help each other.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()

    reader.reload()
    expect(reader.locator(".lead").first).to_have_text("Neighbours and charities help each other.")
    reader.goto("/programmes/")
    expect(reader.get_by_text("Neighbours and charities help each other.")).to_be_visible()


def test_a_new_web_name_takes_readers_of_the_old_one_along(page, reader):
    make.programme(title="Better Together", slug="better-together", body="<p>A</p>", running="3-finished")

    come_in(page, make.staff("Editor"))
    page.goto("/admin/programmes/programme/")
    page.get_by_role("link", name="Better Together").click()
    page.get_by_label("Web name").fill("all-together")
    page.get_by_role("button", name="Save", exact=True).click()

    reader.goto("/programmes/better-together/")
    assert reader.url.endswith("/programmes/all-together/")


def test_a_draft_is_seen_by_the_editor_and_by_nobody_else(page, reader):
    make.programme(title="Not yet", slug="not-yet", status="draft")

    come_in(page, make.staff("Editor"))
    page.get_by_role("link", name="Not yet").first.click()
    page.get_by_role("link", name="Preview").click()

    framed = page.frame_locator("iframe")
    expect(framed.locator("h1")).to_have_text("Not yet")
    expect(framed.get_by_text("This page is not public as it is here")).to_be_visible()
    assert reader.goto("/programmes/not-yet/").status == 404
    assert reader.goto(page.url).url.partition("?")[0].endswith("/account/login/")

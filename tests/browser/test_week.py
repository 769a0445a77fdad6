"""An editor's week: a change to a live page with a new picture, shown to somebody outside, mended, scheduled, published
by itself, looked up in the history, and undone.

The pictures of docs/staff.md are taken on the way (`make pictures`).
"""

import datetime
import io
import re

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image as Pixels
from PIL import ImageDraw
from playwright.sync_api import expect

from cms.media.models import Image
from cms.revisions.models import Proposal
from tests import make
from tests.browser.doors import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(browser, live_server):
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def stakeholder(browser, live_server):
    context = browser.new_context(base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def drawing() -> bytes:
    """A street with a yellow sun, as a phone would send it."""
    drawn = Pixels.new("RGB", (1600, 1000), "#86d5db")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((1150, 120, 1400, 370), fill="#f6c445")
    for number, colour in enumerate(("#9e2f20", "#5c2456", "#0a545f", "#755000")):
        pen.rectangle((100 + 360 * number, 420, 420 + 360 * number, 1000), fill=colour)
        pen.rectangle((200 + 360 * number, 560, 300 + 360 * number, 700), fill="#fcf6ea")
    buffer = io.BytesIO()
    drawn.save(buffer, "JPEG")
    return buffer.getvalue()


def add_picture(page, run_jobs):
    page.goto("/admin/cms/image/upload/")
    page.locator("input[type=file]").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": drawing()}
    )
    page.locator("main button[type=submit], main input[type=submit]").last.click()
    page.get_by_label("What it shows").fill("Four houses in a row under a yellow sun")
    page.get_by_label("Who made it").fill("The site team")
    page.get_by_label("Licence").select_option(label="All rights reserved, ours")
    page.get_by_role("button", name="Save what is filled in").click()
    expect(page.get_by_text("1 picture described.")).to_be_visible()
    run_jobs()
    assert Image.objects.get().is_ready


def choose_picture(page):
    page.get_by_role("heading", name="Pictures").click()
    page.get_by_role("button", name="Add another Picture").click()
    page.locator(".field-image .select2-selection").first.click()
    page.locator(".select2-search__field").last.fill("houses")
    page.locator(".select2-results__option", has_text="Four houses").click()


def test_an_editors_week(page, reader, stakeholder, picture, run_jobs, settings):
    settings.PAGE_CACHE_MB = 100
    edie = make.staff("Editor", name="Edie Editor", email="edie@example.org")
    programme = make.programme(
        title="Better Together", slug="better-together", running="2-unconfirmed", owner=edie,
        summary="Neighbours, charities and the council help people in Derby.",
        body="<p>Better Together began in the coronavirus pandemic. Many people needed help.</p>",
    )  # fmt: skip
    reader.goto("/programmes/better-together/")
    page.set_viewport_size({"width": 1280, "height": 900})

    # Monday: a change beside the live page, with a new picture.
    come_in(page, edie)
    add_picture(page, run_jobs)
    page.goto(f"/admin/programmes/programme/{programme.pk}/change/")
    page.get_by_label("Summary").fill("Neighbours and charities in Derby help each other every day.")
    page.get_by_label("Why this change?").fill("The partners agreed new words")
    choose_picture(page)
    page.get_by_role("button", name="Keep beside the live page").click()
    expect(page.get_by_role("heading", name="Change of “Better Together”")).to_be_visible()
    picture(page, "change-beside-the-page")
    change = page.url
    page.get_by_role("link", name="Preview", exact=True).click()
    page.get_by_role("link", name="Phone").click()
    expect(page.frame_locator("iframe").get_by_role("img", name="Four houses")).to_be_visible()
    picture(page, "preview-phone")
    reader.reload()
    expect(reader.locator(".lead").first).to_have_text("Neighbours, charities and the council help people in Derby.")

    # Tuesday: somebody at the museum looks, without an account, and asks for a change.
    page.goto(change)
    page.get_by_role("link", name="Let somebody else look").click()
    page.get_by_label("Who is it for?").fill("Anna at the museum")
    page.get_by_role("button", name="Make the link").click()
    address = re.sub(r"^.*?(/preview/)", r"\1", page.locator("#made").input_value())
    stakeholder.goto(address)
    framed = stakeholder.frame_locator("iframe")
    expect(framed.locator(".lead").first).to_have_text("Neighbours and charities in Derby help each other every day.")
    expect(framed.get_by_role("img", name="Four houses")).to_be_visible()
    assert framed.get_by_role("img", name="Four houses").evaluate("image => image.naturalWidth") > 0
    picture(stakeholder, "shared-preview")
    stakeholder.get_by_label("Your name").fill("Anna")
    stakeholder.get_by_label("Please change something").check()
    stakeholder.get_by_label("Your words").fill("Not every day: every week.")
    stakeholder.get_by_role("button", name="Send my answer").click()
    expect(stakeholder.get_by_text("Thank you.")).to_be_visible()
    assert stakeholder.context.cookies() == []
    run_jobs()
    assert "Not every day: every week." in mail.outbox[-1].body

    # Wednesday: she mends it, and says when it is to be public.
    page.goto(change)
    expect(page.get_by_text("Not every day: every week.")).to_be_visible()
    page.get_by_role("link", name="Go on writing").click()
    page.get_by_label("Summary").fill("Neighbours and charities in Derby help each other every week.")
    page.get_by_role("button", name="Keep this change").click()
    thursday = timezone.localtime() + datetime.timedelta(days=1)
    page.get_by_label("Publish at").fill(thursday.strftime("%Y-%m-%dT09:00"))
    page.get_by_role("button", name="Publish at this time").click()
    expect(page.locator(".state").first).to_contain_text("Will be published")
    reader.reload()
    expect(reader.locator(".lead").first).to_have_text("Neighbours, charities and the council help people in Derby.")

    # Thursday, nine o'clock: the database's clock has come there, and nobody is at a desk.
    Proposal.objects.update(publish_at=timezone.now())
    run_jobs(at=timezone.now() + datetime.timedelta(days=2))
    reader.reload()
    expect(reader.locator(".lead").first).to_have_text("Neighbours and charities in Derby help each other every week.")
    expect(reader.get_by_role("img", name="Four houses")).to_be_visible()

    # Friday: who did that, and why? And back to how it was.
    page.goto(f"/admin/programmes/programme/{programme.pk}/history/")
    expect(page.locator(".save").first).to_contain_text("Edie Editor")
    expect(page.locator(".save").first).to_contain_text("The partners agreed new words")
    picture(page, "history")
    page.get_by_role("link", name="See the page as it was then").last.click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("is back")).to_be_visible()
    reader.reload()
    expect(reader.locator(".lead").first).to_have_text("Neighbours, charities and the council help people in Derby.")
    expect(reader.get_by_role("img", name="Four houses")).to_have_count(0)

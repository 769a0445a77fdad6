"""A charity’s way in: it asks to join, is accepted, signs in for the first time, writes its page, and the public reads
it. And a manager’s way out: in one browser, and at once in every other."""

import datetime
import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from cms.outbox.models import Mail
from cms.requests import spam_guard
from partners.members import invitations, join_requests
from partners.models import ActingGrant
from tests import make
from tests.browser.test_admin import COLOURS, RULES, found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def elsewhere(browser, live_server):
    """Opens another browser, of somebody who is signed in and has shown a second factor, or of a reader."""
    contexts = []

    def opened(person=None, **how):
        context = browser.new_context(base_url=live_server.url, locale="en-GB", **how)
        contexts.append(context)
        if person is not None:
            session = make.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def link_in(mail):
    """The path with the key, as its reader follows it; on this server, whatever its address."""
    return re.search(r"https?://[^/\s]+(/\S+\?key=[\w-]+)", mail.text)[1]


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def ask_to_join(page, monkeypatch):
    monkeypatch.setattr(spam_guard, "LEAST_SECONDS", -1)
    page.goto("/join/")
    page.get_by_label("What is your organisation called?").fill("Rosehill Reading Friends")
    page.get_by_label("What kind of organisation is it?").select_option("third")
    page.get_by_label("What do you do?").fill("We read with children after school.")
    page.get_by_label("How can we see that you are from there?").fill("My name is on our website.")
    page.get_by_label("Your name").fill("Ina Asker")
    page.get_by_label("What you do there").fill("Chair")
    page.get_by_label("Your e-mail address there").fill("ina@example.org")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Look in your mail")
    page.goto(link_in(Mail.objects.get(to="ina@example.org")))
    page.get_by_role("button", name="Yes, that was me").click()
    expect(page.locator("h1")).to_have_text("Thank you")


def accept(staff):
    staff.goto("/admin/partners/joinrequest/")
    staff.get_by_role("link", name="Rosehill Reading Friends").click()
    staff.get_by_role("button", name="Accept", exact=True).click()
    expect(staff.locator("body")).to_contain_text("is invited to manage the page of Rosehill Reading Friends")


def come_in(page):
    """By the invitation, to a first account, and with a second factor to the desk."""
    page.goto(link_in(Mail.objects.get(to="ina@example.org", subject__startswith="Speak for")))
    page.get_by_label("Your name").fill("Ina Asker")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("body")).to_contain_text("needs a second factor")
    page.goto("/account/second-factor/totp/activate/")
    page.get_by_text("Or type these letters").click()
    secret = "".join(page.locator(".secret").inner_text().split())
    page.locator("input[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_load_state()
    page.goto("/desk/")
    expect(page.locator("h1")).to_have_text("What needs you")


def write_page(page):
    page.get_by_role("link", name="Write your page").click()
    page.get_by_label("About you").fill("We meet at the **library**.\n\n- Mondays\n- Fridays")
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator("body")).to_contain_text("The council reads it, and answers")


def approve(staff):
    staff.goto("/admin/")
    staff.get_by_role("link", name="Rosehill Reading Friends").first.click()
    staff.get_by_role("button", name="Publish now").click()
    staff.wait_for_load_state()


def test_a_charity_comes_from_asking_to_its_public_page(page, elsewhere, monkeypatch):
    staff, reader = elsewhere(make.staff("Editor", name="Edie Editor")), elsewhere()

    ask_to_join(page, monkeypatch)
    accept(staff)
    come_in(page)
    write_page(page)
    assert reader.goto("/partners/rosehill-reading-friends/").status == 404
    approve(staff)

    assert reader.goto("/partners/rosehill-reading-friends/").status == 200
    expect(reader.locator(".prose")).to_contain_text("We meet at the library.")
    page.goto("/desk/rosehill-reading-friends/")
    expect(page.locator("body")).to_contain_text("Public")
    page.get_by_role("link", name="What happened", exact=True).click()
    for words in ("The council said yes", "Ina Asker accepted", "Ina Asker sent a change", "was published"):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("main")).not_to_contain_text("Edie")


def test_a_manager_who_leaves_loses_every_right_at_once_in_every_browser(elsewhere):
    partner = make.partner(name="Book Club", slug="book-club")
    manager = make.member(partner, person=make.user(name="Mina Manager")).person
    make.member(partner)
    one, other = elsewhere(manager), elsewhere(manager)
    other.goto("/desk/book-club/members/invite/")
    other.get_by_label("Their e-mail address").fill("friend@example.org")

    one.goto("/desk/book-club/members/")
    one.get_by_role("link", name="Leave").click()
    one.get_by_role("button", name="Leave").click()
    expect(one.locator("body")).to_contain_text("You have left Book Club")

    other.get_by_role("button", name="Send the invitation").click()
    expect(other.locator("h1")).to_contain_text("Please sign in again")  # with what was typed
    assert not partner.invitations.exists()
    for address in ("", "page/", "members/", "happened/"):
        other.goto(f"/desk/book-club/{address}")
        assert "/account/login/" in other.url
    manager.refresh_from_db()
    again = elsewhere(manager)
    assert again.goto("/desk/book-club/").status == 404


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(elsewhere, scheme, width):
    partner = make.partner(name="Book Club of the long name that goes on for a while", slug="book-club")
    member = make.member(partner, person=make.user(name="Mina Manager"))
    colleague = make.member(partner, role="contributor")
    editor = make.staff("Editor")
    hour = timezone.now() + datetime.timedelta(hours=1)
    ActingGrant.objects.create(partner=partner, person=editor, why="They asked", until=hour)
    invitations.invite(partner, email="a" * 50 + "@example.org", role="manager", by=member.person)
    join_requests.ask(
        name="Chess", sector="third", summary="We play.", evidence="Ask.", person_name="Ina", email="i@example.org"
    )
    how = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    manager, staff, reader = elsewhere(member.person, **how), elsewhere(editor, **how), elsewhere(**how)
    people = "/desk/book-club/members/"
    visits = [(manager, f"{people}{part}") for part in ("", "invite/", f"{colleague.pk}/", f"{colleague.pk}/remove/")]
    visits += [(manager, f"/desk/book-club/{part}") for part in ("", "leave/", "happened/")]
    visits += [(staff, "/desk/book-club/"), (reader, "/join/"), (reader, "/join/thanks/"), (reader, "/invitation/")]
    visits += [(page, link_in(mail)) for mail in Mail.objects.filter(is_secret=True) for page in (reader, manager)]
    found = {}

    for page, path in visits:
        page.goto(path)
        too_wide = page.evaluate("document.documentElement.scrollWidth") - width
        wrong = found_by_axe(page, RULES if scheme == "light" else COLOURS)
        if too_wide > 0 or wrong:
            found[path] = too_wide, wrong
    reader.goto("/join/")
    reader.get_by_role("button", name="Send").click()

    assert found == {}
    assert found_by_axe(reader) == []
    expect(reader).to_have_title(re.compile("^Error: "))

"""The admin in a real Chromium: no rule of its policy is broken, axe finds nothing, the editor saves."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.enquiries import enquiries
from cms.publishing.models import Notice
from cms.quality.models import DeadLink
from cms.revisions import preview_links
from programmes.models import Programme
from tests import make
from tests.browser.doors import come_in
from tests.cms.admin.test_jobs_admin import a_job, a_mail
from tests.cms.media.test_renditions import kept

_BRIEF = {"preload": False, "resultTypes": ["violations"]}  # what passes is not described
RULES = _BRIEF | {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = _BRIEF | {"runOnly": ["color-contrast"]}  # all else is the same by night
NOTE = """
document.broken = [];
addEventListener("securitypolicyviolation", (event) => document.broken.push(event.violatedDirective));
"""

VIEWS = [
    "/admin/",
    "/admin/programmes/programme/",
    "/admin/programmes/programme/add/",
    "{programme}change/",
    "{programme}change/?plain=1",
    "{programme}change/?proposal={key}",
    "{programme}preview/?width=phone",
    "{programme}share/",
    "{programme}history/",
    "{programme}history/compare/?a={older}&b={newer}",
    "{programme}history/{older}/",
    "{programme}delete/",
    "/admin/cms/proposal/",
    "{proposal}change/",
    "{proposal}preview/?width=desktop",
    "{proposal}share/",
    "/preview/?key={link}",
    "/admin/cms/image/",
    "/admin/cms/image/add/",
    "/admin/cms/image/upload/",
    "/admin/cms/image/describe/",
    "{image}change/",
    "{image}focal/",
    "{image}replace/",
    "/admin/cms/sitesettings/1/change/",
    "/admin/before-you-open/",
    "/admin/before-you-open/owners/",
    "/admin/cms/auditevent/",
    "/admin/cms/auditevent/{line}/change/",
    "/admin/cms/job/",
    "/admin/cms/job/{job}/change/",
    "/admin/cms/mail/",
    "/admin/cms/mail/{mail}/change/",
    "/admin/cms/deadlink/",
    "/admin/cms/notice/",
    "/admin/cms/notice/add/",
    "/admin/cms/notice/{notice}/change/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/user/{person}/change/",
    "/admin/auth/group/add/",
    "/admin/partners/partner/states/",
    "{partner}change/",
    "{partner}act/",
    "{partner}invite/",
    "{partner}end/",
    "{partner}merge/",
    "{partner}merge/?keep={other_partner}",
    "/admin/partners/joinrequest/{join}/change/",
    "/admin/cms/suggestion/",
    "/admin/cms/suggestion/{suggestion}/change/",
    "/admin/cms/enquiry/",
    "/admin/cms/enquiry/{enquiry}/change/",
]


# By night only colours are different, and they are the same on pages of one kind.
BY_NIGHT = [
    "/admin/",
    "/admin/programmes/programme/",
    "{programme}change/",
    "{programme}change/?proposal={key}",
    "{programme}history/compare/?a={older}&b={newer}",
    "{proposal}change/",
    "/preview/?key={link}",
    "/admin/cms/image/upload/",
    "{image}focal/",
    "/admin/cms/auditevent/{line}/change/",
    "/admin/cms/job/{job}/change/",
    "/admin/accounts/user/{person}/change/",
    "/admin/partners/partner/states/",
    "{partner}merge/?keep={other_partner}",
    "/admin/partners/joinrequest/{join}/change/",
]


@pytest.fixture
def programme(transactional_db):
    made = make.programme(
        title="Reading together",
        body="<p>Children read.</p>",
        running="3-finished",
        sources=[make.source()],
        led_to=[make.programme()],
    )
    make.figure(programme=made, source=make.source())
    made.summary = "Children read to each other."
    made.save()
    return made


@pytest.fixture
def places(programme):
    """The parts of the addresses of VIEWS, each leading to something that shows all it can."""
    other = make.staff("Writer", name="Will Writer", is_limited=True)
    picture = kept((400, 300))
    make.programme_picture(programme=programme, image=picture)
    proposal = make.proposal(programme, by=other, status="waiting", summary="Children read every week.", why="Agreed")
    link, made = preview_links.make(programme, for_whom="Anna at the museum", by=other, proposal=proposal)
    preview_links.answer(made, name="Anna", verdict="change", comment="Not every week.", address="https://example.org/")
    shown = {"section": "/programmes/", "publish_at": timezone.now(), "unpublish_at": in_a_day(), "link": "/contact/"}
    notice = Notice.objects.create(text="The library is closed.", link_text="Ask us", tone="warning", **shown)
    DeadLink.objects.create(thing=programme, field="What it is", address="https://example.org/" + "long" * 30,
        problem="There is no such page.", is_certain=True)  # fmt: skip
    speaks = make.member(make.partner(name="Hub", status="published"))
    newer, older = programme.history.values_list("pk", flat=True)[:2]
    return {
        "programme": f"/admin/programmes/programme/{programme.pk}/",
        "proposal": f"/admin/cms/proposal/{proposal.pk}/",
        "image": f"/admin/cms/image/{picture.pk}/",
        "key": proposal.pk, "link": link, "newer": newer, "older": older, "notice": notice.pk, "person": other.pk,
        "job": a_job().pk, "mail": a_mail().pk,
        "partner": f"/admin/partners/partner/{speaks.partner.pk}/", "other_partner": make.partner().pk,
        "join": make.join_request(name="The Hub").pk, "suggestion": make.suggestion(programme, words="It moved.").pk,
        "enquiry": enquiries.take_in(topic="other", message="When is it open?", email="reader@example.org").pk,
        "line": audit_log.write(AuditEvent.Action.REFUSED, programme, by=other, old={"a": "1"}, note="No.").pk,
    }  # fmt: skip


def in_a_day():
    return timezone.now() + datetime.timedelta(days=1)


@pytest.fixture
def signed_in(page, transactional_db):
    person = make.user(is_staff=True, is_superuser=True)
    page.context.add_init_script(NOTE)
    come_in(page, person)
    return page


def broken_rules(page):
    page.wait_for_load_state("networkidle")
    return page.evaluate("document.broken")


def found_by_axe(page, options=RULES):
    violations = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in violations]


@pytest.mark.parametrize(("scheme", "width", "rules"), [("light", 360, RULES), ("dark", 1280, COLOURS)])
def test_no_page_breaks_a_rule_or_scrolls_sideways_and_axe_finds_nothing(signed_in, places, scheme, width, rules):
    signed_in.set_viewport_size({"width": width, "height": 740})
    signed_in.emulate_media(color_scheme=scheme)
    found = {}

    for view in VIEWS if scheme == "light" else BY_NIGHT:
        status = signed_in.goto(view.format(**places)).status
        wrong = found_by_axe(signed_in, rules), signed_in.evaluate("document.broken")
        too_wide = signed_in.evaluate("document.documentElement.scrollWidth") - width  # now that all scripts have run
        if status != 200 or too_wide > 0 or any(wrong):
            found[view] = status, too_wide, wrong

    assert found == {}


def test_the_editor_saves_what_is_typed(signed_in, programme):
    signed_in.goto(f"/admin/programmes/programme/{programme.pk}/change/")
    signed_in.get_by_role("textbox", name="What it is").click()
    signed_in.keyboard.press("Control+End")
    signed_in.keyboard.type(" And they write.")
    assert broken_rules(signed_in) == []

    signed_in.get_by_role("button", name="Save", exact=True).click()

    signed_in.get_by_text("was changed successfully").wait_for()
    assert Programme.objects.get(pk=programme.pk).body == "<p>Children read. And they write.</p>"


def test_a_row_is_added_without_leaving_the_page(signed_in, programme):
    signed_in.goto(f"/admin/programmes/programme/{programme.pk}/change/")
    signed_in.get_by_text("How it went, step by step").click()
    signed_in.get_by_role("button", name="Add another Step").click()
    signed_in.locator("[name=steps-0-when]").fill("2019")
    signed_in.locator("[name=steps-0-what]").fill("It began")
    assert broken_rules(signed_in) == []

    signed_in.get_by_role("button", name="Save", exact=True).click()

    signed_in.get_by_text("was changed successfully").wait_for()
    assert programme.steps.get().what == "It began"


def test_without_scripts_the_editor_is_a_field(browser, live_server, signed_in, programme):
    cookies = signed_in.context.cookies()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(cookies)
    plain = context.new_page()
    plain.goto(f"/admin/programmes/programme/{programme.pk}/change/")

    plain.locator("[name=body]").fill("<p>Typed without scripts.</p>")
    plain.locator("[name=_save]").click()
    context.close()

    assert Programme.objects.get(pk=programme.pk).body == "<p>Typed without scripts.</p>"


def test_without_scripts_everything_can_be_chosen_and_rows_be_added(browser, live_server, signed_in, programme):
    partner, following = make.partner(name="Derby Museums"), make.programme(title="Next one")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in.context.cookies())
    plain = context.new_page()
    plain.goto(f"/admin/programmes/programme/{programme.pk}/change/")
    plain.get_by_role("link", name="Without scripts").click()

    plain.locator("[name=instead]").select_option(label="Next one")
    plain.get_by_text("Partners, and what each does in it").click()
    plain.locator("[name=involvements-0-partner]").select_option(label="Derby Museums")
    plain.locator("[name=involvements-0-role]").select_option(label="Leads it")
    plain.locator("[name=_save]").click()
    context.close()

    programme.refresh_from_db()
    assert programme.involvements.get().partner == partner
    assert programme.instead == following

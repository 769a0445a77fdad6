"""The admin in a real Chromium: no rule of its policy is broken, axe finds nothing, the editor saves."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from programmes.models import Programme
from tests import make

RULES = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NOTE = """
document.broken = [];
addEventListener("securitypolicyviolation", (event) => document.broken.push(event.violatedDirective));
"""

VIEWS = [
    "",
    "programmes/programme/",
    "programmes/programme/add/",
    "{}/change/",
    "{}/history/",
    "{}/delete/",
    "password_change/",
    "editorial/image/add/",
    "editorial/image/",
    "accounts/user/add/",
    "auth/group/add/",
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
def signed_in(page, transactional_db):
    person = make.user(is_staff=True, is_superuser=True)
    page.context.add_init_script(NOTE)
    page.goto("/admin/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    return page


def broken_rules(page):
    page.wait_for_load_state("networkidle")
    return page.evaluate("document.broken")


def found_by_axe(page):
    violations = Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in violations]


def test_signing_in_breaks_no_rule(page, transactional_db):
    page.context.add_init_script(NOTE)
    page.goto("/admin/login/")

    assert broken_rules(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_pages_break_no_rule_and_fit_a_small_screen(signed_in, programme, view):
    signed_in.set_viewport_size({"width": 360, "height": 740})

    signed_in.goto("/admin/" + view.format(f"programmes/programme/{programme.pk}"))

    assert broken_rules(signed_in) == []
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 360


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(page, transactional_db, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/admin/login/")
    page.wait_for_load_state("networkidle")

    assert found_by_axe(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", [*VIEWS[:6], "editorial/image/add/"])
def test_axe_finds_nothing(signed_in, programme, view, scheme):
    signed_in.emulate_media(color_scheme=scheme)
    signed_in.goto("/admin/" + view.format(f"programmes/programme/{programme.pk}"))
    signed_in.wait_for_load_state("networkidle")
    signed_in.wait_for_timeout(300)

    assert found_by_axe(signed_in) == []


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

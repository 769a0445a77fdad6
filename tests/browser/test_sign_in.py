"""Ways to sign in, in a real Chromium: a code without JavaScript, a passkey, an app and its recovery codes."""

import re

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.outbox.models import Mail
from tests import make
from tests.accounts.authentication.test_encryption import now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def person(transactional_db):
    return make.confirmed(make.user(name="Rita Resident", email="rita@example.org"))


@pytest.fixture
def plain(browser, live_server):
    """A visitor whose browser runs no script."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def device(page):
    """A device with a fingerprint reader that always agrees; `device(False)` makes its owner refuse from then on."""
    talk = page.context.new_cdp_session(page)
    talk.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = talk.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def agrees(does):
        given = {"authenticatorId": made["authenticatorId"], "isUserVerified": does}
        talk.send("WebAuthn.setUserVerified", given)

    return agrees


def code_for(address):
    """Read before the worker sends it, since its words are gone then."""
    return re.search(r"^[A-Z]{4}-[A-Z]{4}$", Mail.objects.filter(to=address).latest("pk").text, re.MULTILINE)[0]


def sign_in(page, person):
    page.goto("/account/login/")
    page.get_by_label("Your e-mail address").fill(person.email)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page):
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def faults(page, scheme):
    """What axe finds; by night only colours are different."""
    rules = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    found = Axe().run(page, options={"resultTypes": ["violations"]} | rules).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]


def test_signing_in_by_a_code_needs_no_script(plain, person):
    plain.goto("/account/login/")
    expect(plain.get_by_role("button", name="Use a passkey")).to_be_hidden()
    plain.get_by_label("Your e-mail address").fill(person.email)
    plain.get_by_role("button", name="Mail me a code").click()

    expect(plain.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    plain.get_by_label("The code from the mail").fill("XXXX-XXXX")
    plain.get_by_role("button", name="Go on").click()
    expect(plain.get_by_role("alert")).to_contain_text("This code is not right")
    plain.get_by_role("button", name="Mail me another code").click()
    plain.get_by_label("The code from the mail").fill(code_for(person.email).lower().replace("-", " "))
    plain.get_by_role("button", name="Go on").click()

    expect(plain.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(plain.get_by_text("You are signed in as Rita Resident")).to_be_visible()


def test_an_account_is_made_and_deleted_without_a_script(plain, transactional_db):
    plain.goto("/account/signup/")
    plain.get_by_label("Your e-mail address").fill("new@example.org")
    plain.get_by_role("button", name="Mail me a code").click()
    plain.get_by_label("The code from the mail").fill(code_for("new@example.org"))
    plain.get_by_role("button", name="Go on").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your account")

    plain.get_by_role("link", name="Delete your account").click()
    if plain.get_by_role("heading", level=1).text_content() == "Is it you?":
        plain.get_by_role("button", name="Mail me a code").click()
        sent = Mail.objects.filter(to="new@example.org").latest("pk").text
        plain.get_by_label("The code from the mail").fill(re.search(r"^\d{6}$", sent, re.MULTILINE)[0])
        plain.get_by_role("button", name="Go on").click()
    plain.get_by_label("Yes, delete my account").check()
    plain.get_by_role("button", name="Delete my account").click()

    expect(plain.get_by_text("Your account is deleted.")).to_be_visible()


def test_a_passkey_is_made_and_signs_in_by_itself(page, person, device):
    sign_in(page, person)
    page.goto("/account/second-factor/webauthn/add/")
    page.get_by_label("A name for it").fill("Rita’s phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    sign_out(page)

    page.goto("/account/login/")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(page.get_by_text("1 passkey")).to_be_visible()
    page.goto("/account/second-factor/webauthn/")
    expect(page.get_by_role("term")).to_have_text("Rita’s phone")
    expect(page.get_by_text("Last used on")).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password(page, person, device):
    sign_in(page, person)
    page.goto("/account/second-factor/webauthn/add/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    sign_out(page)

    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_when_a_passkey_fails_the_page_says_so(page, person, device):
    sign_in(page, person)
    page.goto("/account/second-factor/webauthn/add/")
    device(False)
    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing has changed.")
    expect(page.get_by_role("button", name="Add a passkey")).to_be_enabled()
    assert not Authenticator.objects.exists()


def test_an_app_is_set_up_and_a_recovery_code_stands_in_for_it(page, person):
    sign_in(page, person)
    page.goto("/account/second-factor/")
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_text("Or type these letters into the app").click()
    secret = page.locator(".secret").text_content().replace(" ", "")
    page.get_by_label("The code from your app").fill(now(secret))
    page.get_by_role("button", name="Set it up").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    codes = page.locator(".codes code").all_text_contents()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download them as text").click()
    assert kept.value.suggested_filename == "recovery-codes.txt"
    assert kept.value.path().read_text().count("\n".join(codes)) == 1

    sign_out(page)
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_label("Your code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")

    page.goto("/account/second-factor/")
    expect(page.get_by_text("9 of 10 are left")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_is_too_wide(page, person, device, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    wrong = {}

    def look(name):
        found = faults(page, scheme), page.evaluate(TOO_WIDE)
        if found != ([], 0):
            wrong[name] = found

    for address in ("login/", "login/code/", "signup/", "password/reset/", "inactive/", "password/reset/done/"):
        page.goto(f"/account/{address}")
        look(address)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in").click()
    look("login with mistakes")
    page.get_by_label("Your e-mail address").fill(person.email)
    page.get_by_role("button", name="Mail me a code").click()
    look("code")
    page.context.clear_cookies()

    sign_in(page, person)
    make.passkey(person, name="An old key")
    own = ("", "name/", "sessions/", "data/", "leave/", "email/", "password/change/", "logout/", "reauthenticate/")
    factors = ("", "totp/activate/", "webauthn/", "webauthn/add/", "recovery-codes/generate/")
    seen = (*own, *(f"second-factor/{each}" for each in factors))
    for address in seen if scheme == "light" else seen[::3]:
        page.goto(f"/account/{address}")
        look(address)
    make.app_factor(person)
    for address in ("", "recovery-codes/", "reauthenticate/", "webauthn/reauthenticate/", "totp/deactivate/"):
        page.goto(f"/account/second-factor/{address}")
        look(f"second-factor/{address}, set up")

    assert wrong == {}


def test_staff_without_a_second_factor_are_stopped_everywhere_and_led_to_set_one_up(page, transactional_db):
    person = make.confirmed(make.staff("Administrator"))
    sign_in(page, person)

    for address in ("/admin/", "/admin/programmes/programme/", "/admin/accounts/user/add/", "/admin/partners/partner/"):
        page.goto(address)
        assert page.url.endswith("/account/second-factor/"), address
        expect(page.get_by_text("Your work here needs a second factor").first).to_be_visible()

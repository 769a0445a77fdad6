"""“Ask the site team” on the contact page."""

import itertools
import re

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.enquiries.models import Enquiry
from cms.requests import spam_guard
from cms.site_settings.models import SiteSettings
from tests import make

pytestmark = pytest.mark.django_db
SIGNER = signing.TimestampSigner(salt=spam_guard._SALT)


@pytest.fixture(autouse=True)
def page(db):
    return make.page(slug="contact", title="Contact", body="<p>Whom to ask about what.</p>")


READERS = itertools.count()


@pytest.fixture
def send(monkeypatch):
    """Sends the form as somebody who took ten seconds."""

    def post(seconds=10, **fields):
        with monkeypatch.context() as patch:
            patch.setattr(signing.time, "time", lambda: timezone.now().timestamp() - seconds)
            shown_at = SIGNER.sign("shown")
        given = {"topic": "other", "message": "When is the museum open?", "email": "", "more": "", "shown_at": shown_at}
        browser = {"User-Agent": f"Reader {next(READERS)}"}
        return Client(enforce_csrf_checks=True).post("/contact/", given | fields, headers=browser)

    return post


def test_the_page_has_its_text_and_the_form_and_nobody_keeps_it(client):
    response = client.get("/contact/")

    html = response.content.decode()
    assert "Whom to ask about what." in html
    assert "Ask the site team" in html
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"
    assert "X-Robots-Tag" not in response.headers


def test_what_somebody_asks_is_kept_for_the_site_team(send):
    response = send(email="Reader@Example.org")

    assert (response.status_code, response.url) == (302, "/contact/thanks/")
    assert not response.cookies
    found = Enquiry.objects.get()
    assert (found.topic, found.message, found.email) == ("other", "When is the museum open?", "reader@example.org")
    line = AuditEvent.objects.get(action="enquiry")
    assert (line.by, line.by_words, line.object_words) == (None, "a reader", f"Enquiry {found.pk}")
    assert "museum" not in f"{line.old}{line.new}{line.note}"
    assert "Thank you" in Client().get(response.url).content.decode()


@pytest.mark.parametrize(("asked", "chosen"), [("data", ["data"]), ("nothing", []), ("\0", []), ("", [])])
def test_a_link_may_choose_the_topic(client, asked, chosen):
    html = client.get("/contact/", {"topic": asked}).content.decode()

    assert re.findall(r'name="topic" value="(\w+)"[^>]* checked', html) == chosen


def test_the_time_to_answer_is_the_one_that_is_set(client):
    assert "you get it by email." in client.get("/contact/").content.decode()

    SiteSettings.objects.update_or_create(pk=SiteSettings.THE_ROW, defaults={"enquiry_days": 5})

    assert "by email within 5 working days." in client.get("/contact/").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": ""},
        {"topic": "cheap watches"},
        {"message": ""},
        {"message": " \n "},
        {"message": "x" * 4001},
        {"email": "no address"},
        {"seconds": 0},
        {"shown_at": "forged"},
    ],
)
def test_wrong_input_is_said_and_kept(send, fields):
    response = send(**{"message": "Kept <words>"} | fields)

    html = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in html
    assert "<title>Error: " in html
    assert "message" in fields or "Kept &lt;words&gt;" in html
    assert not Enquiry.objects.exists()


def test_a_robot_that_fills_in_everything_is_thanked_and_not_heard(send):
    assert send(more="Cheap watches").status_code == 302
    assert not Enquiry.objects.exists()


def test_the_sixth_in_an_hour_from_one_network_is_asked_to_wait(send):
    assert [send().status_code for _ in range(5)] == [302] * 5

    response = send(message="My sixth")

    assert "My sixth" in response.content.decode()
    assert "many questions from here" in response.content.decode()
    assert Enquiry.objects.count() == 5


def test_staff_still_change_the_text_and_preview_it_with_its_form(browse, page):
    client, address = browse("editor"), f"/admin/city/page/{page.pk}/"
    form = client.get(f"{address}change/").context["adminform"].form
    typed = {name: "" if (value := form[name].value()) is None else value for name in form.fields}

    response = client.post(f"{address}change/", typed | {"title": "Ask us"} | EMPTY_ROWS)

    page.refresh_from_db()
    assert (response.status_code, page.title) == (302, "Ask us")
    assert "Ask the site team" in client.get(f"{address}preview/page/").content.decode()


EMPTY_ROWS = {f"{prefix}-{name}": 0 for prefix in ("pictures", "figures") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}

"""What people really sent, through the pages they sent it by."""

import re
from xml.etree import ElementTree

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from cms.outbox.models import Mail
from cms.publishing.models import Suggestion
from stories.models import Report, Story, Thread
from tests import make
from tests import make_stories as told
from tests.stories.submit.pages import Teller, hidden
from tests.stories.submit.test_views import the_code

pytestmark = pytest.mark.django_db
LINES = "\r\n".join(["x" * 40] * 48) + "\r\n" + "x" * 32  # two thousand letters, as a browser counts
DIGITS = {"arabic": "٠١٢٣٤٥٦٧٨٩", "persian": "۰۱۲۳۴۵۶۷۸۹", "fullwidth": "０１２３４５６７８９", "hindi": "०१२३४५६७८९"}


def shown_at(client, address):
    return re.search(r'name="shown_at" value="([^"]+)"', client.get(address).content.decode()).group(1)


def sent(client, address, monkeypatch, **data):
    monkeypatch.setattr("cms.requests.spam_guard.LEAST_SECONDS", 0)
    return client.post(address, data | {"shown_at": shown_at(client, address)})


def test_two_thousand_letters_in_lines_are_two_thousand(client, monkeypatch):
    assert len(LINES.replace("\r\n", "\n")) == 2000
    address = f"/concern/{told.story().slug}/?about=other"

    answer = sent(client, address, monkeypatch, words=LINES, email="")

    assert answer.status_code == 302
    assert Report.objects.get().words == LINES.replace("\r\n", "\n")


def test_a_letter_too_many_is_said_in_plain_words(client, monkeypatch):
    answer = sent(client, f"/concern/{told.story().slug}/?about=other", monkeypatch, words=LINES + "x", email="")

    assert "Please make this shorter. It has 2001 letters, and there is room for 2000." in answer.content.decode()


def test_a_soft_break_of_word_in_a_title_stops_no_feed(browse):
    data = {"title": "Canals\vand\u202e locks", "slug": "canals", "summary": "By\vwater", "order": "1"}
    data |= {"status": "published", "pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0"}

    browse("editor").post("/admin/stories/thread/add/", data)

    assert Thread.objects.get().title == "Canals and locks"
    feed = Client().get("/stories/threads/canals/feed.atom")
    assert "Canals and locks" in ElementTree.fromstring(feed.content)[0].text  # noqa: S314 - our own


@pytest.mark.parametrize("script", DIGITS)
def test_a_code_is_read_in_the_figures_of_the_keyboard(script):
    teller = Teller()
    teller.tells_it_all({"email": "tess@example.org"})
    typed = the_code().translate(str.maketrans("0123456789", DIGITS[script]))

    teller.client.post("/tell/code/", hidden(teller.page("sent")) | {"code": f"\u200f{typed[:3]} {typed[3:]}"})

    assert Story.objects.get().status == "submitted"


@pytest.mark.parametrize("letter", ["\u202c", "\u200f", "\u200b", "\u2060", "\ufeff"])
def test_a_letter_nobody_sees_makes_no_second_account(letter):
    person = make.confirmed(make.user(email="user@example.org"))

    Client().post("/account/signup/", {"email": f"User@example.org{letter}"})

    assert list(EmailAddress.objects.values_list("email", flat=True)) == [person.email]
    assert set(Mail.objects.values_list("to", flat=True)) == {"user@example.org"}


@pytest.mark.parametrize("email", ["mıke@example.org", "us\u200ber@example.org", "user@localhost", "user@[127.0.0.1]"])
@pytest.mark.parametrize("page", ["/account/signup/", "/account/password/reset/", "/account/login/code/"])
def test_what_no_mail_reaches_is_said_beside_the_field(client, email, page):
    answer = client.post(page, {"email": email})

    assert answer.status_code == 200
    assert answer.context["form"].errors["email"]
    assert not Mail.objects.exists()


def test_a_host_of_other_letters_is_one_host(client, monkeypatch):
    partner = make.partner()
    address = f"/suggest/?about={partner.get_absolute_url()}"

    for email in ("user@münchen.example", "user@xn--mnchen-3ya.example"):
        assert sent(client, address, monkeypatch, words="Other hours", known_from="", email=email).status_code == 302

    assert set(Suggestion.objects.values_list("email", flat=True)) == {"user@xn--mnchen-3ya.example"}


def test_a_search_finds_what_is_asked_with_letters_nobody_sees(client):
    told.story(title="Locomotive works", text="We built a locomotive.")

    assert "Locomotive works" in client.get("/stories/search/", {"q": "\u202eloco\u00admotive\v"}).content.decode()


def test_a_password_is_what_was_typed(client):
    person = make.confirmed(make.user(email="user@example.org"))
    person.set_password("correct\u200b horse\u202e battery")
    person.save()

    data = {"login": "user@example.org", "password": "correct\u200b horse\u202e battery"}

    assert client.post("/account/login/", data).status_code == 302

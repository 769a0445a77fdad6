"""The doors back to a story: the mailed link, the address that was mistyped, and what ends."""

import pytest
from django.test import Client

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from stories import workflow
from stories.models import Story
from stories.submit import email_verification
from stories.workflow import Role
from tests.stories.submit.pages import Teller, hidden
from tests.stories.submit.test_views import the_code, the_link

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "tes@example.org", "tess@example.org"


def ask_at(teller, email):
    return teller.client.post("/tell/address/", hidden(teller.page("sent")) | {"email": email})


@pytest.fixture
def mistyped():
    teller = Teller()
    teller.tells_it_all({"email": WRONG})
    teller.link, teller.code = the_link("confirm"), the_code()
    return teller


def test_a_mistyped_address_is_put_right_and_the_first_mail_opens_nothing(mistyped):
    assert WRONG in mistyped.page("sent")

    assert ask_at(mistyped, RIGHT.upper()).url == "/tell/sent/?mailed=1"

    assert Mail.objects.latest("pk").to == RIGHT
    assert token_links.find(mistyped.link.partition("key=")[2], AccessToken.Purpose.STORY_ADDRESS) is None
    assert Client().get(mistyped.link).status_code == 410
    assert Client().post(mistyped.link).status_code == 410
    fields = hidden(mistyped.page("sent"))
    if mistyped.code != the_code():
        mistyped.client.post("/tell/code/", fields | {"code": mistyped.code})
        assert Story.objects.get().status == "awaiting_address"
    mistyped.client.post("/tell/code/", fields | {"code": the_code()})
    story = Story.objects.get()
    assert (story.status, story.contributor.email) == ("submitted", RIGHT)


@pytest.mark.parametrize("email", ["", "nonsense", "\0", "x" * 400])
def test_what_is_no_address_is_said_and_changes_nothing(mistyped, email):
    answer = ask_at(mistyped, email)

    assert answer.status_code == 200
    assert b"There is a problem" in answer.content
    assert Story.objects.get().contributor.email == WRONG


def test_a_confirmed_address_is_not_changed_here(mistyped):
    fields = hidden(mistyped.page("sent"))
    mistyped.client.post("/tell/code/", fields | {"code": the_code()})

    assert mistyped.client.post("/tell/address/", fields | {"email": RIGHT}).url == "/tell/sent/"
    assert Story.objects.get().contributor.email == WRONG


def test_the_guardians_address_is_not_the_tellers():
    teller = Teller()
    young = {"age": "13-17", "guardian_name": "Gail", "guardian_email": "gail@example.org"}
    teller.tells_it_all(young)

    assert b"address of your parent or guardian" in ask_at(teller, "gail@example.org").content
    assert Story.objects.get().contributor.email == "tess@example.org"


def test_it_is_asked_at_no_more_than_five_addresses_a_day(mistyped):
    answers = [ask_at(mistyped, f"tess{number}@example.org").url for number in range(6)]

    assert answers == ["/tell/sent/?mailed=1"] * 4 + ["/tell/sent/?late=1"] * 2
    assert Mail.objects.filter(subject__startswith="Show us").count() == 5
    assert not email_verification.is_right(Story.objects.get(), the_code())


@pytest.mark.parametrize("page", ["address", "code"])
def test_without_a_sent_story_there_is_nothing_to_confirm(client, page):
    assert client.get(f"/tell/{page}/").status_code == 405
    assert client.post(f"/tell/{page}/", {"email": RIGHT, "code": "123456"}).url == "/tell/"


def test_the_link_of_a_story_that_was_taken_back_confirms_nothing(mistyped):
    workflow.take("withdraw", Story.objects.get(), by=Role.TELLER)

    assert Client().post(mistyped.link).status_code == 410
    assert Story.objects.get().status == "withdrawn"


def test_a_link_that_went_to_a_wrong_address_is_ended():
    teller = Teller()
    teller.tells()
    secret = hidden(teller.page("choices"))
    page = teller.client.post("/tell/later/", secret | {"email": WRONG})
    old = the_link("go-on")

    teller.client.post("/tell/later/", hidden(page.content.decode()) | {"email": RIGHT})

    assert Client().get(old).status_code == 410
    assert Client().get(the_link("go-on")).status_code == 200
    assert Mail.objects.latest("pk").to == Story.objects.get().contributor.email == RIGHT


def test_a_link_to_go_on_with_what_was_sent_leads_to_its_own_page():
    teller = Teller()
    teller.tells()
    secret = hidden(teller.page("choices"))
    teller.client.post("/tell/later/", secret | {"email": RIGHT})
    link = the_link("go-on")
    teller.client.cookies["draft"] = secret["draft"]
    teller.chooses()
    teller.sends()

    for answer in (Client().get(link), Client().post(link)):
        assert b"This story has been sent" in answer.content
        assert not answer.cookies


def test_looking_at_a_link_changes_nothing():
    teller = Teller()
    teller.tells()
    teller.chooses()
    made_at = Story.objects.get().choices_made_at
    teller.post("later", {"email": RIGHT})

    Client().get(the_link("go-on"))
    Client().head(the_link("go-on"))

    assert Story.objects.get().choices_made_at == made_at


def test_no_name_and_no_title_stands_in_a_subject_or_an_address():
    teller = Teller()
    teller.tells(title="Marker of a title")
    teller.chooses(full_name="Marker Ofaname")
    teller.post("later", {"email": RIGHT})

    for mail in Mail.objects.all():
        assert "Marker" not in mail.subject
        assert mail.is_secret

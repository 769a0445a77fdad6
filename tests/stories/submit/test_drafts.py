"""What opens a draft: one secret, in one place, and no other site."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from stories.models import Story
from stories.submit import drafts
from tests.stories.submit.pages import STORY, Teller, hidden
from tests.stories.submit.test_views import the_link

pytestmark = pytest.mark.django_db
SILENT = {"Sec-Fetch-Site": ""}  # as a browser of before 2023


@pytest.fixture
def elsewhere():
    """Somebody who began on one device, and has opened the link of the mail on another."""
    first = Teller()
    first.tells()
    first.choices = hidden(first.page("choices"))
    first.client.post("/tell/later/", first.choices | {"email": "tess@example.org"})
    second = Teller()
    second.link = the_link("go-on")
    second.client.post(second.link, hidden(second.client.get(second.link).content.decode()))
    return first, second


def test_an_older_window_overwrites_nothing_newer_and_shows_what_was_typed(elsewhere):
    first, second = elsewhere
    second.tells(text="Newer words.")

    answer = first.client.post("/tell/story/", first.choices | STORY | {"text": "Older words, typed all the same."})

    assert answer.status_code == 404
    page = answer.content.decode()
    assert "You have opened this story somewhere else" in page
    assert "Older words, typed all the same." in page
    assert "First tram" in page
    assert Story.objects.get().latest.text == "Newer words."
    assert first.client.post("/tell/check/", first.choices).status_code == 404


def test_the_link_opens_again_when_the_second_browser_was_closed(elsewhere):
    _, second = elsewhere
    third = Teller()

    third.client.post(second.link, hidden(third.client.get(second.link).content.decode()))

    assert "We took the last tram" in third.page("story")
    assert second.client.get("/tell/check/").status_code == 404


def test_a_double_click_hands_it_over_once(elsewhere):
    _, second = elsewhere
    fields = hidden(second.client.get(second.link).content.decode())

    for _ in range(2):
        second.client.post(second.link, fields)

    assert drafts.find(fields["draft"]) == Story.objects.get()
    assert second.client.get("/tell/check/").status_code == 200


@pytest.mark.parametrize("token", ["", "short", "\0", "x" * 5000])
def test_what_is_no_secret_is_replaced(elsewhere, token):
    _, second = elsewhere

    second.client.post(second.link, {"draft": token})

    assert second.client.get("/tell/check/").status_code == 200


def test_nobody_takes_the_secret_of_another_story_or_one_that_has_ended(elsewhere):
    _, second = elsewhere
    other = Teller()
    other.tells()
    taken = other.client.cookies["draft"].value
    ended = second.client.cookies["draft"].value
    story = drafts.find(ended)

    drafts.hand_over(story, taken)
    assert drafts.find(taken) != story
    assert drafts.find(ended) is None
    drafts.hand_over(story, ended)
    assert drafts.find(ended) is None


def test_a_mailed_key_is_no_secret_of_a_form(elsewhere):
    _, second = elsewhere
    key = second.link.partition("key=")[2]

    assert Client().post("/tell/choices/", {"draft": key, "age": "18-plus"}).status_code == 404
    assert Client().post("/tell/story/", {"draft": key} | STORY).status_code == 404
    assert Story.objects.count() == 1


def test_a_key_made_for_a_person_opens_to_that_person_alone(browse, cast):
    story, _ = drafts.start(way="table", entered_by=cast.moderator)
    text, _ = token_links.make(AccessToken.Purpose.GO_ON, story, days=1, by=cast.moderator)

    for who, status in (("moderator", 200), ("editor", 404), ("anyone", 403)):
        client = browse(who)
        client.cookies["draft"] = text
        assert client.get("/tell/check/").status_code == status, who


ELSEWHERE = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a sibling host": {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example"},
    "another site, in an old browser": SILENT | {"Origin": "https://evil.example"},
    "the same host without encryption": SILENT | {"Origin": "https://testserver"},
    "a page without an address": SILENT | {"Origin": "null"},
    "nobody says": SILENT,
}


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
def test_no_page_of_another_host_plants_a_secret_that_it_knows(elsewhere, headers):
    _, second = elsewhere
    known, made_for_another = second.client.cookies["draft"].value, drafts.new_token()

    for address, fields in (
        ("/tell/story/", {"draft": "x" * 22} | STORY),
        ("/tell/story/", {"draft": made_for_another} | STORY),
        ("/tell/story/", {"draft": known} | STORY | {"title": "Planted"}),
        ("/tell/choices/", {"draft": known, "age": "18-plus"}),
        (second.link, {"draft": "y" * 22}),
        ("/tell/code/", {"draft": known, "code": "123456"}),
    ):
        answer = Client().post(address, fields, headers=headers)
        assert answer.status_code in (200, 302, 404)
        planted = [cookie.value for cookie in answer.cookies.values()]
        assert not {"x" * 22, "y" * 22, known, made_for_another} & set(planted), address

    assert [story.latest.title for story in Story.objects.all()] == ["First tram"]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, SILENT | {"Origin": "http://testserver"}]
)
def test_our_own_pages_are_not_taken_for_another_site(headers):
    page = hidden(Client().get("/tell/story/").content.decode())

    assert Client().post("/tell/story/", page | STORY, headers=headers).url == "/tell/pictures/"


def test_a_browser_that_says_nothing_is_asked_once_more_and_then_goes_on():
    client = Client(headers=SILENT)
    first = client.post("/tell/story/", hidden(client.get("/tell/story/").content.decode()) | STORY)

    assert "We took the last tram." in first.text
    assert client.post("/tell/story/", hidden(first.text) | STORY).url == "/tell/pictures/"


@pytest.mark.parametrize("made_up", ["A" * 16, "x" * 22, "AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA"])
def test_a_secret_that_is_not_ours_is_replaced(made_up):
    client = Client()

    assert client.post("/tell/story/", {"draft": made_up} | STORY).url == "/tell/pictures/"

    secret = client.cookies["draft"].value
    assert secret != made_up
    assert drafts.is_ours(secret)
    assert drafts.find(made_up) is None
    assert drafts.find(secret) == Story.objects.get()


def test_an_empty_secret_is_none_though_the_cookie_came_along():
    teller = Teller()
    teller.tells()

    assert teller.client.post("/tell/choices/", {"draft": "", "age": "18-plus"}).status_code == 404


def test_the_cookie_is_for_this_host_alone_and_goes_with_the_browser(settings):
    settings.SESSION_COOKIE_SECURE = True
    teller = Teller()
    teller.tells()

    cookie = teller.client.cookies["draft"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "Lax", True)
    assert cookie["secure"]
    assert cookie["max-age"] == cookie["expires"] == ""


def test_the_secret_stands_in_no_address_and_in_no_row():
    teller = Teller()
    answers = [teller.tells(), teller.chooses(), teller.sends()]
    secret = teller.client.cookies["draft"].value

    assert not [answer.url for answer in answers if secret in urlsplit(answer.url).query]
    assert Story.objects.get().draft_digest == token_links.digest(secret)
    assert not Mail.objects.filter(text__contains=secret).exists()

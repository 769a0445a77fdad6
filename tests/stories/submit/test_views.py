"""Telling, from the first page to the moment staff see it: in however many tabs, and whatever is typed."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client

from cms.outbox.models import Mail
from stories.models import Consent, ConsentVersion, Contributor, Question, Story, Version
from tests import make
from tests import make_stories as told
from tests.stories.submit.pages import CHOICES, STORY, Teller, hidden

pytestmark = pytest.mark.django_db


def the_code():
    mail = Mail.objects.filter(subject__startswith="Show us").latest("pk")
    return re.search(r"^\d{6}$", mail.text, re.MULTILINE)[0]


def the_link(page):
    return re.search(rf"(/tell/{page}/\?key=\S+)", Mail.objects.latest("pk").text)[1]


def test_a_story_is_told_confirmed_and_then_seen_by_staff():
    teller = Teller()

    assert teller.tells(when="the 1960s").url == "/tell/pictures/"
    assert teller.post("pictures", {"do": "continue"}).url == "/tell/choices/"
    assert teller.chooses().url == "/tell/check/"
    assert "First tram" in teller.page("check")
    assert teller.sends().url == "/tell/sent/"

    story = Story.objects.get()
    assert story.status == "awaiting_address"
    assert not Story.objects.seen_by_staff().exists()
    assert teller.client.post("/tell/code/", hidden(teller.page("sent")) | {"code": the_code()}).url == "/tell/sent/"
    story.refresh_from_db()
    assert (story.status, story.latest.year_from, story.latest.year_to) == ("submitted", 1960, 1969)
    assert story.contributor.shown_name == "Tess"
    given = {consent.purpose: consent.is_given for consent in story.consents.all()}
    assert given == {"site": True, "press": False, "marketing": False, "museum": False, "print": False}
    assert "you keep the copyright" in story.consents.first().words_shown


def test_the_link_shows_first_and_confirms_when_its_button_is_pressed():
    Teller().tells_it_all()
    elsewhere, link = Client(), the_link("confirm")

    assert b"Yes, send my story" in elsewhere.get(link).content
    assert Story.objects.get().status == "awaiting_address"
    assert b"Thank you" in elsewhere.post(link).content
    assert Story.objects.get().status == "submitted"
    for again in (elsewhere.get(link), elsewhere.post(link)):
        assert b"This story has been sent" in again.content


def test_a_wrong_code_is_refused_and_can_be_tried_only_so_often():
    teller = Teller()
    teller.tells_it_all()
    right, fields = the_code(), hidden(teller.page("sent"))
    wrong = "000000" if right != "000000" else "111111"

    for _ in range(15):
        answer = teller.client.post("/tell/code/", fields | {"code": wrong})
        assert b"That is not the code" in answer.content
    teller.client.post("/tell/code/", fields | {"code": right})

    assert Story.objects.get().status == "awaiting_address"


def test_an_address_we_know_is_asked_like_any_other():
    make.confirmed(make.user(email="tess@example.org"))
    told.story(email="tess@example.org")

    assert Teller().tells_it_all().url == "/tell/sent/"
    assert Story.objects.filter(status="awaiting_address").count() == 1


def test_whoever_is_signed_in_with_that_address_need_not_confirm_it():
    person = make.confirmed(make.user(email="tess@example.org"))
    client = Client()
    client.force_login(person)

    Teller(client).tells_it_all()

    story = Story.objects.get()
    assert story.status == "submitted"
    assert story.contributor.account == person


# Nothing typed is lost


def test_what_is_right_is_saved_beside_what_is_wrong_and_all_of_it_is_shown_again():
    teller = Teller()

    page = teller.tells(title="", text="Half a story", when="3055", place="12 Green Lane").content.decode()

    assert "<title>Error: " in page
    for words in (
        "Half a story",
        "3055",
        "12 Green Lane",
        "has not come yet",
        "somebody’s home",
        "Give your story a title",
    ):
        assert words in page
    assert Version.objects.get().text == "Half a story"
    assert "Half a story" in teller.page("story")
    assert Version.objects.get().place == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 5000},
        {"text": "x" * 20_001},
        {"text": "a\0b", "title": "\0"},
        {"text": "\ud800 half", "title": "half \udfff"},
        {"language": "klingon"},
        {"ward": "no-number"},
        {"ward": "99999999999999999999"},
        {"about": "call:nothing"},
        {"when": "9" * 60},
        {"when": "0"},
        {"when": "x" * 61},
        {"draft": "\0"},
        {"draft": "short"},
        {"draft": "x" * 5000},
        {"place": "<script>alert(1)</script>"},
    ],
    ids=lambda fields: f"{fields}"[:30],
)
def test_odd_input_gets_a_sentence_and_loses_nothing(fields):
    teller = Teller()
    data = {"draft": hidden(teller.page("story"))["draft"]} | STORY | fields
    body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in data.items()})

    answer = teller.client.post("/tell/story/", body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in (200, 302)
    assert Story.objects.count() == 1


def test_twenty_thousand_letters_are_taken_however_a_browser_writes_new_lines():
    text = "line\r\n" * 4000

    assert Teller().tells(text=text).status_code == 302
    assert len(Version.objects.get().text) == 4000 * 5 - 1


def test_going_back_and_sending_again_changes_the_same_story():
    teller = Teller()

    for title in ("One", "Two"):  # the page is kept by no cache: a browser that goes back asks for it again
        teller.tells(title=title)

    assert [story.latest.title for story in Story.objects.all()] == ["Two"]


def test_a_page_that_comes_after_the_story_was_sent_makes_no_second_one():
    teller = Teller()
    first_page = hidden(teller.page("story"))
    teller.client.post("/tell/story/", first_page | STORY)
    teller.chooses()
    check = hidden(teller.page("check"))
    teller.client.post("/tell/check/", check)

    for page, fields in (("check", check), ("pictures", check)):
        assert teller.client.post(f"/tell/{page}/", fields).url == "/tell/sent/"
    for page, fields in (("story", first_page | STORY), ("choices", check | CHOICES)):  # typed, and so given back
        assert teller.client.post(f"/tell/{page}/", fields).status_code == 409

    assert Story.objects.count() == 1
    assert Consent.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_five_at_once_are_one_story():
    page = hidden(Client().get("/tell/story/").content.decode())

    def post(path, fields):
        try:
            return Client().post(path, fields).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        first = list(pool.map(lambda _: post("/tell/story/", page | STORY), range(5)))
        teller = Teller()
        teller.client.cookies["draft"] = page["draft"]
        teller.chooses()
        sent = list(pool.map(lambda _: post("/tell/check/", page), range(5)))

    assert set(first) | set(sent) == {302}
    assert Story.objects.count() == 1
    assert Consent.objects.count() == 5
    assert Mail.objects.filter(subject__startswith="Show us").count() == 1


def test_without_a_cookie_the_secret_in_the_page_is_enough():
    page = hidden(Client().get("/tell/story/").content.decode())

    Client().post("/tell/story/", page | STORY)

    assert Client().post("/tell/choices/", page | {"age": "18-plus"}).url == "/tell/choices/"
    assert Contributor.objects.get().age == "18-plus"


def test_whoever_has_no_secret_finds_no_story_and_sees_what_they_typed():
    Teller().tells()

    answer = Client().post(
        "/tell/choices/", {"draft": "x" * 22, "full_name": "A name that is longer than thirty letters"}
    )

    assert answer.status_code == 404
    assert b"A name that is longer than thirty letters" in answer.content
    assert Client().get("/tell/check/").status_code == 404
    assert Client().post("/tell/story/", {"draft": "y" * 22} | STORY).status_code == 302
    assert Story.objects.count() == 2


def test_a_post_without_the_secret_counts_for_nothing_though_the_cookie_came_along():
    teller = Teller()
    teller.tells()

    assert teller.client.post("/tell/choices/", CHOICES).status_code == 404
    assert Contributor.objects.get().full_name == ""


# Going on elsewhere


def test_saved_and_gone_on_with_elsewhere_it_asks_the_choices_again():
    teller = Teller()
    teller.tells()
    teller.chooses()
    assert teller.post("check", {"later": "1"}).url == "/tell/later/"
    page = teller.post("later", {"email": "Tess@Example.org"})
    assert b"tess@example.org" in page.content
    assert teller.client.get("/tell/check/").status_code == 404

    phone, link = Teller(), the_link("go-on")
    assert b"Open my story" in phone.client.get(link).content
    assert phone.client.get("/tell/check/").status_code == 404
    assert phone.client.post(link).url == "/tell/story/"

    assert "We took the last tram" in phone.page("story")
    assert "checked" not in re.sub(r'name="(age|shown_as)"[^>]*', "", phone.page("choices"))
    assert phone.sends().status_code == 200
    assert Story.objects.get().status == "draft"
    phone.chooses()
    assert phone.sends().url == "/tell/sent/"
    assert Story.objects.count() == 1


@pytest.mark.parametrize("key", ["", "nothing", "\0", "x" * 4000])
@pytest.mark.parametrize("page", ["go-on", "confirm"])
def test_a_key_that_opens_nothing_says_so(client, page, key):
    for ask in (client.get, client.post):
        assert ask(f"/tell/{page}/", query_params={"key": key}).status_code == 410


def test_a_key_for_one_thing_opens_no_other():
    Teller().tells_it_all()
    key = the_link("confirm").partition("key=")[2]

    assert Client().post(f"/tell/go-on/?key={key}").status_code == 410


def test_no_more_than_three_links_a_day_and_the_newest_still_opens():
    teller = Teller()
    teller.tells()
    secret = hidden(teller.page("choices"))
    for _ in range(5):
        answer = teller.client.post("/tell/later/", secret | {"email": "tess@example.org"})

    assert b"use the newest of them" in answer.content
    assert Mail.objects.filter(subject="Go on with your story").count() == 3


def test_this_is_not_my_computer_forgets_it_here_and_keeps_it():
    teller = Teller()
    teller.tells()

    teller.client.post("/tell/forget/")

    assert teller.client.get("/tell/check/").status_code == 404
    assert Story.objects.count() == 1


# Ages and words


def test_a_child_under_thirteen_is_asked_with_a_grown_up_and_in_its_own_words():
    teller = Teller()
    teller.tells()
    teller.post("choices", {"age": "under-13"})
    page = teller.page("choices")

    assert "ask a parent or carer" in page
    assert ConsentVersion.objects.current().lines.first().words_for_children in page
    assert "My full name" not in page
    answer = teller.post("choices", CHOICES | {"age": "under-13", "adult_name": "", "shown_as": "full"})
    assert b"Write the name of the grown-up" in answer.content
    assert b"Choose one of these" in answer.content


def test_from_thirteen_a_guardian_is_asked_once_the_address_is_confirmed():
    teller = Teller()
    young = {"age": "13-17", "guardian_name": "Gail", "guardian_email": "tess@example.org"}
    teller.tells()
    teller.post("choices", {"age": "13-17"})
    assert b"your own address" in teller.post("choices", CHOICES | young).content
    teller.chooses(**young | {"guardian_email": "gail@example.org"})
    teller.sends()
    assert not Mail.objects.filter(to="gail@example.org").exists()

    teller.client.post("/tell/code/", hidden(teller.page("sent")) | {"code": the_code()})

    assert Story.objects.get().status == "awaiting_guardian"
    assert Mail.objects.filter(to="gail@example.org").count() == 1
    assert not Story.objects.seen_by_staff().exists()


def test_another_age_asks_the_boxes_again():
    teller = Teller()
    teller.tells()
    teller.chooses()

    teller.post("choices", {"age": "under-13", "ok_press": "on"})

    story = Story.objects.get()
    assert story.choices_made_at is None
    assert story.contributor.ticked == []


def test_no_box_is_ticked_beforehand():
    teller = Teller()
    teller.tells()
    teller.post("choices", {"age": "18-plus"})

    for box in re.findall(r'<input type="checkbox"[^>]*>', teller.page("choices")):
        assert "checked" not in box


def test_a_story_for_the_team_alone_is_sent_and_the_page_says_so():
    teller = Teller()
    teller.tells()
    teller.chooses(ok_site="")
    teller.client.get("/tell/check/")

    assert "only you and our team can read it" in teller.page("check")
    assert teller.sends().status_code == 302
    assert not Consent.objects.filter(is_given=True).exists()


def test_when_the_wording_changed_meanwhile_the_choices_are_asked_again():
    teller = Teller()
    teller.tells()
    teller.chooses()
    old = ConsentVersion.objects.current()
    new = ConsentVersion.objects.create(
        number=2, licence="New.", licence_for_children="New.", used_since=old.used_since
    )
    for line in old.lines.all():
        line.pk, line.wording = None, new
        line.save()

    page = teller.sends().content.decode()

    assert "What we say about using stories has changed" in page
    assert Story.objects.get().status == "draft"


# Calls


def test_a_call_asks_its_questions_and_keeps_the_answers_as_they_were_asked():
    call = told.call(slug="first-day")
    question = Question.objects.create(call=call, words="Who taught you?")
    teller = Teller()

    assert "call:first-day" in teller.client.get("/tell/?call=first-day").content.decode()
    assert teller.tells(about="call:first-day").url == "/tell/story/?questions=1#questions"
    assert teller.tells(about="call:first-day", **{f"q{question.pk}": "My aunt"}).url == "/tell/pictures/"

    story = Story.objects.get()
    assert story.call == call
    assert story.latest.answers == [{"question": "Who taught you?", "answer": "My aunt"}]


def test_a_call_that_closes_meanwhile_keeps_the_story_that_was_begun_for_it():
    call = told.call(slug="first-day")
    teller = Teller()
    teller.tells(about="call:first-day")
    call.closes_on = "2020-01-01"
    call.save()

    assert teller.tells(about="call:first-day", title="Two").url == "/tell/pictures/"
    assert Story.objects.get().call == call
    assert b"That one is not asked any more" in Teller().tells(about="call:first-day").content


def test_somebody_else_at_a_shared_device_begins_a_story_of_their_own(browse):
    staff = browse("moderator")
    staff.post("/tell/table/")
    resident = browse("stranger")
    resident.cookies["draft"] = staff.cookies["draft"].value

    Teller(resident).tells()

    assert set(Story.objects.values_list("way", "latest__title")) == {("table", ""), ("online", "First tram")}


# Floods


def test_the_eleventh_of_an_address_waits_for_a_person_and_is_not_refused():
    """Counted once it is confirmed: nobody else can fill up its day."""
    for number in range(11):
        teller = Teller()
        assert teller.tells_it_all(title=f"Story {number}").url == "/tell/sent/"
        teller.client.post("/tell/code/", hidden(teller.page("sent")) | {"code": the_code()})

    assert {story.status for story in Story.objects.all()} == {"submitted"}
    assert [story.is_rate_limited for story in Story.objects.order_by("pk")] == [False] * 10 + [True]


# At a table


def test_staff_at_a_table_type_in_what_somebody_signed(browse, cast):
    client = browse("moderator")
    assert b"told at a table" in client.get("/tell/table/").content
    teller = Teller(client)
    client.post("/tell/table/", hidden(client.get("/tell/table/").content.decode()))
    teller.tells()
    assert "for somebody else" in teller.page("choices")
    signed = {"consent_how": "signed", "consent_on": "2026-05-02", "email": ""}
    teller.post("choices", {"age": "18-plus"})
    assert b"where the signed paper lies" in teller.post("choices", CHOICES | signed).content
    teller.chooses(**signed, paper_place="Museum, red folder 3")

    teller.sends()

    story = Story.objects.get()
    assert (story.status, story.way, story.entered_by) == ("submitted", "table", cast.moderator)
    assert story.contributor.paper_place == "Museum, red folder 3"
    assert set(story.consents.values_list("by", flat=True)) == {"staff"}
    assert not Mail.objects.exists()


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer"])
def test_nobody_else_sits_at_a_table(browse, who):
    client = browse(who)

    assert client.get("/tell/table/").status_code == 404
    assert client.post("/tell/table/").status_code == 404
    assert not Story.objects.exists()


def test_what_staff_began_opens_to_nobody_else_who_has_its_secret(browse):
    client = browse("moderator")
    client.post("/tell/table/")
    Teller(client).tells()
    secret = client.cookies["draft"].value

    other = browse("editor")
    other.cookies["draft"] = secret

    assert other.get("/tell/check/").status_code == 404
    assert other.post("/tell/story/", STORY | {"draft": secret}).status_code == 404


def test_readers_get_no_cookie_by_looking(client):
    for page in ("", "story/", "later/", "sent/"):
        response = client.get(f"/tell/{page}")
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"

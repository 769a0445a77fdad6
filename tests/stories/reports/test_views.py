"""Reporting a concern as a reader does: two steps, no account, no cookie, nothing learnt."""

import datetime
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from cms.requests import spam_guard
from stories.models import Erasure, Report, Story, StoryPicture
from stories.reports import appeals, decisions, file_report
from tests import make_stories as told
from tests.stories.reports.test_file_report import NEVER_PUBLIC

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return told.story(title="The tram depot")


@pytest.fixture
def read_slowly(monkeypatch):
    """As somebody does who reads the page: nobody waits three seconds in a test."""
    monkeypatch.setattr(spam_guard, "LEAST_SECONDS", -1)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def shown_at(client, address):
    return re.search(r'name="shown_at" value="([^"]+)"', client.get(address).content.decode()).group(1)


def send(client, story, about="other", *, of="", **data):
    address = f"/concern/{story.slug}/?about={about}" + (f"&picture={of}" if of else "")
    typed = {"words": "Please look at the second line.", "email": "", "shown_at": shown_at(client, address)}
    return client.post(address, typed | data)


def test_the_first_step_says_what_each_choice_means_and_what_we_do(client, story):
    response = client.get(f"/concern/{story.slug}/")

    assert response.status_code == 200
    for category in Report.Category:
        assert (category.label in words(response)) == (category != "me")  # it has no picture
    assert "The tram depot" in words(response)
    assert "off the site at once" in words(response)


def test_whoever_is_on_a_picture_finds_their_choice(client, story):
    told.picture(story)

    assert Report.Category.ME_IN_PICTURE.label in words(client.get(f"/concern/{story.slug}/"))


@pytest.mark.parametrize("query", ["?go=on", "?about=", "?about=nonsense&go=on"])
def test_going_on_without_a_choice_says_so(client, story, query):
    response = client.get(f"/concern/{story.slug}/{query}")

    assert response.status_code == 200
    assert "Error: Report a concern" in response.content.decode()
    assert "Choose what it is about." in words(response)


def test_it_is_never_kept_never_found_and_sets_no_cookie(client, story):
    for address in (f"/concern/{story.slug}/", f"/concern/{story.slug}/?about=child", "/concern/thanks/"):
        response = client.get(address)

        assert response.headers["Cache-Control"] == "no-store"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert not response.cookies


def test_a_concern_is_sent_and_the_next_page_says_what_was_promised(client, story, read_slowly):
    response = send(client, story, "not_true", email="reader@example.org")

    assert response.status_code == 302
    page = client.get(response.headers["Location"])
    report = Report.objects.get()
    assert (report.category, report.words) == ("not_true", "Please look at the second line.")
    day = timezone.localtime(report.due_at)
    assert f"{day:%A} {day.day} {day:%B %Y}" in words(page)
    assert "we write to you" in words(page)
    assert "reader@example.org" not in response.headers["Location"]


def test_a_child_at_risk_needs_no_words_and_every_page_says_whom_to_call(client, story, read_slowly):
    assert "call 999" in words(client.get(f"/concern/{story.slug}/?about=child"))

    response = send(client, story, "child", words="")

    assert Story.objects.get(pk=story.pk).status == "held"
    page = words(client.get(response.headers["Location"]))
    assert "call 999" in page
    assert "The story is off the site" in page


def test_everything_but_that_needs_a_few_words(client, story, read_slowly):
    for about in ("private", "hate", "not_true", "copyright", "other"):
        response = send(client, story, about, words=" ")

        assert "Write a few words" in words(response)
    assert not Report.objects.exists()


def test_a_wrong_address_is_said_and_what_was_typed_stays(client, story, read_slowly):
    response = send(client, story, "hate", email="nowhere", words="These words stay.")

    assert "Write the address like this" in words(response)
    assert "These words stay." in response.content.decode()
    assert not Report.objects.exists()


def test_whoever_is_on_one_of_several_pictures_says_which(client, story, read_slowly):
    first, second = (told.picture(story, description=what) for what in ("A tram", "A wedding"))

    page = client.get(f"/concern/{story.slug}/?about=me")
    assert "A tram" in words(page)
    assert "A wedding" in words(page)

    assert "Choose a picture." in words(send(client, story, "me", words=""))
    send(client, story, "me", words="", picture=str(second.key))

    assert Report.objects.get().picture == second
    assert StoryPicture.objects.get(pk=second.pk).is_hidden
    assert not StoryPicture.objects.get(pk=first.pk).is_hidden


def test_whoever_is_not_sure_hides_none(client, story, read_slowly):
    for _ in range(2):
        told.picture(story)

    address = f"/concern/{story.slug}/?about=me"
    client.post(address, {"picture": "not-sure", "words": "", "shown_at": shown_at(client, address)})

    assert Report.objects.get().picture is None
    assert not StoryPicture.objects.filter(is_hidden=True).exists()


def test_another_storys_picture_cannot_be_chosen(client, story, read_slowly):
    for _ in range(2):
        told.picture(story)
    foreign = told.picture(told.story())

    address = f"/concern/{story.slug}/?about=me"
    response = client.post(address, {"picture": str(foreign.key), "shown_at": shown_at(client, address)})

    assert "Choose a picture." in words(response)
    assert not StoryPicture.objects.get(pk=foreign.pk).is_hidden


def test_the_only_picture_is_meant_without_asking(client, story, read_slowly):
    picture = told.picture(story)

    response = send(client, story, "me", words="")

    assert Report.objects.get().picture == picture
    assert "The picture is off the site" in words(client.get(response.headers["Location"]))


def test_a_picture_is_reported_from_its_own_link(client, story, read_slowly):
    told.picture(story)
    meant = told.picture(story)

    send(client, story, "copyright", of=meant.key)

    assert Report.objects.get().picture == meant


@pytest.mark.parametrize("key", [uuid.uuid4(), "nonsense", "💣"])
def test_an_unknown_picture_is_not_found(client, story, key):
    assert client.get(f"/concern/{story.slug}/?picture={key}").status_code == 404


@pytest.mark.parametrize("status", NEVER_PUBLIC)
def test_what_was_never_public_is_not_found(client, status):
    slug = told.story(status=status).slug

    assert client.get(f"/concern/{slug}/").status_code == 404
    assert client.post(f"/concern/{slug}/?about=other", {"words": "x"}).status_code == 404
    assert client.get("/concern/bcdfghjk/").status_code == 404


@pytest.mark.parametrize("status", ["held", "withdrawn", "removed"])
def test_whoever_has_the_page_open_can_still_send_and_learns_nothing(client, read_slowly, status):
    gone = told.story(status=status, title="A secret title", published_at=timezone.now(), words="So.")

    page = client.get(f"/concern/{gone.slug}/?about=child")
    response = send(client, gone, "child", words="")

    assert "A secret title" not in page.content.decode()
    assert Report.objects.get().story == gone
    assert Story.objects.get(pk=gone.pk).status == status
    assert "off the site" not in words(client.get(response.headers["Location"]))


def test_what_has_been_gone_for_long_says_so_and_what_is_held_is_not_there(client):
    long_ago = timezone.now() - datetime.timedelta(days=3)
    answers = {}
    for status in ("withdrawn", "removed", "held"):
        gone = told.story(status=status, published_at=long_ago, words="So.")
        gone.status_since = long_ago
        gone.save()
        answers[status] = client.get(f"/concern/{gone.slug}/").status_code
    Erasure.objects.create(story_id_then=1, slug="bcdfghjk", receipt="R1", asked_by="teller")

    assert answers == {"withdrawn": 410, "removed": 410, "held": 404}
    assert client.get("/concern/bcdfghjk/").status_code == 410


def test_what_is_erased_in_that_moment_is_gone(client, story, read_slowly, monkeypatch):
    def erased(*args, **kwargs):
        raise Story.DoesNotExist

    monkeypatch.setattr(file_report, "take_in", erased)
    Erasure.objects.create(story_id_then=story.pk, slug=story.slug, receipt="R1", asked_by="teller")

    assert send(client, story).status_code == 410


def test_a_sample_story_can_be_reported_too(client, read_slowly):
    sample = told.story(way="sample")

    assert send(client, sample, "child").status_code == 302
    assert Story.objects.get(pk=sample.pk).status == "held"


def test_machines_are_thanked_and_nothing_is_kept(client, story, read_slowly):
    response = send(client, story, "child", more="https://spam.example")

    assert response.status_code == 302
    assert not Report.objects.exists()
    assert Story.objects.get(pk=story.pk).status == "published"


def test_what_is_sent_at_once_was_not_read(client, story):
    response = send(client, story)

    assert "That was very quick" in words(response)
    assert not Report.objects.exists()


def test_a_network_that_sends_very_many_keeps_its_words(client, read_slowly):
    for _ in range(10):
        assert send(client, told.story()).status_code == 302

    response = send(client, told.story(), words="These words stay.")

    assert "We have had many reports from here" in words(response)
    assert "These words stay." in response.content.decode()
    assert Report.objects.count() == 10
    assert send(client, told.story(), "child").status_code == 302  # a child is counted apart


def test_a_browser_without_a_cookie_may_send(story, read_slowly):
    assert send(Client(enforce_csrf_checks=True), story).status_code == 302


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, story, method):
    assert getattr(client, method)(f"/concern/{story.slug}/").status_code == 405
    assert getattr(client, method)("/concern/thanks/").status_code == 405


@pytest.mark.parametrize("odd", ["\0", "‮", "💣" * 500, "x" * 50_000, "<script>alert(1)</script>"])
def test_odd_words_never_break_it(client, story, read_slowly, odd):
    response = send(client, story, words=odd, email="reader@example.org")

    assert response.status_code < 500
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("said", ["", "nonsense", "WyJjaGlsZCIsdHJ1ZSx0cnVlXQ:x:y", "💣"])
def test_the_thanks_page_believes_only_what_is_signed(client, said):
    page = client.get("/concern/thanks/", {"said": said})

    assert page.status_code == 200
    assert "off the site" not in words(page)


# What we did


@pytest.fixture
def answered(story, cast):
    """A concern that was answered, and the address in the mail about it."""
    report = told.report(story, email="reader@example.org", words="Private words")
    decisions.decide(report, by=cast.moderator, has_acted=False, words="We have read it again.")
    return report, link_in(Mail.objects.get(to="reader@example.org"))


def link_in(mail):
    return re.search(r"http://testserver(/concern/outcome/\S+)", mail.text).group(1)


def test_the_answer_stands_behind_the_mailed_link(client, answered):
    response = client.get(answered[1])

    assert response.status_code == 200
    assert "We have read it again." in words(response)
    assert "Tess" not in words(response)
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_looking_at_it_asks_for_nothing_and_asking_once_is_enough(client, answered):
    report, link = answered
    for _ in range(2):
        client.get(link)
    assert Report.objects.get(pk=report.pk).state == "kept"

    first = client.post(link, {"words": "You missed the third line."})
    second = client.post(link, {"words": "Again!"})

    report.refresh_from_db()
    assert first.status_code == 302
    assert (report.state, report.appeal) == ("appealed", "You missed the third line.")
    assert "Nothing was sent" in words(second)
    assert "Somebody else looks again" in words(client.get(link))


def test_asking_without_words_says_so(client, answered):
    response = client.post(answered[1], {"words": "  "})

    assert "Write why you do not agree." in words(response)
    assert Report.objects.get().state == "kept"


def test_after_thirty_days_it_can_be_read_and_not_asked_again(client, answered):
    report, link = answered
    report.refresh_from_db()
    report.decided_at = timezone.now() - datetime.timedelta(days=30, seconds=1)
    report.save()

    assert "Do you not agree?" not in words(client.get(link))
    assert "Nothing was sent" in words(client.post(link, {"words": "But!"}))
    assert Report.objects.get(pk=report.pk).state == "kept"


def test_a_key_for_something_else_opens_nothing(client, story, answered):
    text, _ = token_links.make(AccessToken.Purpose.MY_STORY, story, days=3)

    for key in ("", "nonsense", "%00", text):
        assert client.get(f"/concern/outcome/?key={key}").status_code == 404
        assert client.post(f"/concern/outcome/?key={key}", {"words": "x"}).status_code == 404


def test_a_link_that_has_ended_says_so_kindly(client, answered):
    AccessToken.objects.filter(purpose="report").update(expires_at=timezone.now() - datetime.timedelta(seconds=1))

    response = client.get(answered[1])

    assert response.status_code == 404
    assert "does not open any more" in words(response)


def test_the_last_answer_is_there_too(client, answered, cast):
    report, link = answered
    client.post(link, {"words": "You missed the third line."})
    appeals.close(report, by=cast.administrator, was_right=True, words="You were right indeed.")

    page = words(client.get(link))
    assert "You were right indeed." in page
    assert "last time" in page

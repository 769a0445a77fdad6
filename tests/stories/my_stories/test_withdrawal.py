"""Taking a story back: at once, from everywhere, and if its teller wishes for ever."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories.models import Erasure, Story, StoryIndex, StoryPicture
from tests import make
from tests import make_stories as told
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def list_of_erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


def post(story, page, key="", **data):
    return Client().post(address(page, story, key or key_for(story)), data)


def test_what_is_taken_back_is_gone_from_every_page_list_search_feed_and_cache(settings):
    settings.PAGE_CACHE_MB = 100
    thread, ward, partner = told.thread(), make.ward(), make.partner()
    story = told.story(
        title="Zeppelin over Derby", text="A zeppelin came.", ward=ward, year_from=1916, when_words="1916",
        when_kind="year", threads=[thread], partner=partner, language="pl",
    )  # fmt: skip
    picture = told.picture(story, description="A zeppelin", has_people=False)
    client = Client()
    pages = [
        *(reverse(f"stories:{name}") for name in ("index", "threads", "time", "places", "languages", "feed")),
        reverse("stories:thread", args=[thread.slug]),
        reverse("stories:language", args=["pl"]),
        reverse("stories:search") + "?q=zeppelin",
        ward.get_absolute_url(), partner.get_absolute_url(), "/", "/sitemap.xml",
    ]  # fmt: skip
    before = {page: client.get(page).content.decode() for page in pages}
    for _ in range(2):  # the second time they come from memory
        assert client.get(story.get_absolute_url()).status_code == 200
    assert sum(story.slug in content for content in before.values()) >= 8
    assert set(StoryPicture.objects.public()) == {picture}

    post(story, "withdraw")

    for page in pages:
        content = client.get(page).content.decode()
        assert story.slug not in content, page
        assert "Zeppelin over" not in content, page
        assert str(picture.key) not in content, page
    gone = client.get(story.get_absolute_url())
    assert gone.status_code == 410
    assert "Zeppelin" not in gone.content.decode()
    assert not StoryPicture.objects.public().exists()
    assert client.get(picture.address("preview.jpg")).status_code == 404
    assert not StoryIndex.objects.exists()


def test_looking_at_the_page_takes_nothing_back():
    story = told.story()

    page = Client().get(address("withdraw", story, key_for(story))).content.decode()

    assert "Nobody asks you why" in page
    assert Story.objects.get().status == "published"


SENT = ["awaiting_address", "awaiting_guardian", "submitted", "in_review", "change_asked", "approved", "scheduled",
        "published", "declined", "removed"]  # fmt: skip


@pytest.mark.parametrize("status", SENT)
def test_whatever_was_sent_can_be_taken_back(status):
    story = told.story(status=status)

    assert "done=withdrawn" in post(story, "withdraw").url
    assert Story.objects.get().status == "withdrawn"


@pytest.mark.parametrize("status", ["draft", "held"])
def test_what_is_not_sent_or_held_cannot(status):
    story = told.story(status=status)

    assert "done=late" in post(story, "withdraw").url
    assert Story.objects.get().status == status


@pytest.mark.parametrize("page", ["withdraw", "bring_back"])
def test_a_second_click_does_nothing_more(page):
    story = told.story(status="published" if page == "withdraw" else "withdrawn")
    key = key_for(story)

    answers = [post(story, page, key) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {302}
    assert AuditEvent.objects.filter(action="story").count() == 1
    assert Mail.objects.count() == 1


def test_it_comes_back_to_be_read_again():
    story = told.story()
    post(story, "withdraw")

    post(story, "bring_back")

    assert Story.objects.get().status == "submitted"
    assert not StoryIndex.objects.exists()


def test_after_thirty_days_it_does_not_come_back():
    story = told.story(status="withdrawn")
    Story.objects.filter(pk=story.pk).update(status_since=timezone.now() - timedelta(days=31))

    assert "done=late" in post(story, "bring_back").url
    assert Story.objects.get().status == "withdrawn"


def test_it_is_erased_only_by_whoever_ticks_that_they_are_sure():
    story = told.story()

    assert "Tick the box" in post(story, "erase").content.decode()
    assert Story.objects.exists()


def test_what_is_erased_leaves_a_receipt_that_needs_no_key():
    story = told.story(title="My tram")
    email = story.contributor.email

    response = post(story, "erase", sure="on")

    erasure = Erasure.objects.get()
    assert response.url == f"/my-stories/erased/{erasure.receipt}/"
    page = Client().get(response.url).content.decode()
    assert erasure.receipt in page
    assert "My tram" not in page
    assert not Story.objects.exists()
    assert not AccessToken.objects.exists()
    mail = Mail.objects.get()
    assert (mail.to, erasure.receipt in mail.text) == (email, True)
    assert Client().get(story.get_absolute_url()).status_code == 410


def test_a_second_click_shows_the_same_receipt():
    story = told.story()
    key = key_for(story)
    page = Client().get(address("erase", story, key)).content.decode()
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]

    answers = [post(story, "erase", key, sure="on", shown=shown) for _ in range(3)]

    assert {answer.url for answer in answers} == {f"/my-stories/erased/{Erasure.objects.get().receipt}/"}
    assert Mail.objects.count() == 1


def test_nobody_else_learns_the_receipt():
    story, other = told.story(), told.story()
    shown = re.search(
        r'name="shown" value="([^"]+)"', Client().get(address("erase", other, key_for(other))).content.decode()
    )[1]
    post(story, "erase", sure="on")

    for signed in ("", "nonsense", shown, "\0"):
        assert Client().post(address("erase", story, "x"), {"sure": "on", "shown": signed}).status_code == 404


def test_what_is_held_is_not_erased():
    story = told.story(status="held")

    response = post(story, "erase", sure="on")

    assert response.status_code == 200
    assert "cannot be erased today" in response.content.decode()
    assert Story.objects.exists()


@pytest.mark.parametrize("receipt", ["ERASE-NONE-NONE", "x", "%00", "é" * 50])
def test_a_receipt_that_was_never_given_is_not_found(receipt):
    assert Client().get(f"/my-stories/erased/{receipt}/").status_code == 404

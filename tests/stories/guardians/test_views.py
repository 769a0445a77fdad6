"""A parent or guardian reads the story, and says yes or no; and may take the yes back."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import workflow
from stories.consent import consent
from stories.models import Consent, Contributor, Story, StoryIndex
from stories.search import search_index
from stories.workflow import Role
from tests import make_stories as told
from tests.stories.retention.everywhere import MARK, write_files

pytestmark = pytest.mark.django_db

GUARDIAN = "pat.parent@example.org"
YES = {"answer": "yes", "purpose_site": "on", "name": "Pat Parent", "relation": "mother", "is_guardian": "on"}


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


def waiting(**fields):
    teenager = {"age": "13-17", "guardian_email": GUARDIAN, "shown_as": "first", "allowed": ("site", "press")}
    story = told.story(status="awaiting_guardian", **teenager | fields)
    text, _ = token_links.make(AccessToken.Purpose.GUARDIAN, story, days=30, email=GUARDIAN)
    return story, f"/guardian/?key={text}"


def agreed(status="published", **fields):
    """A story that a guardian said yes to, of all that was asked."""
    story, address = waiting(**fields)
    Client().post(address, YES | {"purpose_press": "on"})
    story.refresh_from_db()
    story.status, story.words = status, "Why it is so."
    if status == "published":
        story.shown, story.published_at = story.latest, timezone.now()
    story.save()
    if status == "published":
        search_index.put(story)
    return story, address


def test_the_page_shows_the_story_the_name_and_each_purpose(client):
    story, address = waiting(title="The canal", text="I fell in.\n\nTwice.", content_note="Talks of cold water.")
    told.picture(story, description="A canal in winter", credit="Ann")

    response = client.get(address)

    page = response.content.decode()
    for words in (
        "The canal",
        "<p>Twice.</p>",
        "Talks of cold water.",
        "A canal in winter",
        "Tess",
        "newspapers and b",
    ):
        assert words in page
    assert "Teller" not in page
    assert "purpose_museum" not in page  # they did not tick it
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


def test_to_read_it_decides_nothing(client):
    story, address = waiting()

    client.get(address)
    client.head(address)

    story.refresh_from_db()
    assert story.status == "awaiting_guardian"


def test_yes_sends_it_on(client):
    story, address = waiting()

    response = client.post(address, YES)

    assert response.status_code == 302
    story = Story.objects.get(pk=story.pk)
    assert story.status == "submitted"
    assert story.contributor.guardian_name == "Pat Parent"
    assert story.contributor.adult_role == "mother"
    assert story.contributor.guardian_confirmed_at
    given = {c.purpose: c for c in Consent.objects.filter(story=story, by="guardian")}
    assert given["site"].is_given
    assert not given["press"].is_given  # unticked
    assert "search engines can find it" in given["site"].words_shown  # the words for grown-ups
    assert set(given) == {"site", "press"}
    assert consent.allowed(story) == {"site"}
    assert "You said yes" in client.get(response.url).content.decode()


def test_yes_is_written_down_and_mailed_to_both(client):
    story, address = waiting()

    client.post(address, YES)

    assert AuditEvent.objects.filter(action="consent", by_words="A parent or guardian").exists()
    assert AuditEvent.objects.filter(action="story", by_words="A parent or guardian").exists()
    assert Mail.objects.get(to=story.contributor.email).subject == "Your story goes on"
    mail = Mail.objects.get(to=GUARDIAN)
    assert address in mail.text  # the same link goes on working
    assert "Tess" not in mail.text


@pytest.mark.parametrize("missing", ["name", "relation", "is_guardian", "purpose_site"])
def test_a_yes_with_something_missing_keeps_the_rest(client, missing):
    story, address = waiting()

    response = client.post(address, {name: value for name, value in YES.items() if name != missing})

    assert response.status_code == 200
    page = response.content.decode()
    assert "Error: " in page
    assert "mother" in page or missing == "relation"
    story.refresh_from_db()
    assert story.status == "awaiting_guardian"
    assert not Consent.objects.filter(by="guardian")


@pytest.mark.parametrize("typed", ["www.evil.example", "a" * 500, "😀" * 200])
def test_odd_names_are_answered_with_a_sentence(client, typed):
    _, address = waiting()

    assert client.post(address, YES | {"name": typed}).status_code == 200
    assert client.post(address, YES | {"relation": typed}).status_code == 200


def test_what_the_young_person_did_not_tick_cannot_be_ticked(client):
    story, address = waiting(allowed=("site",))

    client.post(address, YES | {"purpose_museum": "on", "purpose_press": "on"})

    assert consent.allowed(story) == {"site"}
    assert not Consent.objects.filter(by="guardian", purpose="museum")


def test_a_purpose_ticked_later_waits_for_the_guardian(client):
    story, _ = agreed("submitted")
    wording = Consent.objects.first().wording
    consent.answer(story, ["site", "press", "print"], wording=wording, by="teller", is_child=True)

    assert consent.allowed(story) == {"site", "press"}


def test_no_takes_it_back(client):
    story, address = waiting()

    response = client.post(address, {"answer": "no"})

    assert response.url == "/guardian/thanks/"
    assert "told whoever wrote" in client.get(response.url).content.decode()
    story.refresh_from_db()
    assert story.status == "withdrawn"
    assert Mail.objects.get(to=story.contributor.email).subject == "Your story is not sent"
    assert client.get(address).status_code == 404


def test_whoever_it_is_not_for_is_forgotten(client):
    story, address = waiting(guardian_name="Pat")

    client.post(address, {"answer": "not me"})

    story = Story.objects.get(pk=story.pk)
    assert story.status == "awaiting_guardian"
    assert story.contributor.guardian_email == ""
    assert story.contributor.guardian_name == ""
    assert Mail.objects.get(to=story.contributor.email).subject == "We need another address"
    assert client.get(address).status_code == 404


def test_twice_at_once_is_once(client):
    story, address = waiting()

    assert client.post(address, YES).status_code == 302
    assert client.post(address, YES).status_code == 302
    client.post(address, {"answer": "no"})

    story.refresh_from_db()
    assert story.status == "submitted"
    assert Mail.objects.filter(to=GUARDIAN).count() == 1


def test_the_yes_can_be_taken_back(client):
    story, address = agreed()
    assert StoryIndex.objects.exists()

    response = client.post(address, {"answer": "take back"})

    assert response.url == "/guardian/thanks/"
    story = Story.objects.get(pk=story.pk)
    assert story.status == "withdrawn"
    assert not StoryIndex.objects.exists()
    assert consent.allowed(story) == set()
    assert "your parent or guardian has taken back" in Mail.objects.filter(to=story.contributor.email).first().text
    assert client.get(address).status_code == 404


def test_whoever_brings_it_back_needs_another_yes(client):
    story, address = agreed()
    client.post(address, {"answer": "take back"})

    story = workflow.take("bring_back", story, by=Role.TELLER)

    assert story.status == "awaiting_guardian"
    assert Mail.objects.filter(to=GUARDIAN).count() == 2


@pytest.mark.parametrize("status", ["submitted", "in_review", "change_asked", "approved", "declined", "removed"])
def test_it_can_be_taken_back_wherever_it_is(client, status):
    story, address = agreed(status)

    client.post(address, {"answer": "take back"})

    story.refresh_from_db()
    assert story.status == "withdrawn"


def test_choices_can_be_changed_later(client):
    story, address = agreed()

    client.post(address, {"answer": "change", "purpose_site": "on"})

    story.refresh_from_db()
    assert story.status == "published"
    assert consent.allowed(story) == {"site"}
    page = client.get(address).content.decode()
    assert re.search(r'name="purpose_site"[^>]*checked', page)
    assert not re.search(r'name="purpose_press"[^>]*checked', page)


def test_without_consent_for_the_site_it_leaves_the_site(client):
    story, address = agreed()

    client.post(address, {"answer": "change", "purpose_press": "on"})

    story.refresh_from_db()
    assert story.status == "withdrawn"
    assert not StoryIndex.objects.exists()


def test_what_is_held_shows_nothing_and_changes_nothing(client):
    story, address = agreed("held")

    page = client.get(address).content.decode()
    client.post(address, {"answer": "take back"})

    assert story.latest.title not in page
    assert "more time" in page or "looking at this story" in page
    assert "afeguarding" not in page
    story.refresh_from_db()
    assert story.status == "held"


@pytest.mark.parametrize("change", [{"age": "18-plus"}, {"guardian_email": "another@example.org"}])
def test_the_link_ends_when_it_is_not_theirs_any_more(client, change):
    story, address = agreed()
    Contributor.objects.filter(story=story).update(**change)

    assert client.get(address).status_code == 404
    client.post(address, {"answer": "take back"})
    story.refresh_from_db()
    assert story.status == "published"


@pytest.mark.parametrize("key", ["", "wrong", "x" * 3000, "\0", "%00", "é"])
def test_no_other_key_opens_it(client, key):
    waiting()

    assert client.get("/guardian/", {"key": key}).status_code == 404
    assert client.post(f"/guardian/?key={key}", YES).status_code in (400, 404)


@pytest.mark.parametrize(
    "purpose", [AccessToken.Purpose.MY_STORY, AccessToken.Purpose.GO_ON, AccessToken.Purpose.STORY_ADDRESS]
)
def test_the_tellers_own_key_does_not_open_it(client, purpose):
    story, _ = waiting()
    text, _ = token_links.make(purpose, story, days=30, email=story.contributor.email)

    assert client.get("/guardian/", {"key": text}).status_code == 404


def test_a_draft_that_was_never_sent_is_not_found(client):
    story, address = waiting()
    Story.objects.filter(pk=story.pk).update(status="draft")

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client, method):
    _, address = waiting()

    assert getattr(client, method)(address).status_code == 405


def test_the_pictures_open_by_the_key_and_by_nothing_else(client):
    story, address = waiting()
    picture = told.picture(story)
    write_files(picture)
    _, other_address = waiting()
    shown = re.search(r'<img src="(/guardian/picture/[^"]+)"', client.get(address).content.decode()).group(1)

    response = client.get(shown)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.getvalue() == MARK.encode()

    path = shown.partition("?")[0]
    for wrong in (path, f"{path}?key=x", f"{path}?{other_address.partition('?')[2]}"):
        assert client.get(wrong).status_code == 404
    assert Client().post(shown).status_code == 405
    for status in ("held", "withdrawn"):
        Story.objects.filter(pk=story.pk).update(status=status)
        assert client.get(shown).status_code == 404

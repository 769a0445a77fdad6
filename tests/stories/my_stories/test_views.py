"""The teller's own page: what it says in each state, and the small things that are done there."""

import pytest
from django.test import Client
from django.urls import reverse

from cms.access_links.models import AccessToken
from stories import changes, workflow
from stories.models import Contributor, Story
from stories.workflow import Role
from tests import make
from tests import make_stories as told
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db


def page_of(story, page="story", **query):
    response = Client().get(address(page, story), {"key": key_for(story)} | query)
    assert response.status_code == 200
    return response.content.decode()


STATES = {
    "awaiting_address": "Needs a word", "awaiting_guardian": "Needs a word", "submitted": "With our team",
    "in_review": "With our team", "change_asked": "Needs a word", "approved": "With our team",
    "scheduled": "With our team", "published": "Published", "withdrawn": "Taken down", "declined": "Not published",
    "held": "With our team", "removed": "Taken down", "draft": "Draft",
}  # fmt: skip


def test_every_state_has_its_words():
    assert set(STATES) == set(Story.Status)


@pytest.mark.parametrize(("status", "words"), STATES.items())
def test_each_state_is_told_in_plain_words(status, words):
    story = told.story(status=status, title="My tram", age="13-17" if status == "awaiting_guardian" else "18-plus")

    page = page_of(story)

    assert f"{words}</p>" in page
    assert "My tram" in page
    assert 'href="/my-stories/' in page


ACTIONS = {
    "change": {"submitted", "in_review", "change_asked", "published"},
    "withdraw": set(STATES) - {"draft", "withdrawn", "held"},
    "bring_back": {"withdrawn"},
    "erase": set(STATES) - {"held"},
    "consent": set(STATES) - {"draft"},
    "name": set(STATES) - {"draft", "held"},
    "download": set(STATES),
    "guardian": {"awaiting_guardian"},
}


@pytest.mark.parametrize("status", STATES)
def test_only_what_can_be_done_is_offered(status):
    story = told.story(status=status)

    page = page_of(story)

    path = {name: reverse(f"my_stories:{name}", args=[story.slug]) for name in ACTIONS}
    assert {name for name in ACTIONS if f'"{path[name]}?key=' in page} - {"change"} == {
        name for name, states in ACTIONS.items() if status in states
    } - {"change"}
    assert (f'"{path["change"]}?key=' in page) == (status in ACTIONS["change"])


def test_what_staff_note_when_they_hold_a_story_is_not_told(cast):
    story = told.story()
    workflow.take("hold", story, by=cast.moderator, note="The police have asked.")
    assert "police" not in page_of(story)

    workflow.take("lift", story, by=cast.administrator)
    assert "police" not in page_of(story)


def test_what_the_team_wrote_is_shown(cast):
    story = told.story(status="in_review")
    workflow.take("ask", story, by=cast.moderator, note="Which street was it?")

    page = page_of(story)

    assert "Which street was it?" in page
    assert "Mo Moderator" not in page
    assert cast.moderator.email not in page


@pytest.mark.parametrize("status", ["published", "submitted"])
def test_taking_it_back_tells_of_the_site_only_where_it_is_public(status):
    story = told.story(status=status)

    for page in ("story", "withdraw"):
        assert ("leaves the site" in page_of(story, page)) is (status == "published")


def test_a_change_that_waits_stands_beside_what_readers_see():
    story = told.story(text="I came by train.")
    version = changes.begin(story)
    version.text = "I came by bus."
    version.save()
    assert "You have begun a change" in page_of(story)
    changes.send(version)

    page = page_of(story)

    assert page.index("What readers see") < page.index("I came by train.") < page.index("What you sent")
    assert page.index("What you sent") < page.index("I came by bus.")


def test_each_answer_is_shown_with_its_words_and_version():
    page = page_of(told.story(allowed=("site", "museum")))

    assert "Show it on this site" in page
    assert "Version 1 of the words" in page
    assert page.count("you keep the copyright") == 1  # it stood above all boxes
    assert "The teller" in page
    assert "In museum displays and the collection: yes" in page
    assert "In the press: no" in page


def test_words_in_another_language_say_so():
    page = page_of(told.story(title="میری کہانی", language="ur"))

    assert 'lang="ur" dir="rtl"' in page


def test_what_is_typed_is_never_markup():
    page = page_of(told.story(title="<script>alert(1)</script>", text="<b>bold</b> & co"))

    assert "<script>alert" not in page
    assert "<b>bold" not in page


def test_a_message_of_ones_own_cannot_be_put_on_the_page():
    assert "Send money" not in page_of(told.story(), done="Send money")


def test_an_address_typed_in_by_others_is_confirmed_by_a_button():
    story = told.story(way="table", email_verified_at=None)
    key = key_for(story)
    client = Client()
    assert "Keep me informed" in client.get(address("story", story, key)).content.decode()
    assert Contributor.objects.get().email_verified_at is None

    client.post(address("keep_informed", story, key))

    at = Contributor.objects.get().email_verified_at
    assert at is not None
    client.post(address("keep_informed", story, key))
    assert Contributor.objects.get().email_verified_at == at
    workflow.take("withdraw", story, by=Role.TELLER)
    assert "Keep me informed" not in page_of(story)


@pytest.mark.parametrize("email", ["", "somebody.else@example.org"])
def test_a_key_for_another_address_confirms_nothing(email):
    story = told.story(way="table", email_verified_at=None)
    key = key_for(story, email=email)
    client = Client()

    assert "Keep me informed" not in client.get(address("story", story, key)).content.decode()
    client.post(address("keep_informed", story, key))
    assert Contributor.objects.get().email_verified_at is None


def test_a_draft_of_somebody_signed_in_goes_on_where_it_was_begun():
    story = told.story(status="draft")
    story.contributor.account = person = make.user()
    story.contributor.save()
    client = make.signed_in(person)

    assert "Go on writing" in client.get(address("story", story)).content.decode()
    response = client.post(address("go_on", story))

    assert response.status_code == 302
    assert response.url.startswith(reverse("submit:go_on"))
    assert AccessToken.objects.get(purpose="go_on").thing == story


def test_a_change_is_thrown_away_once():
    story = told.story()
    changes.begin(story)
    key = key_for(story)

    for _ in range(2):
        assert Client().post(address("drop", story, key)).status_code == 302

    assert story.versions.count() == 1


def test_another_address_of_a_parent_is_written_to():
    story = told.story(status="awaiting_guardian", age="13-17", guardian_email="wrong@example.org")
    key = key_for(story)
    data = {"name": "Pat Parent", "email": "Pat@example.org"}

    own = Client().post(address("guardian", story, key), data | {"email": story.contributor.email})
    assert own.status_code == 200
    assert "your own address" in own.content.decode()
    assert Client().post(address("guardian", story, key), data).status_code == 302
    assert Contributor.objects.get().guardian_email == "pat@example.org"


def test_all_of_ones_stories_are_listed_the_newest_first():
    person = make.user()
    for number in range(3):
        told.story(account=person, title=f"Story {number}", status="submitted" if number else "published")
    told.story(title="Of somebody else")
    told.story(title="Typed in", entered_by=person)
    client = make.signed_in(person)

    page = client.get("/my-stories/").content.decode()

    assert page.index("Story 2") < page.index("Story 1") < page.index("Story 0")
    assert "Of somebody else" not in page
    assert "Typed in" not in page
    assert "With our team" in page


def test_the_list_asks_no_more_for_twenty(django_assert_max_num_queries):
    person = make.user()
    client = make.signed_in(person)
    for _ in range(20):
        told.story(account=person)

    with django_assert_max_num_queries(8):
        client.get("/my-stories/")


def test_the_account_leads_there():
    assert 'href="/my-stories/"' in make.signed_in(make.user()).get("/account/").content.decode()


def test_nobody_is_asked_to_be_signed_in(client):
    response = client.get("/my-stories/")

    assert response.status_code == 200
    assert "Send me a link to my stories" in response.content.decode()

"""Whoever has an account finds what they told in all that we hold about them, and nothing about anybody else."""

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.utils import timezone

from accounts.my_account import data_export as own_data
from cms.outbox.models import Mail
from stories.models import Contributor, Story
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make.confirmed(make.user(name="Rita Resident", email="rita@example.org"))


def held_about(person):
    return json.dumps(own_data.of(person), cls=DjangoJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("by", ["account", "email"])
def test_what_they_told_is_in_it(person, by):
    fields = {"account": person} if by == "account" else {"email": person.email}
    story = told.story(title="The canal", text="I fell in.", full_name="Rita Resident", **fields)
    told.picture(story, description="A canal in winter")

    words = held_about(person)

    for wanted in ("The canal", "I fell in.", "A canal in winter", f"Story {story.slug}", "search engines can find it"):
        assert wanted in words
    assert {"Contributors (stories.Contributor)", "Consents (stories.Consent)", "Versions (stories.Version)"} <= set(
        own_data.of(person)["about_you"]
    )


def test_nothing_about_anybody_else_is_in_it(person):
    story = told.story(
        account=person,
        age="13-17",
        guardian_name="Pat Parent",
        guardian_email="pat@example.org",
        adult_name="Ann Adult",
    )
    told.picture(story, people=[{"name": "My sister Otti"}], hidden_why="Otti wrote to us.")
    told.story(title="Somebody else’s", full_name="Otto Other", email="otto@example.org")

    words = held_about(person)

    for hidden in ("Pat", "pat@", "Otti", "Otto", "otto@", "Somebody else’s", "Ann Adult"):
        assert hidden not in words


def test_an_address_that_was_never_confirmed_proves_nothing(person):
    told.story(status="awaiting_address", title="Typed by another", email=person.email)

    assert "Typed by another" not in held_about(person)


def test_that_somebody_worries_about_them_is_not_in_it(person):
    story = told.story(status="held", account=person, is_flagged=True, held_from="published")
    story.words = "The father may hurt them."
    story.save()

    words = held_about(person).lower()

    assert story.slug in words
    for hidden in ("safeguarding", "risk", "held", "hurt"):
        assert hidden not in words


def test_no_key_and_no_code_is_in_it(person):
    story = told.story(account=person, code_digest="c0de" * 16)
    picture = told.picture(story)

    words = held_about(person)

    for hidden in ("c0de", str(picture.key), picture.digest, picture.master.name):
        assert hidden not in words


def test_a_guardian_finds_that_they_are_one_and_not_the_child(person):
    now = timezone.now()
    story = told.story(
        title="The canal", full_name="Tess Teller", age="13-17", guardian_email=person.email, guardian_confirmed_at=now
    )

    words = held_about(person)

    assert f"Teller of Story {story.slug}" in words
    assert "parent’s or guardian’s e-mail address" in words
    for hidden in ("The canal", "Tess", "13 to 17"):
        assert hidden not in words


def test_whoever_deletes_their_account_is_told_what_becomes_of_their_stories(person):
    client = Client()
    client.force_login(person)
    assert "do that first" not in client.get("/account/leave/").content.decode()

    told.story(account=person)

    assert "/my-stories/" in client.get("/account/leave/").content.decode().split("What stays")[1]


def test_a_story_stays_with_its_address_when_the_account_goes(person):
    story = told.story(account=person, email=person.email)
    client = Client()
    client.force_login(person)

    client.post("/account/leave/", {"is_sure": "on"})

    contributor = Contributor.objects.get(story=story)
    assert contributor.account is None
    assert contributor.email == "rita@example.org"
    assert Story.objects.published().get() == story
    assert "ask for a link to your stories" in Mail.objects.get().text

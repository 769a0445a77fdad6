"""One picture withdrawn is gone everywhere, and comes back by the rules alone."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from stories import jobs
from stories.models import StoryIndex, StoryPicture
from stories.photos import takedown
from stories.workflow import Role
from tests import make_stories as told

pytestmark = pytest.mark.django_db

AMY = {"name": "Amy Jones", "is_child": True, "consent": "yes"}


def cover(story):
    return StoryIndex.objects.get(story=story).cover


def test_a_hidden_picture_is_on_no_card_and_in_no_list_of_public_ones(cast):
    story = told.story()
    one, other = told.picture(story), told.picture(story)
    assert cover(story)["key"] == str(one.key)

    takedown.hide(one, by=cast.moderator, why="Somebody on it asked us.")

    assert cover(story)["key"] == str(other.key)
    assert list(StoryPicture.objects.public()) == [other]
    line = AuditEvent.objects.get(action="story_picture")
    assert (line.by, line.note, line.object_words) == (cast.moderator, "Somebody on it asked us.", str(story))


def test_hiding_twice_is_hiding_once_and_the_portal_may():
    picture = told.picture(told.story())

    takedown.hide(picture, by=Role.PORTAL, why="Reported.")
    takedown.hide(picture, by=Role.PORTAL, why="Reported again.")

    picture.refresh_from_db()
    assert picture.hidden_why == "Reported."
    assert AuditEvent.objects.get(action="story_picture").by_words == "the portal itself"


def test_a_picture_comes_back(cast):
    story = told.story()
    picture = told.picture(story)
    takedown.hide(picture, by=cast.moderator, why="A mistake.")

    takedown.show_again(picture, by=cast.moderator)

    assert cover(story)["key"] == str(picture.key)
    assert AuditEvent.objects.filter(action="story_picture").count() == 2


def test_a_picture_does_not_come_back_beside_a_childs_full_name(cast):
    story = told.story(title="Amy Jones")
    picture = told.picture(story, people=[AMY], is_hidden=True)

    with pytest.raises(ValidationError, match="The full name of a child"):
        takedown.show_again(picture, by=cast.administrator)

    assert not StoryPicture.objects.public().exists()


@pytest.mark.parametrize("name", ["author", "stranger", "writer", "editor", "moderator"])
def test_only_administrators_set_the_rule_aside(cast, name):
    picture = told.picture(told.story(), people=[AMY | {"consent": "not_asked"}])

    with pytest.raises(PermissionDenied):
        takedown.override(picture, by=getattr(cast, name), why="I would like to.")
    with pytest.raises(PermissionDenied):
        takedown.end_override(picture, by=getattr(cast, name))

    assert not picture.overrides.exists()


def test_nobody_sets_the_rule_aside_for_their_own(cast):
    story = told.story(entered_by=cast.administrator)

    with pytest.raises(PermissionDenied):
        takedown.override(told.picture(story), by=cast.administrator, why="It is mine.")


def test_an_administrator_whose_rights_are_limited_does_not(cast):
    cast.administrator.is_limited = True

    with pytest.raises(PermissionDenied):
        takedown.override(told.picture(told.story()), by=cast.administrator, why="Please.")


def test_an_override_needs_a_reason_shows_the_picture_and_is_written_down(cast):
    story = told.story()
    picture = told.picture(story, people=[AMY | {"consent": "not_asked"}])
    assert cover(story) is None

    with pytest.raises(ValidationError):
        takedown.override(picture, by=cast.administrator, why="  ")
    takedown.override(picture, by=cast.administrator, why="The court published it.")

    assert cover(story)["key"] == str(picture.key)
    line = AuditEvent.objects.get(action="override")
    assert (line.by, line.note) == (cast.administrator, "The court published it.")

    takedown.end_override(picture, by=cast.administrator)

    assert cover(story) is None
    assert AuditEvent.objects.filter(action="override").count() == 2


def test_an_override_that_ends_leaves_no_picture_beside_a_childs_full_name(cast):
    story = told.story(title="Amy Jones")
    picture = told.picture(story, people=[AMY])
    takedown.override(picture, by=cast.administrator, why="Her mother asked.")

    takedown.end_override(picture, by=cast.administrator)

    picture.refresh_from_db()
    assert picture.is_hidden
    assert cover(story) is None


def test_what_staff_note_about_people_holds_at_once(cast):
    story = told.story(title="Amy Jones")
    picture = told.picture(story, people=[{"name": "a friend", "consent": "yes"}])
    person = picture.people.get()

    person.consent = "refused"
    person.save()
    takedown.people_changed(picture, by=cast.moderator)
    assert cover(story) is None

    person.consent = "yes"
    person.save()
    takedown.people_changed(picture, by=cast.moderator, was_showable=False)
    assert cover(story) is not None

    person.name, person.is_child = "Amy Jones", True
    person.save()
    takedown.people_changed(picture, by=cast.moderator)
    picture.refresh_from_db()
    assert picture.is_hidden
    assert cover(story) is None


def test_a_picture_of_a_public_story_does_not_come_back_by_its_tellers_word_alone():
    story = told.story()
    picture = told.picture(story, people=[{"consent": "refused"}])
    picture.people.update(consent="yes")

    takedown.people_changed(picture, by=Role.TELLER, was_showable=False)

    picture.refresh_from_db()
    assert picture.is_hidden
    assert cover(story) is None


@pytest.mark.parametrize("person", [{}, {"is_child": True}])
def test_a_yes_that_ends_takes_the_picture_away_by_itself(client, person):
    story = told.story()
    until = timezone.localdate()
    picture = told.picture(story, people=[{"consent": "yes", "until": until} | person])
    jobs.end_consents_of_people(timestamp=0)
    assert cover(story)["key"] == str(picture.key)

    # A day later: what is stored is moved instead of the database's clock.
    picture.people.update(until=until - datetime.timedelta(days=1))
    StoryIndex.objects.update(modified_at=timezone.now() - datetime.timedelta(days=1))

    assert client.get(reverse("stories:picture", args=[picture.key, 1, "preview.jpg"])).status_code == 404
    jobs.end_consents_of_people(timestamp=0)
    assert cover(story) is None
    made_at = StoryIndex.objects.get().modified_at
    jobs.end_consents_of_people(timestamp=0)
    assert StoryIndex.objects.get().modified_at == made_at

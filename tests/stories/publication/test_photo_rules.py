"""What keeps the pictures of a story from being public, whoever asks."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from stories import workflow
from stories.models import Override, StoryPicture
from stories.publication import photo_rules, publishing
from stories.workflow import Role
from tests import make_stories as told

pytestmark = pytest.mark.django_db

AMY = {"name": "Amy Jones", "is_child": True, "consent": "yes"}


def said(story, version=None, **options):
    return list(photo_rules.mistakes(story, version or story.latest, **options))


def yesterday():
    return timezone.localdate() - datetime.timedelta(days=1)


def test_a_described_picture_of_nobody_keeps_nothing_back():
    story = told.story(status="in_review")
    told.picture(story)

    assert said(story) == []


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"consent": "refused"}, "somebody on it said no"),
        ({"consent": "yes", "until": "yesterday"}, "the yes of somebody on it has ended"),
        ({"is_child": True, "consent": "refused"}, "a child on it said no"),
        ({"is_child": True, "consent": "not_asked"}, "a child on it has not been asked"),
        ({"is_child": True, "consent": "yes", "until": "yesterday"}, "the yes of a child on it has ended"),
        ({"consent": "not_asked"}, None),
        ({"consent": "yes"}, None),
        ({"consent": "yes", "until": "today"}, None),
        ({"is_child": True, "consent": "yes"}, None),
        ({"is_child": True, "consent": "yes", "until": "today"}, None),
    ],
)
def test_who_stands_against_a_picture(person, words):
    until = {"yesterday": yesterday(), "today": timezone.localdate()}
    person = person | ({"until": until[person["until"]]} if "until" in person else {})
    story = told.story()
    picture = told.picture(story, people=[person])

    found = said(story)

    assert [words in sentence for sentence in found] == [True] if words else found == []
    # What the database says at each reading is the same.
    assert StoryPicture.objects.public().filter(pk=picture.pk).exists() == (words is None)


def test_a_picture_needs_its_words_and_an_answer_about_people():
    story = told.story(status="in_review")
    told.picture(story, description="", has_people=None)

    assert len(said(story)) == 2
    assert "Picture 1 is not described yet" in said(story)[0]
    assert "or that nobody can" in said(story)[1]


def test_a_sample_of_the_site_team_need_not_say_who_is_on_a_drawing():
    story = told.story(way="sample", allowed=())
    told.picture(story, has_people=None)

    assert said(story) == []


PLACES = {
    "title": ({"title": "Amy Jones and the tram"}, {}, "the title"),
    "text": ({"text": "One day JONES, Amy came."}, {}, "the story"),
    "content note": ({"content_note": "About Amy Jones"}, {}, "the note before it"),
    "place": ({"place": "Amy-Jones Park"}, {}, "its time or place"),
    "answer": ({"answers": [{"question": "Who?", "answer": "Amy Jones"}]}, {}, "an answer"),
    "name shown": ({"shown_as": "full", "full_name": "Amy Jones"}, {}, "the name that is shown"),
    "pen name": ({"shown_as": "pen", "pen_name": "AmyJones"}, {}, "the name that is shown"),
    "description": ({}, {"description": "Amy Jones on a swing"}, "the description of picture 1"),
    "caption": ({}, {"caption": "amy jones, 2019"}, "the line under picture 1"),
    "credit": ({}, {"credit": "Ámy Jones"}, "who took picture 1"),
}


@pytest.mark.parametrize(("words", "of_picture", "where"), PLACES.values(), ids=PLACES)
def test_a_childs_full_name_stands_nowhere_beside_a_picture_of_the_child(words, of_picture, where):
    story = told.story(status="in_review", **words)
    told.picture(story, people=[AMY], **of_picture)

    assert said(story) == [f"The full name of a child on picture 1 stands in {where}. A first name is enough."]


def test_a_childs_name_in_the_words_of_another_picture_counts_and_a_first_name_does_not():
    story = told.story(status="in_review", text="Amy swings.")
    told.picture(story, people=[AMY])
    told.picture(story, description="Amy Jones again, on a slide")

    assert said(story) == [
        "The full name of a child on picture 1 stands in the description of picture 2. A first name is enough."
    ]


def test_a_childs_full_name_split_over_two_fields_counts_too():
    story = told.story(status="in_review", title="A day with Amy", text="Jones Street was far away then.")
    told.picture(story, people=[AMY])

    [mistake] = said(story)
    assert "can be read from the title and the story together" in mistake


def test_an_adults_full_name_may_stand_there():
    story = told.story(status="in_review", title="Amy Jones")
    told.picture(story, people=[AMY | {"is_child": False}])

    assert said(story) == []


@pytest.mark.parametrize("age", ["under-13", "13-17"])
def test_a_child_who_tells_is_not_named_in_full_even_without_a_picture(age):
    story = told.story(status="in_review", age=age, full_name="Amy Jones", text="I am Amy Jones.")

    assert said(story) == ["The full name of the child who tells it stands in the story. A first name is enough."]


def test_a_name_that_a_change_asks_for_is_judged_with_it():
    story = told.story(full_name="Tess Teller")
    told.picture(story, people=[AMY])
    change = told.version(story, shown_as="pen", pen_name="Amy Jones")
    change.pictures.create(picture=story.pictures.get(), description="A tram in the rain")

    assert any("the name that is shown" in sentence for sentence in said(story, change))


@pytest.mark.parametrize("step", ["approve", "schedule"])
def test_no_right_passes_the_rule(cast, step):
    story = told.story(status="in_review", title="Amy Jones")
    told.picture(story, people=[AMY])
    cast.administrator.is_superuser = True
    cast.administrator.save()

    with pytest.raises(ValidationError, match="The full name of a child"):
        workflow.take(step, story, by=cast.administrator, at=timezone.now() + datetime.timedelta(days=1))


def test_what_changed_after_the_approval_is_judged_again_when_it_is_published():
    story = told.story(status="approved")
    picture = told.picture(story, people=[AMY])
    picture.people.update(consent="refused")

    with pytest.raises(ValidationError, match="a child on it said no"):
        workflow.take("publish", story, by=Role.PORTAL)


def test_what_an_administrator_decided_passes_for_that_picture_alone():
    story = told.story(status="in_review", title="Amy Jones")
    one, other = told.picture(story, people=[AMY]), told.picture(story, people=[AMY])
    Override.objects.create(picture=one, why="Her mother asked for it in writing.")

    assert said(story) == ["The full name of a child on picture 2 stands in the title. A first name is enough."]

    Override.objects.create(picture=other, why="The same.")
    assert said(story) == []
    assert [
        sentence
        for sentence in photo_rules.advice(story, story.latest)
        if "set the rule about people aside" in sentence
    ]

    Override.objects.update(ended_at=timezone.now())
    assert len(said(story)) == 2


def test_a_hidden_picture_keeps_nothing_back_unless_it_is_asked_about():
    story = told.story(status="in_review")
    picture = told.picture(story, people=[{"consent": "refused"}], is_hidden=True, hidden_why="She asked us.")

    assert said(story) == []
    assert len(said(story, only=picture)) == 1
    assert "She asked us." in next(photo_rules.advice(story, story.latest))


def test_staff_are_told_of_adults_nobody_asked():
    story = told.story(status="in_review")
    told.picture(story, people=[{"name": "Aunt Sue", "consent": "not_asked"}])

    assert list(photo_rules.advice(story, story.latest)) == ["Picture 1: “Aunt Sue” was not asked yet."]


def test_the_rule_asks_as_much_for_one_picture_as_for_ten(django_assert_num_queries):
    story = told.story(status="in_review")
    for _ in range(10):
        told.picture(story, people=[AMY, {"consent": "yes"}])

    with django_assert_num_queries(2):
        assert said(story) == []


def test_publishing_asks_the_rule():
    story = told.story(status="in_review")
    told.picture(story, people=[{"consent": "refused"}])

    assert list(publishing.mistakes_of(story, story.latest)) == said(story)

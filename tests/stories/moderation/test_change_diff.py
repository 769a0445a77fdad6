import pytest

from stories.models import VersionPicture
from stories.moderation import change_diff
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def differences(story, **fields):
    old = story.latest
    new = told.version(story, **{"text": old.text} | fields)
    return new, lambda: [(one.what, one.old, one.new, one.note) for one in change_diff.differences(old, new)]


def test_each_field_that_differs_is_told_by_its_name():
    ward = make.ward(name="Arboretum")
    story = told.story(title="Old", text="Old words.", answers=[{"question": "Who?", "answer": "My uncle"}])

    _, found = differences(
        story, title="New", language="cy", when_words="1962", ward=ward, place="The Arboretum",
        content_note="Talks of a death.", answers=[{"question": "Who?", "answer": "My aunt"}],
    )  # fmt: skip

    assert found() == [
        ("Title", "Old", "New", ""),
        ("Language", "English", "Cymraeg (Welsh)", ""),
        ("When", "", "1962", ""),
        ("Ward", "", "Arboretum", ""),
        ("Public place", "", "The Arboretum", ""),
        ("What readers should know first", "", "Talks of a death.", ""),
        ("Who?", "My uncle", "My aunt", ""),
    ]


def test_the_same_words_do_not_differ():
    story = told.story(title="Same")

    _, found = differences(story, title="Same")

    assert found() == []


def test_pictures_that_come_go_or_are_described_anew_are_told():
    story = told.story()
    kept, gone = told.picture(story, description="A tram", credit="Ann"), told.picture(story, description="A bus")
    new, found = differences(story, title=story.latest.title)
    VersionPicture.objects.create(version=new, picture=kept, description="A green tram", credit="Bob")
    added = told.picture(story, description="A train", credit="")
    VersionPicture.objects.filter(version=new, picture=added).update(order=2)

    assert found() == [
        ("Picture 1: what it shows", "A tram", "A green tram", ""),
        ("Picture 1: who made it", "Ann", "Bob", ""),
        ("Picture 2", "", "What it shows: A train", "added"),
        ("A picture", "What it shows: A bus\nWho made it: Tess Teller", "", "removed"),
    ]
    assert gone.uses.count() == 1


def test_another_order_of_pictures_is_told():
    story = told.story()
    first, second = told.picture(story), told.picture(story)
    new, found = differences(story, title=story.latest.title)
    for order, picture in enumerate((second, first)):
        VersionPicture.objects.create(
            version=new, picture=picture, description="A tram in the rain", credit="Tess Teller", order=order
        )

    assert found() == [("Pictures", "", "They stand in another order.", "")]


def test_another_name_for_readers_is_told():
    story = told.story(full_name="Tess Teller", shown_as="first")

    _, found = differences(story, title=story.latest.title, shown_as="full", full_name="Tess Teller")

    assert found() == [("Name that readers see", "Tess", "Tess Teller", "")]

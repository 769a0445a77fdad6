"""Changing a story that was sent: words, pictures, a last look, and then it waits to be read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stories import changes
from stories.models import Story, StoryIndex, StoryPicture
from stories.my_stories import edit_views
from tests import make
from tests import make_stories as told
from tests.cms.media.test_media import encoded, pixels
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db

WORDS = {"title": "My tram", "text": "It was blue.", "language": "en"}


@pytest.fixture
def story():
    return told.story(title="My tram", text="It was red.")


def post(story, page, key="", **data):
    return Client().post(address(page, story, key or key_for(story)), data)


def get(story, page):
    response = Client().get(address(page, story, key_for(story)))
    assert response.status_code == 200
    return response.content.decode()


def test_a_change_goes_from_words_to_pictures_to_a_last_look(story, cast):
    key = key_for(story)
    assert "It was red." in get(story, "change")
    assert story.versions.count() == 1

    response = post(story, "change", key, **WORDS)
    assert response.url == address("change_pictures", story, key)
    response = post(story, "change_pictures", key, do="continue")
    assert response.url == address("change_check", story, key)
    page = get(story, "change_check")
    assert "<del>" in page
    assert "blue." in page
    response = post(story, "change_check", key)

    assert "done=sent" in response.url
    assert StoryIndex.objects.get().opening == "It was red."
    version = changes.waiting().get()
    changes.take("show", version, by=cast.moderator)
    assert StoryIndex.objects.get().opening == "It was blue."


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(story):
    response = post(story, "change", **WORDS | {"title": "", "text": "A long new text."})

    assert response.status_code == 200
    page = response.content.decode()
    assert "There is a problem" in page
    assert "A long new text." in page
    assert changes.begun(story).text == "A long new text."
    assert StoryIndex.objects.get().opening == "It was red."


def test_the_same_words_are_not_sent(story):
    post(story, "change", **WORDS | {"text": "It was red."})

    response = post(story, "change_check")

    assert response.status_code == 200
    assert "You have not changed anything yet." in response.content.decode()
    assert not changes.waiting().exists()


def test_a_change_is_sent_once_however_often_clicked(story):
    key = key_for(story)
    post(story, "change", key, **WORDS)

    answers = [post(story, "change_check", key) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {302}
    assert changes.waiting().count() == 1
    assert story.versions.count() == 2


def test_what_the_team_asked_stands_above_the_words():
    story = told.story(status="change_asked", words="Please leave out the house number.")
    assert "Please leave out the house number." in get(story, "change")

    post(story, "change", **WORDS)
    post(story, "change_check")

    assert Story.objects.get().status == "submitted"


@pytest.mark.parametrize("page", ["change", "change_pictures", "change_check"])
@pytest.mark.parametrize("status", ["held", "withdrawn", "approved", "declined"])
def test_where_nothing_can_be_changed_the_page_says_where_it_stands(page, status):
    story = told.story(status=status)

    answer = post(story, page, **(WORDS if page != "change_check" else {}))
    if page == "change_check":  # where nothing is typed
        assert answer.status_code == 302
    else:
        assert answer.status_code == 409
        assert WORDS["text"] in answer.text
    assert Client().get(address(page, story, key_for(story))).status_code == 302
    assert story.versions.count() == 1


def test_a_change_begun_before_the_story_was_held_stays_as_it_is(story):
    version = changes.begin(story)
    Story.objects.filter(pk=story.pk).update(status="held")

    assert "done=late" in post(story, "change_check").url
    version.refresh_from_db()
    assert version.state == "writing"


def test_a_picture_is_added_described_and_taken_away_out_of_sight(story, cast):
    old = told.picture(story, has_people=False)
    changes.begin(story)
    key = key_for(story)
    assert f"/picture/{old.key}/preview.jpg?key=" in get(story, "change_pictures")

    file = SimpleUploadedFile("tram.jpg", encoded(pixels(colour="blue")))
    response = Client().post(address("change_pictures", story, key), {"do": "add", "files": [file]})
    assert response.status_code == 302
    new = StoryPicture.objects.exclude(pk=old.pk).get()
    version = changes.begun(story)
    assert set(version.pictures.values_list("picture", flat=True)) == {old.pk, new.pk}
    assert set(StoryPicture.objects.public()) == {old}
    path = f"/my-stories/{story.slug}/picture/{new.key}/preview.jpg"
    assert Client().get(path, {"key": key}).getvalue().startswith(b"\xff\xd8")
    assert Client().get(path).status_code == 404
    assert Client().get(new.address("preview.jpg")).status_code == 404

    use = version.pictures.get(picture=old)
    Client().post(address("change_pictures", story, key), {"do": f"remove-{use.pk}"})
    assert StoryPicture.objects.filter(pk=old.pk).exists()
    assert story.latest.pictures.get().picture == old
    assert set(StoryPicture.objects.public()) == {old}


def test_a_picture_taken_away_and_dropped_is_still_there(story):
    picture = told.picture(story, has_people=False)
    version = changes.begin(story)
    version.pictures.all().delete()

    post(story, "drop")

    assert story.latest.pictures.get().picture == picture


def test_what_is_different_is_named(story):
    told.picture(story, has_people=False)
    version = changes.begin(story)
    version.title, version.place, version.language = "Our tram", "Derby Arboretum", "pl"
    version.save()
    version.pictures.update(description="A blue tram", credit="My aunt")

    page = get(story, "change_check")

    for what in ("Title", "Place", "Language", "Picture 1"):
        assert f"<dt>{what}" in page
    assert "<dt>Your story" not in page


def test_a_story_is_changed_only_so_often_a_day(story, monkeypatch):
    monkeypatch.setattr(edit_views, "MOST_A_DAY", 2)
    key = key_for(story)
    for number in range(3):
        post(story, "change", key, **WORDS | {"text": f"It was blue, {number}."})
        response = post(story, "change_check", key)

    assert response.status_code == 200
    assert "many changes today" in response.content.decode()
    assert changes.begun(story).text == "It was blue, 2."


def test_with_an_account_it_goes_the_same_way(story):
    story.contributor.account = person = make.user()
    story.contributor.save()
    client = make.signed_in(person)
    for page in ("change", "change_pictures", "change_check"):
        response = client.get(address(page, story), follow=True)
        assert response.status_code == 200

    client.post(address("change", story), WORDS)
    assert "csrfmiddlewaretoken" in client.get(address("change_pictures", story)).content.decode()
    assert client.post(address("change_check", story)).url == f"{address('story', story)}?done=sent"

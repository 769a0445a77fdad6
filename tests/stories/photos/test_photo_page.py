"""The page of a story's pictures, as whoever tells it meets it: without a script, and never losing a word."""

import json
import re

import pytest
from django.core.files.storage import default_storage
from django.test import Client, RequestFactory
from django.urls import reverse

from cms.media import decode_slots
from stories import changes
from stories.models import DepictedPerson, StoryIndex
from stories.photos import photo_page
from tests import make_stories as told
from tests.cms.media.test_decode_slots import full
from tests.cms.media.test_media import HEIC
from tests.stories.photos.test_upload import a_file

pytestmark = pytest.mark.django_db

WORDS = "Two girls plant a tree in the park."


@pytest.fixture
def draft():
    return told.story(status="draft")


def ask(story, data=None, *, version=None, here="/tell/pictures/", **headers):
    factory = RequestFactory(headers=headers)
    request = factory.get(here) if data is None else factory.post(here, data)
    return photo_page.respond(
        request,
        story,
        version or story.latest,
        template="submit/_pictures.html",
        context={},
        here=here,
        onward="/tell/choices/",
        later="/tell/later/",
        hidden={"draft": "the token"},
        address=lambda picture: f"/tell/picture/{picture.key}/preview.jpg",
    )


def text(response):
    return response.content.decode()


def said(use, **fields):
    """What a browser sends of one picture, with its empty lines for one more person."""
    words = {"description": "", "caption": "", "credit": "", "new-name": "", "new-until": ""} | fields
    return {f"p{use.pk}-{name}": value for name, value in words.items()}


def with_a_picture(story, **fields):
    picture = told.picture(story, **{"description": "", "credit": "", "has_people": None} | fields)
    return picture, story.latest.pictures.get(picture=picture)


def test_without_a_picture_the_way_on_is_open(draft):
    shown = text(ask(draft))

    assert "Go on without a picture" in shown
    assert 'name="draft" value="the token"' in shown
    assert ask(draft, {"do": "continue"}).headers["Location"] == "/tell/choices/"


def test_files_are_added_and_shown_at_once(draft):
    answer = ask(draft, {"do": "add", "files": [a_file(), a_file(HEIC, "IMG_1.HEIC")]})

    assert answer.headers["Location"] == "/tell/pictures/?did=added"
    shown = text(ask(draft, here="/tell/pictures/?did=added"))
    assert "Now say what each one shows" in shown
    for picture in draft.pictures.all():
        assert f"/tell/picture/{picture.key}/preview.jpg" in shown
    assert ask(draft).has_script


def test_choosing_files_and_pressing_the_way_on_comes_back_to_describe_them(draft):
    answer = ask(draft, {"do": "continue", "files": a_file()})

    assert answer.headers["Location"] == "/tell/pictures/?did=added"


def test_a_refused_file_is_named_and_the_good_one_and_the_words_are_kept(draft):
    _, use = with_a_picture(draft)

    answer = ask(draft, said(use, description=WORDS) | {"do": "add", "files": [a_file(b"x", "<i>.txt"), a_file()]})

    assert answer.status_code == 200
    assert "“&lt;i&gt;.txt” is not a picture we can take." in text(answer)
    assert draft.latest.pictures.count() == 2
    use.refresh_from_db()
    assert use.description == WORDS


def test_the_script_is_answered_with_what_was_added_and_why_the_rest_was_not(draft):
    answer = ask(draft, {"do": "add", "files": [a_file(), a_file(b"x", "x.txt")]}, Accept="application/json")

    told_back = json.loads(answer.content)
    assert told_back["added"] == 1
    assert told_back["refused"] == ["“x.txt” is not a picture we can take. Save it as a JPEG and choose that."]


def test_where_many_photos_come_in_the_page_says_so_and_every_word_is_kept(draft):
    _, use = with_a_picture(draft)

    with full():
        answer = ask(draft, said(use, description=WORDS) | {"do": "continue", "files": a_file()})
        scripted = ask(draft, {"do": "add", "files": a_file()}, Accept="application/json")

    assert answer.status_code == 200
    assert "many photos are coming in just now. Your words are safe." in text(answer)
    use.refresh_from_db()
    assert use.description == WORDS
    told_back = json.loads(scripted.content)
    assert (told_back["added"], len(told_back["refused"]), told_back["retry_after"]) == (
        0,
        1,
        decode_slots.RETRY_SECONDS,
    )


def test_all_that_is_said_of_a_picture_is_kept(draft):
    picture, use = with_a_picture(draft)
    typed = said(use, description=f"  {WORDS} ", caption="In 1962", credit="Aunt Sue", has_people="yes") | {
        f"p{use.pk}-new-name": "my sister",
        f"p{use.pk}-new-is_child": "on",
        f"p{use.pk}-new-consent": "yes",
        f"p{use.pk}-new-until": "2030-12-31",
    }

    assert ask(draft, typed | {"do": "continue"}).headers["Location"] == "/tell/choices/"

    use.refresh_from_db()
    picture.refresh_from_db()
    person = picture.people.get()
    assert (use.description, use.caption, use.credit, picture.has_people) == (WORDS, "In 1962", "Aunt Sue", True)
    assert (person.name, person.is_child, person.consent, str(person.until)) == ("my sister", True, "yes", "2030-12-31")
    shown = text(ask(draft))
    assert [words for words in (WORDS, "In 1962", "Aunt Sue", "my sister", "2030-12-31") if words not in shown] == []


def test_the_way_on_asks_for_the_words_and_who_can_be_recognised(draft):
    _, use = with_a_picture(draft)

    answer = ask(draft, said(use, caption="Kept all the same") | {"do": "continue"})

    shown = text(answer)
    assert answer.status_code == 200
    assert "Say what the picture shows" in shown
    assert "Choose whether anybody can be recognised" in shown
    use.refresh_from_db()
    assert use.caption == "Kept all the same"


@pytest.mark.parametrize("do", ["save", "later", "add", "nonsense", ""])
def test_saving_asks_for_nothing_yet(draft, do):
    _, use = with_a_picture(draft)

    answer = ask(draft, said(use, credit="Aunt Sue") | {"do": do})

    assert answer.status_code == 302
    assert (answer.headers["Location"] == "/tell/later/") == (do == "later")
    use.refresh_from_db()
    assert use.credit == "Aunt Sue"


@pytest.mark.parametrize("typed", ["IMG_1234.jpg", "picture", "x" * 300])
def test_words_that_say_nothing_are_asked_for_again_and_stay_in_the_field(draft, typed):
    _, use = with_a_picture(draft)

    answer = ask(draft, said(use, description=typed, has_people="no") | {"do": "save"})

    assert answer.status_code == 200
    assert typed.replace("\x00", "") in text(answer).replace("\x00", "")
    use.refresh_from_db()
    assert use.description == ""


def test_somebody_who_can_be_recognised_is_listed(draft):
    picture, use = with_a_picture(draft, description=WORDS)

    answer = ask(draft, said(use, description=WORDS, has_people="yes") | {"do": "continue"})

    assert "Say who can be recognised." in text(answer)
    picture.refresh_from_db()
    assert picture.has_people


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"new-consent": "yes"}, "Say who it is."),
        ({"new-name": "my sister"}, "Choose whether they said yes."),
        ({"new-name": "my sister", "new-consent": "yes", "new-until": "soon"}, "Write the day like this"),
        ({"new-name": "my sister", "new-consent": "yes", "new-until": "0030-01-01"}, "with its full year"),
        ({"new-name": "my sister", "new-consent": "certainly"}, "certainly"),
        ({"new-name": "x" * 200, "new-consent": "yes"}, "room for 120"),
    ],
)
def test_half_a_person_is_asked_for_again(draft, typed, words):
    picture, use = with_a_picture(draft)

    answer = ask(draft, said(use, has_people="yes", **typed) | {"do": "save"})

    assert answer.status_code == 200
    assert words in text(answer)
    assert not picture.people.exists()


def test_a_person_is_changed_and_taken_off_the_list(draft):
    picture, use = with_a_picture(draft, people=[{"name": "my sister"}, {"name": "a friend"}], has_people=True)
    sister, friend = picture.people.all()
    typed = {
        f"p{use.pk}-{sister.pk}-name": "my sister",
        f"p{use.pk}-{sister.pk}-consent": "refused",
        f"p{use.pk}-{friend.pk}-name": "a friend",
        f"p{use.pk}-{friend.pk}-gone": "on",
    }

    ask(draft, said(use, has_people="yes") | typed | {"do": "save"})

    assert list(picture.people.values_list("name", "consent")) == [("my sister", "refused")]


def test_a_double_click_adds_one_person(draft):
    picture, use = with_a_picture(draft)
    typed = said(use, **{"has_people": "yes", "new-name": "my sister", "new-consent": "yes"}) | {"do": "save"}

    ask(draft, typed)
    ask(draft, typed)

    assert picture.people.count() == 1


def test_nobody_means_nobody(draft):
    picture, use = with_a_picture(draft, people=[{}], has_people=True)

    ask(draft, said(use, has_people="no") | {"do": "save"})

    picture.refresh_from_db()
    assert (picture.has_people, picture.people.count()) == (False, 0)


def test_pictures_move_and_go_and_what_was_typed_meanwhile_is_kept(draft, django_capture_on_commit_callbacks):
    ask(draft, {"do": "add", "files": [a_file(), a_file(colour="blue")]})
    one, two = draft.latest.pictures.all()

    moved = ask(draft, said(one) | said(two, credit="Aunt Sue") | {"do": f"up-{two.pk}"})
    assert moved.headers["Location"] == f"/tell/pictures/?did=moved#p{two.pk}"
    assert list(draft.latest.pictures.all()) == [two, one]

    with django_capture_on_commit_callbacks(execute=True):
        gone = ask(
            draft, said(one, description="IMG_1.jpg") | said(two, caption="In 1962") | {"do": f"remove-{one.pk}"}
        )
    assert gone.headers["Location"] == "/tell/pictures/?did=removed"
    two.refresh_from_db()
    assert list(draft.latest.pictures.all()) == [two]
    assert (two.credit, two.caption) == ("", "In 1962")
    assert len(default_storage.listdir("stories")[1]) == 2


@pytest.mark.parametrize("do", ["up-999999", "remove-0", "down-99999999999999999999", "remove-x", "up-", "\x00"])
def test_odd_buttons_do_nothing(draft, do):
    with_a_picture(draft)

    assert ask(draft, {"do": do}).status_code == 302
    assert draft.latest.pictures.count() == 1


def test_a_picture_of_another_story_is_neither_changed_nor_taken_away(draft):
    other, use = with_a_picture(told.story(status="draft"))

    ask(draft, said(use, description=WORDS, has_people="no") | {"do": f"remove-{use.pk}"})

    use.refresh_from_db()
    other.refresh_from_db()
    assert (use.description, other.has_people) == ("", None)


def test_a_person_of_another_picture_is_not_changed(draft):
    theirs = told.picture(told.story(status="draft"), people=[{}]).people.get()
    _, use = with_a_picture(draft, has_people=True)

    ask(draft, said(use, has_people="yes", **{f"{theirs.pk}-name": "me", f"{theirs.pk}-gone": "on"}) | {"do": "save"})

    theirs.refresh_from_db()
    assert theirs.name == "My sister"


def test_a_story_that_was_sent_meanwhile_is_left_as_it_is(draft):
    _, use = with_a_picture(draft)
    draft.latest.state = "waiting"
    draft.latest.save()

    answer = ask(draft, said(use, description=WORDS) | {"do": "save"})

    assert answer.headers["Location"] == "/tell/choices/"
    use.refresh_from_db()
    assert use.description == ""


@pytest.mark.parametrize(("age", "words"), [("13-17", "You do not need one."), ("18-plus", "You can choose several.")])
def test_a_child_reads_words_for_children(age, words):
    assert words in text(ask(told.story(status="draft", age=age)))


def test_a_no_noted_in_a_change_holds_for_what_is_public_at_once_and_its_words_do_not():
    story = told.story()
    picture = told.picture(story, people=[{"name": "my sister", "consent": "yes"}])
    change = told.version(story, state="writing")
    use = change.pictures.create(picture=picture, description=WORDS)
    person = picture.people.get()
    typed = {f"p{use.pk}-{person.pk}-name": "my sister", f"p{use.pk}-{person.pk}-consent": "refused"}

    ask(
        story,
        said(use, description="Another tram in the rain", has_people="yes") | typed | {"do": "save"},
        version=change,
    )

    assert StoryIndex.objects.get().cover is None
    assert story.shown.pictures.get().description == "A tram in the rain"

    ask(
        story,
        said(use, description=WORDS, has_people="yes")
        | typed
        | {f"p{use.pk}-{person.pk}-consent": "yes", "do": "save"},
        version=change,
    )

    picture.refresh_from_db()
    assert DepictedPerson.objects.get().consent == "yes"
    assert picture.is_hidden
    assert StoryIndex.objects.get().cover is None


def test_the_page_asks_as_much_for_one_picture_as_for_ten(draft, django_assert_max_num_queries):
    for _ in range(10):
        with_a_picture(draft, people=[{}, {}], has_people=True)

    with django_assert_max_num_queries(4):
        ask(draft)


def test_whoever_comes_by_their_account_sends_the_token_that_is_asked_for_and_others_need_none(cast, draft):
    story = told.story(account=cast.author)
    changes.begin(story)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.author)
    here = reverse("my_stories:change_pictures", args=[story.slug])

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(here).content.decode())[1]

    assert client.post(here, {"do": "save"}).status_code == 403
    assert client.post(here, {"do": "save", "csrfmiddlewaretoken": token}).status_code == 302
    assert "csrfmiddlewaretoken" not in text(ask(draft))

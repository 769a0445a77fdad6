"""Two windows of one teller, in one browser: the older one never replaces newer words without showing both."""

import pytest

from stories import changes
from stories.models import Story, Version
from tests import make_stories
from tests.posting import Page
from tests.stories.submit.pages import STORY, Teller

pytestmark = pytest.mark.django_db


def form_of(page):
    return dict(next(form for form in Page(page).forms if "text" in dict(form.fields)).fields)


@pytest.fixture
def windows():
    """The browser, and what two windows show of the same page."""
    teller = Teller()
    teller.tells()
    return teller.client, form_of(teller.page("story")), form_of(teller.page("story"))


def text():
    return Story.objects.get().latest.text


def test_an_older_window_shows_both_and_asks(windows):
    client, newer, older = windows
    client.post("/tell/story/", newer | {"text": "Newer words, of the other window."})

    both = client.post("/tell/story/", older | {"text": "Older words."})

    assert both.status_code == 200
    assert "You changed this in another window, too" in both.text
    assert "Newer words, of the other window." in both.text
    assert form_of(both.text)["text"] == "Older words."
    assert text() == "Newer words, of the other window."
    assert client.post("/tell/story/", form_of(both.text) | {"text": "Newer and older words."}).status_code == 302
    assert text() == "Newer and older words."


def test_what_only_the_newer_window_changed_stays(windows):
    client, newer, older = windows
    client.post("/tell/story/", newer | {"text": "Newer words.", "language": "pl"})

    assert client.post("/tell/story/", older | {"title": "Another title"}).status_code == 302

    version = Story.objects.get().latest
    assert (version.title, version.text, version.language) == ("Another title", "Newer words.", "pl")


def test_the_same_words_from_both_are_no_question(windows):
    client, newer, older = windows

    for window in (newer, older, older):
        assert client.post("/tell/story/", window | {"text": "The same."}).status_code == 302


def test_a_choice_is_told_in_words(windows):
    client, newer, older = windows
    client.post("/tell/story/", newer | {"language": "pl"})

    both = client.post("/tell/story/", older | {"language": "ur"})

    assert "Polish" in both.text.partition("You changed this in another window")[2][:200]


def test_what_does_not_fit_is_asked_about_once_for_its_length_alone(windows):
    client, newer, _ = windows
    long = client.post("/tell/story/", newer | {"title": "x" * 300})

    again = client.post("/tell/story/", form_of(long.text) | {"title": "y" * 300})

    assert "up to" in again.text
    assert "in another window" not in again.text


def test_a_form_without_marks_counts_as_it_is(windows):
    client, newer, _ = windows
    client.post("/tell/story/", newer | {"text": "Newer words."})

    assert client.post("/tell/story/", {"draft": newer["draft"]} | STORY | {"text": "Other."}).status_code == 302
    assert text() == "Other."


def test_a_change_of_a_sent_story_is_no_different(browse, cast):
    story = make_stories.story(slug="hers")
    story.contributor.account = cast.author
    story.contributor.save()
    client = browse("author")
    older = form_of(client.get("/my-stories/hers/change/").text)
    client.post("/my-stories/hers/change/", older | {"text": "Newer words."})

    both = client.post("/my-stories/hers/change/", older | {"text": "Older words."})

    assert "Newer words." in both.text
    assert form_of(both.text)["text"] == "Older words."
    assert changes.begun(story).text == "Newer words."
    assert Version.objects.filter(story=story).count() == 2
    assert client.post("/my-stories/hers/change/", form_of(both.text)).status_code == 302
    assert changes.begun(story).text == "Older words."


def choices_of(page):
    return dict(next(form for form in Page(page).forms if "full_name" in dict(form.fields)).fields)


def test_an_older_window_takes_back_no_choice_that_was_made_in_a_newer_one():
    teller = Teller()
    teller.tells()
    teller.chooses()
    newer, older = choices_of(teller.page("choices")), choices_of(teller.page("choices"))
    assert newer["ok_site"] == "on"
    newer.pop("ok_site")
    teller.client.post("/tell/choices/", newer | {"full_name": "Newer Name"})

    answer = teller.client.post("/tell/choices/", older | {"full_name": "Older Name"})

    person = Story.objects.get().contributor
    assert person.ticked == []
    assert person.full_name == "Newer Name"
    assert "You changed this in another window, too" in answer.text
    assert "Newer Name" in answer.text
    assert teller.client.post("/tell/choices/", choices_of(answer.text)).status_code == 302
    person.refresh_from_db()
    assert person.full_name == "Older Name"


def test_what_was_ticked_stays_ticked_when_something_else_on_the_page_was_wrong():
    teller = Teller()
    teller.tells()
    teller.post("choices", {"age": "18-plus"})
    first = choices_of(teller.page("choices"))
    wanted = {"full_name": "Tess", "shown_as": "first", "email": "tess@example.org", "ok_site": "on", "ok_press": "on"}

    again = choices_of(teller.client.post("/tell/choices/", first | wanted | {"email": "no address"}).text)
    teller.client.post("/tell/choices/", again | wanted)

    assert Story.objects.get().contributor.ticked == ["site", "press"]

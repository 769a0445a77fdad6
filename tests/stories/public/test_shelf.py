"""What stands on the shelf, and what is counted there."""

import pytest
from django.contrib.postgres.search import SearchVector
from django.core.management import call_command
from django.db.models import Value

from stories import workflow
from stories.models import FacetCount, SearchWord, Story, StoryIndex
from stories.publication import publishing
from stories.search import search_index
from stories.workflow import Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def words():
    return dict(SearchWord.objects.values_list("word", "stories"))


def counts():
    return {(row.kind, row.key): row.stories for row in FacetCount.objects.all()}


def test_words_of_four_letters_are_counted_once_for_each_story():
    told.story(title="Trams", text="Trams and trams at the dépôt. A big one!")
    told.story(title="Buses", text="Buses, and one tram; no depot.")

    assert words()["depot"] == 2
    assert words()["trams"] == 1
    assert words()["tram"] == 1
    assert not {"big", "one", "and", "the", "with"} & words().keys()


def test_a_story_that_goes_takes_its_words_with_it():
    story = told.story(title="Trams", text="Trams run.")
    other = told.story(title="Trams", text="Again.")

    search_index.take(story)
    assert words()["trams"] == 1
    search_index.take(story)
    search_index.take(other)

    assert words() == {}
    assert counts() == {}


def test_a_story_that_is_put_again_is_counted_as_it_is_now():
    ward, thread, other = make.ward(), told.thread(), told.thread()
    story = told.story(title="Trams", text="Trams run.", ward=ward, threads=[thread], year_from=1962)
    search_index.put(story)
    story.threads.set([other])
    version = story.shown
    version.text, version.year_from = "Buses wait.", None
    version.save()

    search_index.put(story)

    assert words() == {"trams": 1, "buses": 1, "wait": 1, "ward": 1, "thread": 1}  # both have names
    assert counts() == {
        ("every", ""): 1,
        ("language", "en"): 1,
        ("thread", str(other.pk)): 1,
        ("ward", str(ward.pk)): 1,
    }


def test_a_story_that_is_deleted_with_all_its_rows_is_counted_out():
    story = told.story(title="Trams", text="Trams run.", ward=make.ward())
    Story.objects.update(status="withdrawn")  # behind the back of the workflow, which would take it from the shelf

    story.delete()

    assert words() == {}
    assert counts() == {}


def test_a_ward_that_is_deleted_is_counted_out():
    ward = make.ward()
    told.story(ward=ward)

    ward.delete()

    assert ("ward", str(ward.pk)) not in counts()
    assert counts()[("every", "")] == 1


@pytest.mark.parametrize("step", ["withdraw", "hold"])
def test_what_is_not_published_is_not_on_the_shelf(step):
    story = told.story(title="Trams")

    workflow.take(step, story, by=Role.TELLER if step == "withdraw" else Role.PORTAL)

    assert not StoryIndex.objects.exists()
    assert words() == {}


@pytest.mark.parametrize(
    ("shown_as", "age", "name"),
    [("full", "18-plus", "Tess Teller"), ("first", "18-plus", "Tess"), ("pen", "18-plus", "Owl"),
     ("none", "18-plus", ""), ("full", "13-17", "Tess")],
)  # fmt: skip
def test_the_shelf_holds_the_name_that_is_shown_and_no_other(shown_as, age, name):
    story = told.story(shown_as=shown_as, pen_name="Owl", age=age)

    row = StoryIndex.objects.get()

    assert row.told_by == name
    if name != "Tess Teller":
        everything = str(StoryIndex.objects.values().get(pk=story.pk))
        assert "Teller" not in everything


def test_answers_to_a_call_and_the_place_are_searched():
    told.story(answers=[{"question": "Who told you?", "answer": "My grandmother Philomena"}], place="Arboretum")

    assert {"philomena", "arboretum"} <= words().keys()


def test_a_cover_is_of_the_first_picture_that_may_be_shown():
    story = told.story()
    told.picture(story, people=[{"consent": "refused"}])
    second = told.picture(story, description="The second")

    cover = StoryIndex.objects.get().cover

    assert cover["key"] == str(second.key)


def test_a_cover_is_not_shown_after_the_last_day_of_a_consent():
    story = told.story()
    told.picture(story)
    row = StoryIndex.objects.get()
    row.cover["until"] = "2020-01-01"
    assert row.picture is None
    row.cover["until"] = "2999-01-01"

    assert row.picture is not None


def test_a_card_of_a_story_with_a_note_shows_no_picture():
    story = told.story(content_note="Talks of a death.")
    told.picture(story)

    assert StoryIndex.objects.get().card["src"] == ""


def test_lists_leave_what_only_search_needs_in_the_database():
    told.story()

    assert {"search", "short", "words"} <= StoryIndex.objects.get().get_deferred_fields()


@pytest.mark.parametrize(
    ("title", "letter"), [("“Élan”", "É"), ("دربی", "د"), ("!!!", "·"), ("ßtrange", "S"), ("鐵路", "鐵")]
)
def test_a_cloth_bears_the_first_letter_of_any_script(title, letter):
    told.story(title=title)

    assert StoryIndex.objects.get().card["letter"] == letter


def test_a_story_is_indexed_again_when_its_thread_call_or_place_has_another_name():
    ward, thread, call = make.ward(name="Litchurch"), told.thread(title="Railways"), told.call(title="At work")
    story = told.story(title="X", text="Y", ward=ward, threads=[thread], call=call)
    other = told.story(title="Trams", text="Y")
    before = StoryIndex.objects.get(pk=story.pk)
    assert list(search_index.not_indexed()) == []

    for thing, name in ((thread, "title"), (call, "title"), (ward, "name")):
        setattr(thing, name, f"Windmills {thing.pk}")
        thing.save()
        assert list(search_index.not_indexed()) == [story.pk]
        assert publishing.reindex() == 1

    after = StoryIndex.objects.get(pk=story.pk)
    assert after.names.count("Windmills") == 3
    assert "windmills" in words()
    assert not {"railways", "work", "litchurch"} & words().keys()
    assert after.modified_at == before.modified_at
    assert counts()[("every", "")] == 2
    assert list(search_index.not_indexed()) == []
    assert other.slug


def test_a_name_that_is_public_no_more_is_searched_no_more():
    thread = told.thread(title="Railways")
    story = told.story(threads=[thread])
    thread.status = "draft"
    thread.save()

    assert list(search_index.not_indexed()) == [story.pk]
    publishing.reindex()

    assert StoryIndex.objects.get().names == ""


def test_what_was_indexed_by_older_rules_is_indexed_again_by_a_command(client, capsys):
    story = told.story(title="Coconut/Ritzy")
    told.story(title="Trams")
    row = StoryIndex.objects.filter(pk=story.pk)
    row.update(search=SearchVector(Value("Coconut/Ritzy")), index_version=0, words=[])
    assert story.slug not in client.get("/stories/search/?q=ritzy").text.partition('id="nothing-h"')[0]

    call_command("reindex")

    assert capsys.readouterr().out == "Stories indexed again: 1.\n"
    assert story.slug in client.get("/stories/search/?q=ritzy").text.partition('id="found-h"')[2]
    assert words()["ritzy"] == 1


def test_a_story_that_went_meanwhile_is_not_brought_back(monkeypatch):
    story = told.story()
    StoryIndex.objects.filter(pk=story.pk).update(index_version=0)
    stale = list(search_index.not_indexed())
    workflow.take("withdraw", story, by=Role.TELLER)
    monkeypatch.setattr(search_index, "not_indexed", lambda: stale)

    assert publishing.reindex() == 0
    assert not StoryIndex.objects.exists()

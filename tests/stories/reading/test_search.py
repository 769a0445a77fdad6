"""Finding stories by words: in any spelling and script, and whatever somebody types."""

import re

import pytest
from django.db import connection

from stories import shelf
from stories.models import ShelvedStory
from stories.reading import finding, spelling
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def found(client, q, **asked):
    page = client.get("/stories/search/", {"q": q} | asked)
    assert page.status_code == 200
    results = page.text.partition('id="found-h"')[2]
    return re.findall(r'<h3 lang="[^"]*" dir="[^"]*"><a href="/stories/([^/]+)/"', results)


def slugs(*stories):
    return [story.slug for story in stories]


@pytest.mark.parametrize(
    "q", ["railway", "RAILWAYS", "the railway", "raílway", '"old railway"', "railway -tram", "tram OR railway"]
)
def test_words_are_found_in_any_form(client, q):
    story = told.story(title="My old railway", text="It had carriages.")
    told.story(title="Something else")

    assert found(client, q) == slugs(story)


@pytest.mark.parametrize(
    ("language", "text", "q"),
    [
        ("pl", "Przyjechałam do Derby z Łodzi pociągiem.", "pociagiem"),
        ("ur", "میں ڈربی آیا تو سردی تھی۔", "سردی"),
        ("pa", "ਮੈਂ ਡਰਬੀ ਵਿੱਚ ਰੇਲਵੇ ਵਿੱਚ ਕੰਮ ਕੀਤਾ।", "ਰੇਲਵੇ"),
        ("uk", "Я приїхала до Дербі взимку.", "взимку"),
        ("zh", "我在德比鐵路工廠工作。", "鐵路工廠"),
        ("am", "ደርቢ ውስጥ እኖራለሁ።", "እኖራለሁ"),
        ("und", "Ngiyahlala eDerby nomndeni wami.", "nomndeni"),
    ],
)
def test_stories_are_found_in_any_script(client, language, text, q):
    story = told.story(title="X", text=text, language=language)

    assert found(client, q) == slugs(story)


def test_signs_that_stand_apart_are_not_a_word(client):
    told.story(title="X", text="鐵 a 路", language="zh")

    assert found(client, "鐵路") == []


@pytest.mark.parametrize(
    "q", ["railwya", "ralway", "raillway", "railwau", "RAILWYA", "dreby", "tehatre", "thetre dreby"]
)
def test_a_misspelling_is_forgiven_and_said(client, q):
    story = told.story(title="The railway and the theatre of Derby")

    page = client.get("/stories/search/", {"q": q})

    assert story.slug in page.text
    assert f"Nothing for “{q}”. These are for" in page.text


def test_only_words_that_somebody_can_read_are_suggested():
    hidden = told.story(title="Philomena", status="submitted")
    gone = told.story(title="Philomela")
    shelf.take(gone)

    assert spelling.corrected("Philomenna") == ""
    assert hidden.slug


def test_some_of_the_words_are_better_than_nothing(client):
    story = told.story(title="The carnival")

    page = client.get("/stories/search/", {"q": "carnival xqzzyx"})

    assert story.slug in page.text
    assert "No story has all of these words" in page.text


def test_the_page_is_never_empty(client):
    story, thread = told.story(), told.thread(title="Railways")

    for q in ("", "xqzzyx", "the"):
        page = client.get("/stories/search/", {"q": q}).text
        assert thread.title in page
        assert story.slug in page


HOSTILE = [
    "\0", "a\0b", "x" * 10_000, "' OR 1=1 --", '"', '""', "'", "\\", "((((", "a & b | !c", "<script>", "%", "%s",
    "%(q)s", "{0}", ":*", "-", "--", "OR", "or or or", "-a -b", "a" * 199 + " b", "word " * 500, "\u202e", "\uffff",
    "😀", "*", "a:b", "\ud800".encode("utf-8", "replace").decode(), "-derby", "1 2 3", "\t\n",
]  # fmt: skip


@pytest.mark.parametrize("q", HOSTILE)
def test_no_question_is_an_error(client, q):
    told.story(title="Derby one")

    page = client.get("/stories/search/", {"q": q})

    assert page.status_code == 200
    assert "<script>" not in page.text.replace('<script type="application/ld+json">', "")


@pytest.mark.parametrize("name", ["after", "thread", "ward", "language", "before"])
@pytest.mark.parametrize(
    "value", ["", "\0", "x", "1-2-3", "9" * 30, "-1", "1-99999999999999999-1", "2147483648-1-1", "é"]
)
def test_no_address_is_an_error(client, name, value):
    told.story(title="Derby one")

    assert client.get("/stories/search/", {"q": "derby", name: value}).status_code == 200
    assert client.get("/stories/all/", {name: value}).status_code == 200


def test_it_is_narrowed_by_thread_place_and_language(client):
    thread, ward = told.thread(title="Railways"), make.ward()
    story = told.story(title="Steam one", threads=[thread], ward=ward, language="pl")
    told.story(title="Steam two")

    page = client.get("/stories/search/", {"q": "steam"}).text

    assert f"thread={thread.slug}" in page
    assert f"ward={ward.slug}" in page
    for name, value in (("thread", thread.slug), ("ward", ward.slug), ("language", "pl")):
        assert found(client, "steam", **{name: value}) == slugs(story), name


def test_a_title_ranks_before_a_word_in_passing(client):
    words = "We walked on and on along the canal. " * 20
    told.story(title="A walk", text=f"{words} Then came the falcon.")
    best = told.story(title="The falcon")
    told.story(title="Another walk", text=f"{words} No falcon now.")

    assert found(client, "falcon")[0] == best.slug


def test_pages_hold_each_story_once(client):
    stories = {told.story(title=f"Steam {number}").slug for number in range(60)}

    seen, address = [], "/stories/search/?q=steam"
    while address:
        page = client.get(address).text
        seen += re.findall(r'<a href="/stories/([^/]+)/">Steam', page)
        found = re.search(r'href="(\?[^"]+)" rel="next"', page)
        address = "/stories/search/" + found.group(1).replace("&amp;", "&") if found else ""

    assert len(seen) == 60
    assert set(seen) == stories


def test_of_very_many_only_the_newest_are_ranked_and_the_page_says_about(client, monkeypatch):
    monkeypatch.setattr(finding, "MOST_RANKED", 0)
    monkeypatch.setattr(finding, "NEWEST_RANKED", 3)
    for number in range(5):
        newest = told.story(title=f"Steam {number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stories_shelvedstory")

    page = client.get("/stories/search/", {"q": "steam"}).text

    assert "About 5 stories" in page
    assert newest.slug in page
    assert len(re.findall(r">Steam \d<", page)) == 3


def test_a_withdrawn_story_is_found_no_more(client):
    story = told.story(title="Philomena")
    assert found(client, "philomena") == slugs(story)

    shelf.take(story)

    assert found(client, "philomena") == []


def test_a_hidden_name_finds_nothing(client):
    told.story(title="X", full_name="Zebedee Zamorano", shown_as="none")

    assert found(client, "Zebedee") == []
    assert not ShelvedStory.objects.filter(told_by__contains="Z").exists()


def test_a_worker_keeps_no_answers(client):
    assert client.get("/stories/search/", {"q": "x"}).headers["Cache-Control"] == "max-age=30"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("derby", "derby", 0), ("dreby", "derby", 1), ("", "ab", 2), ("abc", "", 3), ("railwya", "railways", 2)],
)
def test_slips_are_counted_as_people_make_them(one, other, count):
    assert spelling.slips(one, other) == count


def test_two_figures_of_a_guess_are_said():
    assert [finding.Found("x", count=number).about for number in (7, 99, 12_345, 87_654)] == [7, 99, 12_000, 88_000]

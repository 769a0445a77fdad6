"""Finding stories by words: in any spelling and script, and whatever somebody types."""

import re

import pytest
from django.db import connection

from cms.search import time_limit
from stories.models import StoryIndex
from stories.search import search_index, search_query, spelling
from tests import make
from tests import make_stories as told
from tests.stories.public.copies import copies

pytestmark = pytest.mark.django_db


def found(client, q, **asked):
    page = client.get("/stories/search/", {"q": q} | asked)
    assert page.status_code == 200
    results = page.text.partition('id="found-h"')[2]
    return re.findall(r'<h3 lang="[^"]*" dir="[^"]*"><a href="/stories/([^/]+)/"', results)


def slugs(*stories):
    return [story.slug for story in stories]


@pytest.mark.parametrize(
    "q",
    [
        "railway",
        "RAILWAYS",
        "the railway",
        "raílway",
        '"old railway"',
        "railway -tram",
        "tram OR railway",
    ],
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


AS_TYPED = [  # what stands in a story, and how somebody asks for it
    ("The Pink Coconut/Ritzy and Zanzibar; we sold fish/chips.", ["Ritzy", "chips", "fish and chips", "pink coconut"]),
    ("In the Covid-19 spring of 1950-51 I came to the R.A.F. dance.", ["covid 19", "covid19", "raf", "RAF", "1950/51"]),
    ("See www.derbyhistory.example.org/trams/1904, by the No.7 shop.", ["derbyhistory", "No. 7", "no7", "trams 1904"]),
    (
        "The Loco\u00admotive cost 1,250.75 pounds at Rolls-Royce.",
        ["locomotive", "1250.75", "rolls royce", "rollsroyce"],
    ),
    ("Learning IT, and how to fly a 🪁.", ["IT", "it", "🪁"]),
]


@pytest.mark.parametrize(("text", "q"), [(text, q) for text, asked in AS_TYPED for q in asked])
def test_joined_words_initials_figures_and_signs_are_found_as_people_type_them(client, text, q):
    story = told.story(title="X", text=text)
    told.story(title="How it was", text="We had a tram.")

    assert found(client, q) == slugs(story)


def test_a_joined_name_is_found_however_it_is_misspelt(client):
    story = told.story(title="My years at Rolls-Royce")

    page = client.get("/stories/search/", {"q": "rolsroyce"}).text

    assert story.slug in page
    assert "Nothing for “rolsroyce”. These are for <strong>rollsroyce</strong>." in page


def test_a_story_is_found_by_the_names_of_its_thread_call_and_place(client):
    ward = make.ward(name="Litchurch Park")
    story = told.story(
        title="X",
        text="Still building.",
        threads=[told.thread(title="Railways")],
        call=told.call(title="At work"),
        ward=ward,
    )
    best = told.story(title="Y", text="The railway.")
    told.story(title="Z", text="A walk in the park.", threads=[told.thread(title="Buses", status="draft")])

    assert found(client, "railway") == slugs(best, story)
    assert found(client, "railways building") == slugs(story)
    assert found(client, "at work") == slugs(story)
    assert found(client, "litchurch") == slugs(story)
    assert found(client, "buses") == []


def test_words_that_must_not_be_there_are_not_offered_in_their_place(client):
    told.story(title="The carnival")

    assert found(client, "-carnival -tram") == []


def test_only_words_that_somebody_can_read_are_suggested():
    hidden = told.story(title="Philomena", status="submitted")
    gone = told.story(title="Philomela")
    search_index.take(gone)

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
    monkeypatch.setattr(search_query, "most_ranked", lambda _: 0)
    monkeypatch.setattr(search_query, "NEWEST_RANKED", 3)
    for number in range(5):
        newest = told.story(title=f"Steam {number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stories_storyindex")

    page = client.get("/stories/search/", {"q": "steam"}).text

    assert "About 5 stories" in page
    assert newest.slug in page
    assert len(re.findall(r">Steam \d<", page)) == 3


COUNTED = """
UPDATE stories_storyindex SET search = to_tsvector('stories_english', CASE
    WHEN story_id % 10 < 3 THEN 'steam whistle' WHEN story_id % 10 < 4 THEN 'steam'
    WHEN story_id % 10 < 8 THEN 'whistle steam' ELSE 'bus' END)
"""


@pytest.mark.parametrize(
    ("q", "share"),
    [
        ("steam", 0.8),
        ("steam whistle", 0.7),
        ('"steam whistle"', 0.3),
        ("steam -whistle", 0.1),
        ("whistle OR bus", 0.9),
    ],
)
def test_about_is_right_within_a_fifth(client, monkeypatch, q, share):
    """Also where words stand together in most of the stories that have one of them: no guess knows that."""
    monkeypatch.setattr(search_query, "most_ranked", lambda _: 20)
    monkeypatch.setattr(search_query, "NEWEST_RANKED", 10)
    copies(told.story(title="X"), 499)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        cursor.execute("ANALYZE stories_storyindex")

    seen = search_query.find(q)

    assert seen.is_about
    assert seen.about == pytest.approx(500 * share, rel=0.2)


def test_what_hardly_fits_is_counted_though_its_words_are_common(monkeypatch):
    """The guess for a phrase is that for its words; the newest stories would be read to their end for it."""
    monkeypatch.setattr(search_query, "most_ranked", lambda _: 20)
    copies(told.story(title="X"), 99)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        cursor.execute("UPDATE stories_storyindex SET search = to_tsvector('bus steam') WHERE slug = 'copy-7'")
        cursor.execute("ANALYZE stories_storyindex")

    seen = search_query.find('"bus steam"')

    assert (seen.is_about, seen.count, [story.slug for story in seen.stories]) == (False, 1, ["copy-7"])


@pytest.mark.parametrize(("stories", "most"), [(0, 2_000), (10_000, 2_000), (110_000, 6_620), (1_000_000, 20_000)])
def test_how_many_are_ranked_grows_with_the_root_of_the_shelf(stories, most):
    assert search_query.most_ranked(stories) == most


def test_a_question_that_takes_too_long_is_given_up_and_the_page_says_so(client, monkeypatch):
    monkeypatch.setitem(time_limit.LIMITS, "statement_timeout", "50")
    monkeypatch.setattr(search_query, "_READ", "SELECT pg_sleep(5)::text, '', '', '', 0")
    told.story(title="The carnival")

    page = client.get("/stories/search/", {"q": "carnival"})

    assert page.status_code == 200
    assert "That took too long" in page.text
    assert "Try fewer words" in page.text
    assert "Nothing for" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "The carnival" in page.text  # among the newest


def test_a_withdrawn_story_is_found_no_more(client):
    story = told.story(title="Philomena")
    assert found(client, "philomena") == slugs(story)

    search_index.take(story)

    assert found(client, "philomena") == []


def test_a_hidden_name_finds_nothing(client):
    told.story(title="X", full_name="Zebedee Zamorano", shown_as="none")

    assert found(client, "Zebedee") == []
    assert not StoryIndex.objects.filter(told_by__contains="Z").exists()


def test_a_worker_keeps_no_answers(client):
    assert client.get("/stories/search/", {"q": "x"}).headers["Cache-Control"] == "max-age=30"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("derby", "derby", 0), ("dreby", "derby", 1), ("", "ab", 2), ("abc", "", 3), ("railwya", "railways", 2)],
)
def test_slips_are_counted_as_people_make_them(one, other, count):
    assert spelling.slips(one, other) == count


def test_two_figures_of_a_guess_are_said():
    assert [search_query.Found("x", count=number).about for number in (7, 99, 12_345, 87_654)] == [
        7,
        99,
        12_000,
        88_000,
    ]

"""The page of a story: what it says, what it hides, and what is left of it when it has gone."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.shortcuts import render
from django.test import Client
from django.utils import timezone

from derbycity.sitemaps import Stories
from stories import workflow
from stories.models import Erasure, Story
from stories.public import views
from stories.publication import publishing
from stories.workflow import Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
MARK = "zebrafish"


def read(story):
    response = Client().get(f"/stories/{story.slug}/")
    assert response.status_code == 200
    return response.text


def test_the_page_shows_what_was_told():
    ward = make.ward(name="Darley")
    story = told.story(
        title="My first day", text="One.\n\nTwo,\nand more.", when_words="1962", place="Nightingale Road", ward=ward
    )

    page = read(story)

    assert '<h1 lang="en-GB" dir="ltr">My first day</h1>' in page
    assert "Told by</dt><dd><bdi>Tess Teller</bdi>" in page
    assert '<p class="opening">One.</p><p>Two,<br>and more.</p>' in page
    assert "<bdi>1962</bdi>" in page
    assert f'<a href="{ward.get_absolute_url()}">Darley ward</a>' in page
    assert "1 minute to read" in page
    assert f'href="/concern/{story.slug}/"' in page
    assert "© the storyteller" in page


def test_a_story_told_without_a_name_says_so_once_and_plainly():
    page = read(told.story(shown_as="none"))

    assert "Told by" not in page
    assert page.count("It was told without a name.") == 1


def test_a_sample_is_told_by_nobody():
    page = read(told.story(way="sample"))

    assert "Told by" not in page
    assert "Sample story, written by the site team" in page


@pytest.mark.parametrize(
    ("samples", "people", "said"),
    [(1, 0, "samples, written by the site team"), (1, 1, "Samples by the site team are marked"), (0, 1, "have lived.")],
)
def test_words_about_stories_are_true_of_those_that_stand_there(samples, people, said):
    for way, many in (("sample", samples), ("online", people)):
        for _ in range(many):
            told.story(way=way)

    home, index = Client().get("/").text, Client().get("/stories/").text

    assert said in home
    assert ("What people here have lived" in home) == bool(people)
    assert ("told by the people who live it" in index) == bool(people)
    assert ("samples by the site team" in index.lower()) == bool(samples)


def test_languages_without_a_story_invite_in_their_own_words():
    told.story(language="pl")

    page = Client().get("/stories/languages/").text

    assert '<h3 lang="ur" dir="rtl"><a href="/tell/">اپنی کہانی سنائیں</a></h3>' in page
    assert "Opowiedz swoją historię" not in page


def test_nothing_told_becomes_part_of_the_page():
    evil = "<script>alert(1)</script>\"'&<b>"
    story = told.story(
        title=f"T {evil}", text=evil, place=evil, when_words=evil, content_note=evil, full_name=evil,
        answers=[{"question": evil, "answer": evil}],
    )  # fmt: skip
    told.picture(story, description=evil, caption=evil, credit=evil)

    for address in (f"/stories/{story.slug}/", "/stories/", "/stories/feed.atom", "/stories/search/?q=alert"):
        page = Client().get(address).text
        assert "<script>alert" not in page, address
        assert "<b>" not in page, address


@pytest.mark.parametrize(
    ("language", "lang", "direction"),
    [("en", "en-GB", "ltr"), ("ur", "ur", "rtl"), ("pa", "pa", "ltr"), ("und", "", "auto"), ("ckb", "ckb", "rtl")],
)
def test_title_text_and_card_say_their_language(language, lang, direction):
    story = told.story(title="Marker title", text="Marker text", language=language)

    page = read(story)

    assert f'<h1 lang="{lang}" dir="{direction}">' in page
    assert f'<div class="told" lang="{lang}" dir="{direction}">' in page
    card = f'<h3 lang="{lang}" dir="{direction}"><a href="/stories/{story.slug}/">'
    assert card in Client().get("/stories/all/").text


def test_a_distressing_story_is_opened_by_whoever_wants_to_read_it():
    story = told.story(text="It was dreadful.", content_note="Talks of a death.")
    picture = told.picture(story)

    page = read(story)

    before, _, inside = page.partition("<details")
    inside, _, after = inside.partition("</details>")
    assert "Talks of a death." in before
    assert "It was dreadful." in inside
    assert str(picture.key) in inside
    assert "dreadful" not in before + after
    assert str(picture.key) not in before + after
    listed = Client().get("/stories/").text + Client().get("/stories/feed.atom").text
    assert "dreadful" not in listed
    assert str(picture.key) not in listed


def test_a_sample_says_so_wherever_it_stands():
    source = make.source(publisher="The Guild of Weavers")
    story = told.story(way="sample", drawing="mill", title="A sample")
    story.sources.add(source)

    page = read(story)

    assert page.count("Sample story, written by the site team") >= 1
    assert "No resident sent it in" in page
    assert "The Guild of Weavers" in page
    assert 'alt="A drawing of a tall brick mill' in page
    assert "Sample story" in Client().get("/stories/all/").text
    assert '"author":{"@type":"Organization"' in page


def test_a_picture_has_its_sizes_description_caption_and_credit():
    story = told.story()
    picture = told.picture(story, description="A tram", caption="In the rain", credit="Uncle Bob")

    page = read(story)

    assert f'type="image/avif" srcset="/stories/pictures/{picture.key}/1/320.avif 320w' in page
    assert 'alt="A tram"' in page
    assert "In the rain" in page
    assert "Picture: <bdi>Uncle Bob</bdi>. © the storyteller" in page
    assert f"/concern/{story.slug}/?picture={picture.key}" in page
    assert f'og:image" content="http://testserver/stories/pictures/{picture.key}/1/wide.jpg"' in page


@pytest.mark.parametrize("people", [[{"consent": "refused"}], [{"is_child": True, "consent": "not_asked"}]])
def test_a_picture_that_somebody_stands_against_is_nowhere(people):
    story = told.story(threads=[told.thread()])
    picture = told.picture(story, people=people)

    everything = [f"/stories/{story.slug}/", "/stories/", "/stories/all/", "/stories/feed.atom", "/"]

    assert [address for address in everything if str(picture.key) in Client().get(address).text] == []


NAMES = {"none": "", "pen": "Owl", "first": "Zebrafish"}


@pytest.mark.parametrize("shown_as", NAMES)
def test_a_hidden_name_is_hidden_everywhere(shown_as):
    thread, ward, partner, programme = told.thread(), make.ward(), make.partner(), make.programme()
    story = told.story(
        full_name="Zebrafish Quokka", shown_as=shown_as, pen_name="Owl", email="zebrafish.quokka@example.org",
        threads=[thread], ward=ward, partner=partner, programme=programme, year_from=1962,
    )  # fmt: skip
    told.picture(story, credit="")
    addresses = [
        f"/stories/{story.slug}/", "/stories/", "/stories/all/", "/stories/time/1960s/", "/stories/feed.atom",
        f"/stories/threads/{thread.slug}/", f"/stories/places/{ward.slug}/", f"/stories/programmes/{programme.slug}/",
        f"/stories/partners/{partner.slug}/", "/stories/search/?q=quokka", "/stories/search/?q=derby", "/",
        "/sitemap.xml", "/sitemap-story.xml", *(thing.get_absolute_url() for thing in (ward, partner, programme)),
    ]  # fmt: skip

    for address in addresses:
        page = (
            Client().get(address).text.lower().replace("q=quokka", "").replace("“quokka”", "").replace('"quokka"', "")
        )
        assert "quokka" not in re.sub(r"<title>.*?</title>", "", page), address
        assert ("zebrafish" in page) <= (shown_as == "first"), address
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', read(story)).group(1))["@graph"][0]
    assert data.get("author", {}).get("name", "") == NAMES[shown_as]


def test_programme_partner_call_and_ward_are_named_if_they_are_public():
    programme, partner, call = make.programme(), make.partner(), told.call()
    story = told.story(programme=programme, partner=partner, way="partner", call=call)
    page = read(story)
    assert programme.get_absolute_url() in page
    assert partner.get_absolute_url() in page
    assert call.get_absolute_url() in page

    for thing in (programme, partner, call):
        thing.publish_at = timezone.now() + timezone.timedelta(days=1)
        thing.save()

    page = read(story)
    for thing in (programme, partner, call):
        assert thing.get_absolute_url() not in page


def test_programme_partner_and_ward_pages_show_their_stories():
    things = {"programme": make.programme(), "partner": make.partner(), "ward": make.ward()}
    story = told.story(**things)

    for thing in things.values():
        assert f"/stories/{story.slug}/" in Client().get(thing.get_absolute_url()).text
    assert f"/stories/{story.slug}/" in Client().get("/").text
    assert " lit" in Client().get("/wards/").text

    workflow.take("withdraw", story, by=Role.TELLER)

    for thing in things.values():
        assert f"/stories/{story.slug}/" not in Client().get(thing.get_absolute_url()).text
    assert f"/stories/{story.slug}/" not in Client().get("/").text
    assert 'class="tile lit"' not in Client().get("/wards/").text


def test_related_stories_share_a_thread():
    thread, other = told.thread(question="Who taught you?"), told.thread()
    story = told.story(threads=[thread])
    near = told.story(title="Near", threads=[thread])
    told.story(title="Far", threads=[other])

    page = read(story)

    assert near.slug in page.partition("More from the same threads")[2]
    assert "Far" not in page
    assert "Who taught you?" in page
    assert f"/tell/?thread={thread.slug}" in page


# States

GONE, HIDDEN = 410, 404
ANSWERS = {
    "draft": HIDDEN, "awaiting_address": HIDDEN, "awaiting_guardian": HIDDEN, "submitted": HIDDEN, "in_review": HIDDEN,
    "change_asked": HIDDEN, "approved": HIDDEN, "scheduled": HIDDEN, "published": 200, "withdrawn": HIDDEN,
    "declined": HIDDEN, "held": HIDDEN, "removed": HIDDEN,
}  # fmt: skip


def test_every_state_is_in_the_table():
    assert ANSWERS.keys() == set(Story.Status.values)


@pytest.mark.parametrize("status", ANSWERS)
@pytest.mark.parametrize("was_public", [False, True])
@pytest.mark.parametrize("who", ["anyone", "stranger", "moderator"])
def test_who_reads_what(browse, status, was_public, who):
    story = told.story(status=status, title=f"The {MARK}", text=f"A {MARK}.")
    if was_public:
        story.published_at = timezone.now()
        story.save()

    response = browse(who).get(f"/stories/{story.slug}/")

    expected = GONE if was_public and status in ("withdrawn", "removed") else ANSWERS[status]
    assert response.status_code == expected
    assert (MARK in response.text) == (expected == 200)
    assert "Tess" not in response.text or expected == 200
    if expected != 200:
        assert response.headers["Cache-Control"] == "no-store"


def test_what_was_erased_is_gone():
    Erasure.objects.create(story_id_then=7, slug="bcdfghjk", receipt="R1", asked_by="teller")

    response = Client().get("/stories/bcdfghjk/")

    assert response.status_code == 410
    assert "belong to those who tell them" in response.text


def test_reading_sets_no_cookie_and_may_be_kept_by_anybody():
    response = Client().get(f"/stories/{told.story().slug}/")

    assert not response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=30"
    assert response.headers["ETag"]
    assert "cookie" not in response.headers.get("Vary", "").lower()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_story_takes_nothing_but_reading(method):
    assert getattr(Client(), method)(f"/stories/{told.story().slug}/").status_code == 405


# Other versions


def test_any_version_is_shown_as_it_would_be(rf):
    story = told.story(title="Old title")
    newer = told.version(story, title="New title", text="New words.", ward=make.ward(name="Oakwood"))

    context = views.context_of(story, newer, is_preview=True)
    page = render(rf.get("/"), "stories/detail.html", context).content.decode()

    assert "New title" in page
    assert "New words." in page
    assert "Oakwood ward" in page
    assert "Old title" not in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_story_that_is_not_public_yet_can_be_looked_at(rf):
    story = told.story(status="submitted", title="Waiting")

    page = render(rf.get("/"), "stories/detail.html", views.context_of(story, story.latest, is_preview=True))

    assert "Waiting" in page.content.decode()


def test_a_draft_without_words_can_be_looked_at(rf):
    story = told.story(status="draft", title="", text="", full_name="", shown_as="")

    assert render(rf.get("/"), "stories/detail.html", views.context_of(story, story.latest, is_preview=True)).content


# Feed and sitemap


def test_the_feed_is_atom_that_says_each_language():
    told.story(title="Moja historia", language="pl", text="Raz & dwa <b>", shown_as="none")
    told.story(title="My story")

    response = Client().get("/stories/feed.atom")

    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - made by us
    entries = feed.findall("a:entry", atom)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [(entry.find("a:title", atom).text, entry.get(lang)) for entry in entries] == [
        ("My story", "en-GB"), ("Moja historia", "pl"),
    ]  # fmt: skip
    assert [[name.text for name in entry.findall("a:author/a:name", atom)] for entry in entries] == [
        ["Tess Teller"],
        [],
    ]
    assert entries[1].find("a:summary", atom).text == "Raz &amp; dwa &lt;b&gt;"  # a feed's summary is HTML
    assert feed.find("a:id", atom).text == "http://testserver/stories/feed.atom"


def test_the_sitemap_is_split_and_names_every_public_story(monkeypatch):
    monkeypatch.setattr(Stories, "limit", 2)
    stories = {told.story().slug for _ in range(5)}
    hidden = told.story(status="withdrawn")

    index = Client().get("/sitemap.xml").text
    files = re.findall(r"<loc>http://testserver([^<]+)</loc>", index)
    pages = [Client().get(file).text for file in files if "-story.xml" in file]

    assert len(pages) == 3
    assert set(re.findall(r"/stories/([^/<]+)/</loc>", "".join(pages))) == stories
    assert hidden.slug not in "".join(pages)
    assert {Client().get(file).status_code for file in files} == {200}


def test_the_page_follows_when_something_about_it_is_refreshed():
    story = told.story()
    story.contributor.shown_as = "none"
    story.contributor.save()

    publishing.refresh(story)

    assert "Tess" not in Client().get("/stories/all/").text
    assert "Tess" not in read(story)


def test_what_stands_first_is_what_somebody_told_with_a_picture_and_without_a_note(client):
    def first():
        return re.search(r'id="lead-h"[^>]*><a href="/stories/([^/]+)/"', client.get("/stories/").text).group(1)

    sample = told.story(way="sample", drawing="mill")
    assert first() == sample.slug
    told.picture(told.story(content_note="Talks of a death."))
    assert first() == sample.slug
    plain = told.story()
    assert first() == plain.slug
    with_picture = told.story(published_at=timezone.now() - timezone.timedelta(days=3))
    told.picture(with_picture)
    assert first() == with_picture.slug

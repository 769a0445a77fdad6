"""What workers and browsers keep of stories is never older than the story."""

import re

import pytest
from django.db import connection
from django.test import Client

from stories import workflow
from stories.models import FacetCount, SearchWord
from stories.photos import takedown
from stories.workflow import Role
from tests import make
from tests import make_stories as told
from tests.cms.media.storing import Reader, committing

READ = {
    "stories_story", "stories_version", "stories_versionpicture", "stories_contributor", "stories_story_threads",
    "stories_story_sources", "stories_erasure", "stories_searchword", "stories_facetcount", "stories_consentversion",
    "stories_wordingline", "django_content_type",
}  # fmt: skip


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE_MB = 100


@pytest.fixture
def everywhere(transactional_db):
    """A story on every page there is, and the addresses of those."""
    thread, ward, programme, partner = told.thread(), make.ward(), make.programme(), make.partner()
    call = told.call()
    story = told.story(
        title="Philomena", threads=[thread], ward=ward, programme=programme, partner=partner, call=call, year_from=1962
    )
    picture = told.picture(story)
    addresses = [
        "/", "/stories/", "/stories/all/", "/stories/time/", "/stories/time/1960s/", f"/stories/threads/{thread.slug}/",
        f"/stories/places/{ward.slug}/", "/stories/languages/en/", f"/stories/programmes/{programme.slug}/",
        f"/stories/partners/{partner.slug}/", f"/stories/calls/{call.slug}/", f"/stories/calls/{call.slug}/stories/",
        "/stories/feed.atom", f"/stories/threads/{thread.slug}/feed.atom", "/sitemap-story.xml",
        ward.get_absolute_url(), programme.get_absolute_url(), partner.get_absolute_url(),
    ]  # fmt: skip
    return story, picture, addresses


@committing
def test_a_withdrawn_story_is_gone_from_every_kept_page_with_the_next_request(everywhere):
    story, picture, addresses = everywhere
    reader, page = Reader(), f"/stories/{story.slug}/"
    for address in [*addresses, page]:
        assert story.slug in reader.get(address).text, address
        assert reader.get(address).was_kept, address
    etag = reader.get(page).headers["ETag"]
    assert reader.get(page, if_none_match=etag).status_code == 304
    assert story.slug in reader.get("/stories/search/?q=philomena").text

    workflow.take("withdraw", story, by=Role.TELLER)

    left = [address for address in addresses if story.slug in reader.get(address).text]
    assert left == []
    assert reader.get(page).status_code == 410
    assert reader.get(page, if_none_match=etag).status_code == 410
    assert f'href="{page}"' not in reader.get("/stories/search/?q=philomena").text
    assert Client().get(picture.preview_url).status_code == 404


@committing
def test_a_hidden_picture_is_gone_from_every_kept_page_with_the_next_request(everywhere):
    story, picture, addresses = everywhere
    reader, page = Reader(), f"/stories/{story.slug}/"
    shown = [address for address in [*addresses, page] if str(picture.key) in reader.get(address).text]
    assert page in shown
    assert "/stories/" in shown

    takedown.hide(picture, by=Role.PORTAL, why="Somebody asked.")

    assert [address for address in shown if str(picture.key) in reader.get(address).text] == []


@committing
def test_no_reading_page_asks_a_table_that_changes_without_the_shelf(everywhere):
    """The tables in READ change for readers only together with the shelf, which is watched
    (stories/search/search_index.py)."""
    story, _, addresses = everywhere
    read = set()

    def note(execute, sql, params, many, context):
        read.update(re.findall(r'(?:FROM|JOIN) "?(\w+)"?', sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for address in [
            *addresses,
            f"/stories/{story.slug}/",
            *(f"/stories/{name}/" for name in ("threads", "places")),
        ]:
            Client().get(address)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE proname = 'cms_note_change'"
        )
        watched = {table for (table,) in cursor.fetchall()}

    tables = {name for name in read if name.startswith(("stories_", "programmes_", "partners_", "city_"))}
    assert tables - watched <= READ


@committing
def test_counts_hold_after_stories_came_and_went():
    stories = [told.story(title=f"Tram {number}", year_from=1960 + number) for number in range(4)]
    for story in stories[:3]:
        workflow.take("withdraw", story, by=Role.TELLER)

    assert dict(SearchWord.objects.values_list("word", "stories"))["tram"] == 1
    assert set(FacetCount.objects.values_list("kind", "key", "stories")) == {
        ("every", "", 1), ("language", "en", 1), ("year", "1963", 1),
    }  # fmt: skip

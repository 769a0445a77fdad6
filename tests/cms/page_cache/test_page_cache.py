"""Pages kept in memory. Only committed changes count, so most of these tests commit, and clean up after themselves."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from simple_history.models import HistoricalChanges

from city.models import Page, PageFigure, Source, Ward
from cms.media.models import Image
from cms.page_cache import middleware
from cms.page_cache.middleware import CacheStamp, KeptPage
from cms.page_cache.models import CacheInvalidation, ScheduledChange
from cms.publishing.models import Notice, ReviewRequest
from cms.site_settings.models import NamedBody, SiteSettings
from news.models import NewsItem, NewsPicture
from partners.models import ActingGrant, FormerName, Invitation, JoinRequest, Member, Partner, PersonInRole
from programmes.models import Audience, Funding, GoodPractice, HeadlineFigure, Involvement, Period, Programme, Step
from stories.models import (
    Call,
    CallPicture,
    DepictedPerson,
    Override,
    Question,
    StoryIndex,
    StoryPicture,
    Thread,
)
from tests import make
from tests.cms.media.storing import Reader, committing, database_now, edit, sql


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE_MB = 100


# Which tables are watched


def public_tables():
    """Of every model a public page could read, with the tables of its links; without histories, and without who speaks
    for a partner."""
    models = [
        model
        for app in ("city", "news", "partners", "programmes")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if not issubclass(model, HistoricalChanges) and not model.__name__.startswith("Historical")
        if not model.__name__.endswith("_given_to")  # who looks after a page is told to staff only
        if model not in (ActingGrant, Invitation, JoinRequest, Member)
    ]
    # Of stories readers see what stands on the shelf, which is written again whenever something about one changes; and
    # whether a picture may be shown.
    told = [Call, CallPicture, DepictedPerson, Override, Question, StoryIndex, StoryPicture, Thread]
    return {model._meta.db_table for model in [*models, *told, ReviewRequest, Image, NamedBody, Notice, SiteSettings]}


def watched_tables():
    """Each table with the kinds of its triggers: insert is 4, delete 8, update 16, truncate 32."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype, tgdeferrable FROM pg_trigger "
            "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'cms_note_change' AND tgenabled = 'O'"
        )
        watched = {}
        for table, kind, deferrable in cursor.fetchall():
            watched.setdefault(table, []).append((kind, deferrable))
        return {table: sorted(kinds) for table, kinds in watched.items()}


@pytest.mark.django_db
def test_every_table_a_public_page_reads_is_watched():
    each_way_to_change_it = [(kind, False) for kind in (4, 8, 16, 32)]

    assert watched_tables() == dict.fromkeys(public_tables(), each_way_to_change_it)


@pytest.mark.django_db
def test_the_tables_of_links_are_among_them():
    assert {"programmes_programme_themes", "partners_partner_wards", "city_page_sources"} <= public_tables()
    assert not [table for table in public_tables() if "historical" in table]


@pytest.mark.django_db
def test_no_page_asks_a_table_that_is_not_watched():
    """Whatever the introspection above thinks: what the pages really read."""
    partner, ward, theme, area = make.partner(), make.ward(), make.theme(), make.priority_area()
    programme = make.programme(lead=partner, themes=[theme], wards=[ward], priority_areas=[area])
    page = make.page(layout="learning_city")
    read = set()

    def note(execute, sql, params, many, context):
        read.update(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for thing in (partner, ward, theme, area, programme, page, make.news_item(said_by=partner)):
            assert Client().get(thing.get_absolute_url()).status_code == 200
        for address in (
            "/",
            "/programmes/",
            "/partners/",
            "/news/",
            "/wards/",
            "/themes/",
            "/sources/",
            "/sitemap.xml",
        ):
            assert Client().get(address).status_code == 200

    assert "programmes_programme" in read
    # What kinds there are, only a migration changes; what is counted of the shelf changes with the shelf.
    assert read <= {*watched_tables(), "django_content_type", "stories_facetcount"}


# Keeping


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/programmes/", "/programmes/?status=running", "/partners/", "/wards/", "/sitemap.xml"]
)
def test_a_kept_page_costs_one_question(address):
    make.programme(lead=make.partner())
    reader = Reader()

    first, again = reader.get(address), reader.get(address)

    assert not first.was_kept
    assert again.was_kept
    assert again.content == first.content
    assert again.headers == first.headers
    assert again.headers["Content-Security-Policy"]


CHANGES = {
    "a page is saved": lambda: edit(Page.objects.first(), title="Other"),
    "a page is added": lambda: make.page(),
    "a page is deleted": lambda: Page.objects.last().delete(),
    "rows are updated at once": lambda: Programme.objects.update(title="Other"),
    "rows are added at once": lambda: make.many_partners(2),
    "rows are changed by hand": lambda: sql("UPDATE city_theme SET title = 'Other'"),
    "a link is added": lambda: Programme.objects.first().wards.add(Ward.objects.first()),
    "a link is taken away": lambda: Programme.objects.last().audiences.clear(),
    "a link between programmes": lambda: Programme.objects.first().led_to.add(make.programme()),
    "a source is renamed": lambda: edit(Source.objects.get(), publisher="Other"),
    "a filter is renamed": lambda: edit(Audience.objects.get(), title="Other"),
    "a figure": lambda: HeadlineFigure.objects.update(value=2),
    "a figure of a page": lambda: PageFigure.objects.update(value=2),
    "a part of a partner": lambda: Involvement.objects.update(role="4-funder"),
    "a step": lambda: Step.objects.create(programme=Programme.objects.first(), when="2018", what="It began."),
    "a period": lambda: Period.objects.create(programme=Programme.objects.first(), label="2020/21"),
    "money": lambda: Funding.objects.create(programme=Programme.objects.first(), amount=5, what="Books"),
    "news": lambda: make.news_item(),
    "news about a partner": lambda: NewsItem.objects.first().partners.add(Partner.objects.first()),
    "a picture of news": lambda: NewsPicture.objects.create(
        news_item=NewsItem.objects.first(), image=Image.objects.first()
    ),
    "good practice": lambda: GoodPractice.objects.create(programme=Programme.objects.first(), problem="x"),
    "a former name": lambda: FormerName.objects.create(partner=Partner.objects.first(), name="Old"),
    "a person": lambda: PersonInRole.objects.create(partner=Partner.objects.first(), name="A", role="B", as_of="C"),
    "a notice": lambda: Notice.objects.create(
        text="Closed.", publish_at="2026-01-01T00:00Z", unpublish_at="2999-01-01T00:00Z"
    ),
    "the words of a picture": lambda: Image.objects.update(alternative_text="Other"),
    "a picture of a programme": lambda: make.programme_picture(
        programme=Programme.objects.first(), image=Image.objects.first()
    ),
    "a picture of a page": lambda: make.page_picture(page=Page.objects.first(), image=Image.objects.first()),
    "a whole table of links": lambda: Programme.themes.through.objects.all().delete(),
    "a table emptied by hand": lambda: sql("TRUNCATE city_pagefigure"),
}


@committing
def test_any_change_of_anything_public_makes_every_page_anew():
    source, theme = make.source(), make.theme()
    make.ward()
    make.image()
    make.page_figure(page=make.page(), source=source)
    make.figure(programme=make.programme(lead=make.partner(), themes=[theme], audiences=[make.audience()]))
    reader, kept_though_changed = Reader(), []

    for name, change in CHANGES.items():
        reader.get("/")
        assert reader.get("/").was_kept
        change()
        if reader.get("/").was_kept:
            kept_though_changed.append(name)

    assert not kept_though_changed


@committing
def test_what_changed_is_what_is_read():
    programme = make.programme(title="Before", flagship=1)
    reader = Reader()
    reader.get("/")

    edit(programme, title="After the change")

    assert "After the change" in reader.get("/").content.decode()
    assert "After the change" in reader.get("/").content.decode()


@committing
def test_a_change_of_something_private_changes_no_page():
    reader = Reader()
    reader.get("/")

    person = make.staff("Editor")
    Client().force_login(person)

    assert reader.get("/").was_kept


@committing
def test_a_change_that_is_taken_back_changes_nothing():
    programme = make.programme()
    reader, before = Reader(), middleware.read_stamp().stamp
    reader.get("/")

    with transaction.atomic():
        edit(programme, title="Never said")
        transaction.set_rollback(True)

    assert middleware.read_stamp().stamp == before
    assert reader.get("/").was_kept


@committing
def test_every_change_is_another_stamp():
    stamps = [middleware.read_stamp().stamp]
    for _ in range(3):
        make.page()
        stamps.append(middleware.read_stamp().stamp)
    Page.objects.all().delete()
    stamps.append(middleware.read_stamp().stamp)

    assert len(set(stamps)) == 5


@committing
def test_old_changes_are_cleared_away_and_the_pages_made_anew_once():
    page, reader = make.page(), Reader()
    for number in range(450):
        Page.objects.filter(pk=page.pk).update(title=f"Title {number}")

    assert CacheInvalidation.objects.count() <= 201
    assert "Title 449" in reader.get(page.get_absolute_url()).content.decode()
    assert reader.get(page.get_absolute_url()).was_kept


@committing
def test_clearing_up_does_not_lose_the_change_of_somebody_slow():
    """A change older than all that are cleared away, but committed after them."""
    page, busy = make.page(title="Before"), make.page()
    reader = Reader()
    changed, others_done = threading.Event(), threading.Event()

    def change():
        with transaction.atomic():
            edit(page, title="Afterwards")
            changed.set()
            others_done.wait(20)
        connection.close()

    slow = threading.Thread(target=change)
    slow.start()
    assert changed.wait(10)
    for number in range(300):
        Page.objects.filter(pk=busy.pk).update(title=f"Busy {number}")
    before = [reader.get(page.get_absolute_url()).was_kept for _ in range(2)]
    others_done.set()
    slow.join()

    assert before == [False, True]
    assert "Afterwards" in reader.get(page.get_absolute_url()).content.decode()


@committing
def test_until_it_is_committed_nobody_else_sees_a_change():
    """A page made while a change is under way is made anew once it is there."""
    page = make.page(title="Before")
    address, reader = page.get_absolute_url(), Reader()

    def change():
        with transaction.atomic():
            edit(page, title="Afterwards")
            changed.set()
            assert committed.wait(10)
        connection.close()

    changed, committed = threading.Event(), threading.Event()
    editor = threading.Thread(target=change)
    editor.start()
    assert changed.wait(10)
    during = reader.get(address)
    kept_during = reader.get(address)
    committed.set()
    editor.join()

    assert "Before" in during.content.decode()
    assert kept_during.was_kept
    assert "Afterwards" in reader.get(address).content.decode()


# Moments


@committing
def test_what_is_scheduled_appears_in_its_moment_and_goes_in_its_moment():
    now = database_now()
    appears, goes = now + timedelta(seconds=1.2), now + timedelta(seconds=2.4)
    make.programme(title="Zebrafish", flagship=1, publish_at=appears, unpublish_at=goes)
    reader = Reader()

    def shown():
        answer = reader.get("/")
        return "Zebrafish" in answer.content.decode(), answer.was_kept

    before = [shown(), shown()]
    time.sleep(max(0, (appears - database_now()).total_seconds()) + 0.05)
    during = [shown(), shown()]
    time.sleep(max(0, (goes - database_now()).total_seconds()) + 0.05)
    after = [shown(), shown()]

    assert before == [(False, False), (False, True)]
    assert during == [(True, False), (True, True)]
    assert after == [(False, False), (False, True)]


@committing
def test_only_moments_to_come_are_noted():
    now = database_now()
    past, to_come, later = now - timedelta(days=1), now + timedelta(days=1), now + timedelta(days=2)

    make.page(publish_at=past, unpublish_at=to_come)
    make.page(publish_at=later, status="draft")
    make.page(publish_at=later)

    assert sorted(set(ScheduledChange.objects.values_list("at", flat=True))) == [to_come, later]
    assert middleware.read_stamp().next_change == to_come


@pytest.mark.parametrize(
    ("stamp", "seconds", "is_good"),
    [("a", -1, True), ("a", 0, False), ("a", 1, False), ("b", -1, False), ("b", 1, False), (None, -1, False)],
)
def test_a_page_is_good_while_nothing_changed_and_no_moment_came(stamp, seconds, is_good):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    kept = KeptPage("a", moment, {}, b"")

    assert kept.is_good(CacheStamp(stamp, moment + timedelta(seconds=seconds), None)) is is_good


def test_a_page_without_a_moment_is_good_for_ever():
    assert KeptPage("a", None, {}, b"").is_good(CacheStamp("a", datetime(2999, 1, 1, tzinfo=UTC), None))

"""Pages kept in memory. Only committed changes count, so most of these tests commit, and clean up after themselves."""

import gzip
import re
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from simple_history.models import HistoricalChanges

from city.models import Page, PageFigure, Source, Theme, Ward
from editorial import edition
from editorial.edition import Kept, KeptPages, Now
from editorial.models import Edition, Image, Moment
from partners.models import FormerName, Partner, PersonInRole
from programmes.models import Audience, Funding, GoodPractice, HeadlineFigure, Involvement, Period, Programme, Step
from tests import make

committing = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.KEPT_PAGES = 100


def database_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


class Reader:
    """Somebody who asks one worker again and again, and counts how often the database was asked for it."""

    def __init__(self, **headers):
        self.client = Client(headers=headers)

    def get(self, address="/", **headers):
        questions = []

        def count(execute, sql, params, many, context):
            questions.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            answer = self.client.get(address, headers=headers)
        answer.was_kept = len(questions) == 1 and answer.status_code in (200, 304)
        return answer


# Which tables are watched


def public_tables():
    """Of every model a public page could read, with the tables of its links; without histories."""
    models = [
        model
        for app in ("city", "partners", "programmes")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if not issubclass(model, HistoricalChanges) and not model.__name__.startswith("Historical")
    ]
    return {model._meta.db_table for model in [*models, Image]}


def watched_tables():
    """Each table with the kinds of its triggers: insert is 4, delete 8, update 16, truncate 32."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype, tgdeferrable FROM pg_trigger "
            "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'editorial_note_change' AND tgenabled = 'O'"
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
        for thing in (partner, ward, theme, area, programme, page):
            assert Client().get(thing.get_absolute_url()).status_code == 200
        for address in ("/", "/programmes/", "/partners/", "/wards/", "/themes/", "/sources/", "/sitemap.xml"):
            assert Client().get(address).status_code == 200

    assert "programmes_programme" in read
    assert read <= set(watched_tables())


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


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


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
    "good practice": lambda: GoodPractice.objects.create(programme=Programme.objects.first(), problem="x"),
    "a former name": lambda: FormerName.objects.create(partner=Partner.objects.first(), name="Old"),
    "a person": lambda: PersonInRole.objects.create(partner=Partner.objects.first(), name="A", role="B", as_of="C"),
    "the words of a picture": lambda: Image.objects.update(alternative_text="Other"),
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
    reader, before = Reader(), edition.read().stamp
    reader.get("/")

    with transaction.atomic():
        edit(programme, title="Never said")
        transaction.set_rollback(True)

    assert edition.read().stamp == before
    assert reader.get("/").was_kept


@committing
def test_every_change_is_another_stamp():
    stamps = [edition.read().stamp]
    for _ in range(3):
        make.page()
        stamps.append(edition.read().stamp)
    Page.objects.all().delete()
    stamps.append(edition.read().stamp)

    assert len(set(stamps)) == 5


@committing
def test_old_changes_are_cleared_away_and_the_pages_made_anew_once():
    page, reader = make.page(), Reader()
    for number in range(450):
        Page.objects.filter(pk=page.pk).update(title=f"Title {number}")

    assert Edition.objects.count() <= 201
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

    assert sorted(set(Moment.objects.values_list("at", flat=True))) == [to_come, later]
    assert edition.read().next_moment == to_come


@pytest.mark.parametrize(
    ("stamp", "seconds", "is_good"),
    [("a", -1, True), ("a", 0, False), ("a", 1, False), ("b", -1, False), ("b", 1, False), (None, -1, False)],
)
def test_a_page_is_good_while_nothing_changed_and_no_moment_came(stamp, seconds, is_good):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    kept = Kept("a", moment, {}, b"")

    assert kept.is_good(Now(stamp, moment + timedelta(seconds=seconds), None)) is is_good


def test_a_page_without_a_moment_is_good_for_ever():
    assert Kept("a", None, {}, b"").is_good(Now("a", datetime(2999, 1, 1, tzinfo=UTC), None))


# What is kept, and what is not


def page(**headers):
    return HttpResponse("words", headers={"Cache-Control": "public, max-age=30"} | headers)


def with_cookie():
    response = page()
    response.set_cookie("session", "x")
    return response


def with_status(status):
    response = page()
    response.status_code = status
    return response


NEVER = {
    "with a cookie": with_cookie,
    "that no cache may hold": lambda: page(**{"Cache-Control": "no-store"}),
    "that is somebody's own": lambda: page(**{"Cache-Control": "private, max-age=30"}),
    "that says nothing about caches": lambda: HttpResponse("words"),
    "that depends on cookies": lambda: page(Vary="Accept-Encoding, Cookie"),
    "that is not found": lambda: with_status(404),
    "that moved": lambda: with_status(301),
    "that went wrong": lambda: with_status(500),
    "that is sent bit by bit": lambda: StreamingHttpResponse(["words"], headers={"Cache-Control": "public"}),
    "that is huge": lambda: HttpResponse("x" * 500_000, headers={"Cache-Control": "public"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", NEVER)
def test_a_page_that_is_not_for_everybody_is_not_kept(rf, kind):
    middleware = KeptPages(lambda _: NEVER[kind]())

    middleware(rf.get("/"))

    assert not middleware.pages


@pytest.mark.django_db
def test_a_page_for_everybody_is_kept(rf):
    asked = []
    middleware = KeptPages(lambda request: asked.append(request) or page())

    answers = [middleware(rf.get("/")) for _ in range(3)]

    assert [answer.content for answer in answers] == [b"words"] * 3
    assert len(asked) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/login/", "/health/ready", "/static/css/site.css", "/pictures/x.jpg"]
)
def test_some_addresses_are_never_kept_nor_looked_up(rf, address, django_assert_num_queries):
    middleware = KeptPages(lambda _: page())

    with django_assert_num_queries(0):
        middleware(rf.get(address))

    assert not middleware.pages


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["head", "post", "put", "delete", "options"])
def test_only_what_is_read_is_kept(rf, method):
    middleware = KeptPages(lambda _: page())

    middleware(getattr(rf, method)("/"))

    assert not middleware.pages


@pytest.mark.django_db
def test_with_the_memory_off_nothing_is_kept_nor_asked(rf, settings, django_assert_num_queries):
    settings.KEPT_PAGES = 0
    middleware = KeptPages(lambda _: page())

    with django_assert_num_queries(0):
        middleware(rf.get("/"))

    assert not middleware.pages


@pytest.mark.django_db
def test_other_addresses_hosts_and_questions_are_other_pages(rf, settings):
    settings.ALLOWED_HOSTS = ["*"]
    middleware = KeptPages(
        lambda request: HttpResponse(request.build_absolute_uri(), headers={"Cache-Control": "public"})
    )
    asked = [("/a/", "one.example"), ("/a/", "two.example"), ("/b/", "one.example"), ("/a/?x=1", "one.example")]

    answers = [middleware(rf.get(path, headers={"host": host})).content.decode() for path, host in asked * 2]

    assert answers == [f"http://{host}{path}" for path, host in asked * 2]


@pytest.mark.django_db
def test_the_memory_has_a_bound_and_forgets_what_nobody_asks_for(rf, settings):
    settings.KEPT_PAGES = 3
    middleware = KeptPages(lambda _: page())

    for number in range(50):
        middleware(rf.get("/often/"))
        middleware(rf.get(f"/?x={number}"))

    assert [key[1] for key in middleware.pages] == ["/?x=48", "/often/", "/?x=49"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nowhere/", "/admin/login/", "/programmes/nowhere/"])
def test_the_portal_keeps_no_page_of_these(address):
    reader = Reader()

    reader.get(address)

    assert not reader.get(address).was_kept


@pytest.mark.django_db
def test_somebody_signed_in_reads_the_same_pages_and_leaves_nothing_in_them():
    make.programme()
    person = make.staff("Administrator", name="Secret Name")
    reader = Reader()
    reader.client.force_login(person)

    first, again = reader.get("/"), reader.get("/")
    reader.client.logout()
    stranger = reader.get("/")

    assert again.was_kept
    assert stranger.was_kept
    assert first.content == stranger.content
    assert not stranger.cookies


@committing
def test_a_kept_page_that_the_reader_has_already_is_not_sent_again():
    reader = Reader()
    tag = reader.get("/").headers["ETag"]

    same, other = reader.get("/", if_none_match=tag), reader.get("/", if_none_match='"another"')
    make.programme(flagship=1)
    changed = reader.get("/", if_none_match=tag)

    assert (same.status_code, same.content, same.was_kept) == (304, b"", True)
    assert (other.status_code, other.was_kept) == (200, True)
    assert (changed.status_code, changed.was_kept) == (200, False)
    assert changed.headers["ETag"] != tag


@pytest.mark.django_db
def test_packed_and_plain_pages_are_kept_apart():
    reader = Reader()

    packed = [reader.get("/", accept_encoding="gzip, br") for _ in range(2)]
    plain = [reader.get("/") for _ in range(2)]

    assert [answer.was_kept for answer in (*packed, *plain)] == [False, True, False, True]
    assert {answer.headers.get("Content-Encoding") for answer in packed} == {"gzip"}
    assert {answer.headers.get("Content-Encoding") for answer in plain} == {None}
    assert {gzip.decompress(answer.content) for answer in packed} == {answer.content for answer in plain}
    assert "Accept-Encoding" in packed[1].headers["Vary"]


@pytest.mark.django_db
def test_many_readers_at_once_do_not_break_the_memory(rf, settings, monkeypatch):
    settings.KEPT_PAGES = 5
    now = edition.read()
    monkeypatch.setattr(edition, "read", lambda: now)  # a connection for each thread would show nothing more
    middleware, wrong = KeptPages(lambda request: page(**{"X-Path": request.path})), []

    def read_many(start):
        for number in range(300):
            path = f"/{(start + number) % 9}/"
            if middleware(rf.get(path)).headers["X-Path"] != path:
                wrong.append(path)

    threads = [threading.Thread(target=read_many, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert len(middleware.pages) == 5


# Writers at the same time


def at_once(*steps_of_writers):
    """Each writer has its own connection and transaction. Returns what went wrong."""
    errors = []

    def write(steps):
        try:
            with transaction.atomic():
                sql("SET LOCAL statement_timeout = '10s'")
                for step in steps:
                    step()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(steps,)) for steps in steps_of_writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


def waiting(event):
    return lambda: event.wait(10)


@committing
def test_two_writers_do_not_wait_for_each_other_in_a_circle():
    """The first has changed A and wants B; the second has changed B and is done. Neither holds what the other needs."""
    a, b = make.page(), make.page()
    first_has_a, second_has_b = threading.Event(), threading.Event()

    def rename(thing):
        return lambda: Page.objects.filter(pk=thing.pk).update(title="Other")

    errors = at_once(
        [rename(a), first_has_a.set, waiting(second_has_b), rename(b)],
        [waiting(first_has_a), rename(b), second_has_b.set, lambda: time.sleep(0.3)],
    )

    assert not errors
    assert set(Page.objects.values_list("title", flat=True)) == {"Other"}


@committing
def test_a_writer_who_refers_to_what_another_renames_does_not_end_in_a_circle():
    """The last question of a transaction is whether what it refers to is there; the other holds just that."""
    programme, partner = make.programme(), make.partner()
    renamed, linked = threading.Event(), threading.Event()

    errors = at_once(
        [
            lambda: Partner.objects.filter(pk=partner.pk).update(slug="other"),
            renamed.set,
            waiting(linked),
            lambda: time.sleep(0.5),
        ],
        [
            waiting(renamed),
            lambda: Programme.objects.filter(pk=programme.pk).update(title="Other"),
            lambda: Involvement.objects.bulk_create([Involvement(programme=programme, partner=partner, role="1-lead")]),
            linked.set,
        ],
    )

    assert not errors


@committing
def test_two_writers_with_the_same_moments_do_not_end_in_a_circle():
    """Two editors schedule things for the same mornings. The first is held up just after its first one."""
    monday, friday = (database_now() + timedelta(days=days) for days in (1, 5))
    first, second, third = (make.page() for _ in range(3))
    half_done, waits = threading.Event(), threading.Event()

    def schedule(thing, moment):
        return lambda: Page.objects.filter(pk=thing.pk).update(publish_at=moment)

    errors = at_once(
        [
            schedule(first, monday),
            half_done.set,
            waiting(waits),
            lambda: time.sleep(0.3),
            schedule(second, friday),
        ],
        [waiting(half_done), schedule(third, friday), waits.set],
    )

    assert not errors


@committing
def test_many_writers_at_once_all_succeed():
    themes = [make.theme() for _ in range(4)]

    def rewrite(theme):
        return [lambda: Theme.objects.filter(pk=theme.pk).update(order=1)] * 5

    assert not at_once(*(rewrite(theme) for theme in themes))

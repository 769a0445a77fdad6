"""Writers at the same time: none waits for another over the stamp."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from city.models import Page, Theme
from partners.models import Partner
from programmes.models import Involvement, Programme
from tests import make
from tests.cms.media.storing import committing, database_now, sql


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE_MB = 100


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


def is_waited_for():
    """Whether another transaction waits for the current one to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return cursor.fetchone()[0]


def until(condition):
    """A step that ends when the condition holds, and fails when it does not within 10 seconds."""

    def wait():
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "the other writer neither waited nor went on"
            time.sleep(0.01)

    return wait


@committing
def test_two_writers_do_not_wait_for_each_other_in_a_circle():
    """The first has changed A and wants B; the second has changed B and is done. Neither holds what the other needs."""
    a, b = make.page(), make.page()
    first_has_a, second_has_b = threading.Event(), threading.Event()

    def rename(thing):
        return lambda: Page.objects.filter(pk=thing.pk).update(title="Other")

    errors = at_once(
        [rename(a), first_has_a.set, waiting(second_has_b), rename(b)],
        [waiting(first_has_a), rename(b), second_has_b.set, until(is_waited_for)],
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
            until(is_waited_for),
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

    def is_scheduled(page, moment):
        """Whether the other writer has committed."""
        return Page.objects.filter(pk=page.pk, publish_at=moment).exists()

    errors = at_once(
        [
            schedule(first, monday),
            half_done.set,
            waiting(waits),
            until(lambda: is_waited_for() or is_scheduled(third, friday)),
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

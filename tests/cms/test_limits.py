import threading

import pytest
import time_machine
from django.db import connection

from cms import limits


@pytest.mark.django_db
def test_as_many_as_allowed_and_no_more():
    assert [limits.allows("x", "somebody", most=3, seconds=60) for _ in range(5)] == [True] * 3 + [False] * 2
    assert limits.allows("x", "somebody else", most=3, seconds=60)
    assert limits.allows("y", "somebody", most=3, seconds=60)
    assert limits.counted("x", "somebody") == 5


@pytest.mark.django_db
def test_a_window_closes_by_the_databases_clock():
    limits.count("x", "somebody", seconds=60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cms_limit SET until = clock_timestamp() - interval '1 second'")

    assert limits.counted("x", "somebody") == 0
    assert limits.count("x", "somebody", seconds=60) == 1


@pytest.mark.django_db
@time_machine.travel("2030-01-01")
def test_a_web_server_whose_clock_is_wrong_changes_nothing():
    limits.count("x", "somebody", seconds=60)

    assert limits.counted("x", "somebody") == 1


@pytest.mark.django_db
def test_old_windows_are_forgotten():
    limits.count("x", "old", seconds=0)
    limits.count("x", "new", seconds=60)

    limits.forget_old()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cms_limit")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted():
    let_in = []

    def knock():
        let_in.extend(number for number in range(25) if limits.allows("x", "somebody", most=40, seconds=60))
        connection.close()

    threads = [threading.Thread(target=knock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(let_in) == 40

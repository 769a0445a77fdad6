"""What is asked of search may not hold the database up."""

import pytest
from django.db import OperationalError, connection

from cms.search import time_limit
from cms.search.time_limit import TooSlow

pytestmark = pytest.mark.django_db


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return cursor.fetchone()[0]


def asked(sql):
    with time_limit.time_limit(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_statement_is_stopped_and_the_next_one_answered(monkeypatch):
    monkeypatch.setitem(time_limit.LIMITS, "statement_timeout", "50")

    with pytest.raises(TooSlow):
        asked("SELECT pg_sleep(5)")

    assert setting("statement_timeout") != "50ms"


def test_limits_hold_inside_and_only_there():
    before = setting("statement_timeout"), setting("work_mem")

    with time_limit.time_limit():
        assert (setting("statement_timeout"), setting("work_mem")) == ("2s", "16MB")

    assert (setting("statement_timeout"), setting("work_mem")) == before


@pytest.mark.django_db(transaction=True)
def test_they_end_with_the_transaction():
    before = setting("statement_timeout")

    with time_limit.time_limit():
        assert setting("statement_timeout") == "2s"

    assert setting("statement_timeout") == before


def test_another_fault_of_the_database_is_none_of_ours():
    with pytest.raises(OperationalError):
        asked("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'connection_failure'; END $$")

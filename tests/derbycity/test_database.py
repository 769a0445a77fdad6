"""How long the portal waits for a database: its own engine, against a server that is slow, silent or locked."""

import sys
import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django.utils import connector_params

from derbycity.database import base
from derbycity.database.circuit import Circuit
from derbycity.database.timeouts import is_web, limits
from tests.derbycity.test_worker import until
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def circuit(monkeypatch):
    """One of the test's own."""
    ours = Circuit()
    monkeypatch.setattr(base, "circuit", ours)
    return ours


@pytest.fixture
def line(transactional_db):
    proxy = Proxy()
    yield proxy
    proxy.close()


@pytest.fixture
def database(line, circuit):
    """A connection as a web request has it, with less than a second for each statement and for locks."""
    ours = connection.copy()
    given = {"sslmode": "disable", "gssencmode": "disable", "connect_timeout": "2"}
    ours.settings_dict |= limits(given, for_web=True)
    ours.settings_dict["PATIENCE"] = 1.5
    ours.settings_dict["OPTIONS"]["options"] = "-c statement_timeout=700 -c lock_timeout=300"
    params = ours.get_connection_params()
    ours.get_connection_params = lambda: params | {"host": "127.0.0.1", "port": line.port}
    yield ours
    line.mend()
    until(lambda: not circuit.is_open)
    ours.close()


def seconds(call):
    """How long it took, and what was wrong."""
    began = time.monotonic()
    with pytest.raises(OperationalError) as wrong:
        call()
    return time.monotonic() - began, str(wrong.value)


def ask(database, question="SELECT 1"):
    with database.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_a_server_that_falls_silent_is_waited_for_no_longer_than_was_said(database, line, circuit):
    assert ask(database) == 1
    line.stall()

    took, words = seconds(lambda: ask(database))

    assert 1.4 < took < 4
    assert "said nothing" in words
    assert database.connection.closed
    assert circuit.is_open


def test_after_one_has_waited_nobody_does(database, line, circuit):
    ask(database)
    line.stall()
    seconds(lambda: ask(database))

    database.close()
    took, words = seconds(lambda: ask(database))

    assert took < 1.4
    assert "a moment ago" in words
    assert seconds(lambda: ask(database))[0] < 1


def test_when_it_speaks_again_it_is_asked_again(database, line, circuit):
    ask(database)
    line.stall()
    seconds(lambda: ask(database))
    assert circuit.is_open

    line.mend()

    until(lambda: not circuit.is_open, 5)
    database.close()
    assert ask(database) == 1


def test_one_that_does_not_let_us_in_is_given_up_too(database, line, circuit):
    line.stall()

    took, _ = seconds(database.ensure_connection)

    assert 1.5 < took < 5  # libpq's least are two seconds
    assert circuit.is_open


def test_a_dead_connection_is_replaced_where_the_server_is_there(database, line, circuit):
    """As after a firewall forgot it: the question at the start of the request finds out, and a new one is made."""
    ask(database)
    database.health_check_enabled = True
    database.settings_dict["OPTIONS"]["connect_timeout"] = 1
    database.close_if_unusable_or_obsolete()
    line.forget()

    began = time.monotonic()

    assert ask(database) == 1
    assert time.monotonic() - began < 3
    assert not circuit.is_open


@pytest.mark.parametrize("question", ["SELECT pg_sleep(5)", "SELECT count(*) FROM city_ward"])
def test_a_server_that_breaks_off_by_itself_is_not_taken_for_silent(database, circuit, question):
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE city_ward")

    took, words = seconds(lambda: ask(database, question))

    connection.rollback()
    connection.close()
    assert took < 1.5
    assert "cancel" in words
    assert not circuit.is_open
    assert ask(database) == 1


def test_a_line_that_is_refused_is_no_reason_to_stop_asking(database, line, circuit):
    line.refuse()

    assert seconds(database.ensure_connection)[0] < 1
    assert not circuit.is_open


def test_one_that_refuses_after_it_was_silent_is_asked_again(database, line, circuit):
    ask(database)
    line.stall()
    seconds(lambda: ask(database))

    line.refuse()

    until(lambda: not circuit.is_open, 5)
    assert seconds(lambda: ask(database))[0] < 1


def test_in_a_transaction_that_fell_silent_everything_is_over(database, line):
    ask(database)
    database.set_autocommit(False)
    ask(database)
    line.stall()

    took = seconds(lambda: ask(database))[0] + seconds(database.commit)[0]
    database.close()

    assert took < 4


def test_commands_wait_as_long_as_their_work_takes():
    """These tests run as a command does."""
    mine = connection.settings_dict

    assert not is_web()
    assert mine["PATIENCE"] is None
    assert "options" not in mine["OPTIONS"]  # libpq would not look at PGOPTIONS, which the worker and migrations set
    assert mine["OPTIONS"]["connect_timeout"] == connector_params()["connect_timeout"] == 10
    assert connector_params()["keepalives_idle"] == 10


def test_a_server_process_is_known_by_what_it_loads(monkeypatch):
    monkeypatch.setitem(sys.modules, "derbycity.wsgi", sys.modules[__name__])

    assert is_web()


def test_what_an_operator_says_wins(monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c jit=off")

    ours = limits({}, for_web=True)
    theirs = limits({"options": "-c statement_timeout=9s", "connect_timeout": 7}, for_web=True)

    assert ours["PATIENCE"] == 6
    assert ours["OPTIONS"]["options"] == (
        "-c statement_timeout=5s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s -c jit=off"
    )
    assert theirs["OPTIONS"]["options"].endswith("-c statement_timeout=9s")
    assert theirs["OPTIONS"]["connect_timeout"] == 7


def test_what_is_sent_to_the_server_is_what_it_obeys(database):
    assert ask(database, "SHOW statement_timeout") == "700ms"
    assert ask(database, "SHOW lock_timeout") == "300ms"


def test_the_circuit_tries_until_it_works_and_only_once_at_a_time():
    circuit, tries = Circuit(), []

    def try_it():
        circuit.check()  # who tries is let through
        tries.append(threading.current_thread())
        if len(tries) < 3:
            raise psycopg.OperationalError

    for _ in range(5):
        circuit.open(try_it)
    with pytest.raises(psycopg.OperationalError):
        circuit.check()
    until(lambda: not circuit.is_open, 10)

    circuit.check()
    assert len(tries) == 3
    assert len(set(tries)) == 1

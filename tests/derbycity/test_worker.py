"""The worker as it is in earnest: processes of their own, on the test's database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateWorker

from cms import housekeeping
from cms.outbox.job_queue import Job
from derbycity.management.commands.worker import Connector

ROOT = Path(__file__).resolve().parents[2]
committed = pytest.mark.django_db(transaction=True)


def until(is_so, seconds=30):
    """Waits for it, in small steps."""
    deadline = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


@pytest.fixture
def start():
    """Starts workers, and sees to it that none outlives the test."""
    started = []

    def start(*, seconds=0.0, patience=8.0, max_delay="86400"):
        script = str(Path(__file__).with_name("slow_worker.py"))
        arguments = [connection.settings_dict["NAME"], str(seconds), str(patience), max_delay]
        command = [sys.executable, script, *arguments]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def slow_job():
    return app.configure_task("slow").defer()


def is_in_state(pk, status):
    return lambda: Job.objects.filter(pk=pk, status=status).first()


@committed
def test_the_job_of_a_killed_worker_is_finished_by_another(start):
    pk = slow_job()
    first = start(seconds=60)
    until(is_in_state(pk, "doing"))

    first.kill()
    first.wait()
    with connection.cursor() as cursor:  # as if it had been a while ago
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    start()
    housekeeping.rescue.defer(timestamp=0)

    assert until(is_in_state(pk, "succeeded")).attempts == 2


@committed
def test_what_comes_round_is_queued_once_for_two_workers(start):
    for _ in range(2):
        start()
    until(lambda: ProcrastinateWorker.objects.count() == 2)
    pk = slow_job()

    until(is_in_state(pk, "succeeded"))
    until(lambda: Job.objects.filter(task_name="cms.housekeeping.rescue").exists())

    assert not Job.objects.order_by().values("task_name", "args").annotate(n=Count("pk")).filter(n__gt=1)


@committed
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_ends_its_job_and_takes_no_other(number, start):
    running = slow_job()
    process = start(seconds=1)
    until(is_in_state(running, "doing"))

    process.send_signal(number)
    time.sleep(0.2)
    process.send_signal(number)
    waiting = slow_job()

    assert process.wait(10) == 0
    assert Job.objects.get(pk=running).status == "succeeded"
    assert Job.objects.get(pk=waiting).status == "todo"
    assert not ProcrastinateWorker.objects.exists()


@committed
def test_a_worker_does_not_wait_for_ever_for_a_job(start):
    running = slow_job()
    process = start(seconds=60, patience=0.5)
    until(is_in_state(running, "doing"))

    process.terminate()

    assert process.wait(10) == 1
    assert Job.objects.get(pk=running).status == "doing"  # to be rescued


@committed
def test_a_worker_goes_on_after_its_connections_were_cut(start):
    process = start()
    first = slow_job()
    until(is_in_state(first, "succeeded"))
    until(lambda: not Job.objects.filter(status__in=["todo", "doing"]).exists())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    second = slow_job()

    until(is_in_state(second, "succeeded"))
    assert process.poll() is None


@committed
def test_a_worker_that_was_thought_dead_ends_and_says_so(start):
    process = start()
    until(lambda: ProcrastinateWorker.objects.exists())

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    slow_job()

    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "procrastinate_jobs_worker_id_fkey" in said


@committed
def test_a_worker_whose_rounds_fail_ends_and_says_so(start):
    process = start(max_delay="null")

    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The worker ended by itself" in said


@committed
def test_a_worker_is_content_with_few_connections(start):
    start()
    until(lambda: ProcrastinateWorker.objects.exists())
    pk = slow_job()
    until(is_in_state(pk, "succeeded"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        count = cursor.fetchone()[0]

    assert count <= 9


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_alive"), [(None, False), (300, False), (5, True)])
def test_the_check_asks_for_a_sign_of_life(seconds, is_alive):
    if seconds:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
                [seconds],
            )

    if is_alive:
        call_command("worker", check=True)
    else:
        with pytest.raises(CommandError, match="sign of life"):
            call_command("worker", check=True)


@pytest.mark.django_db
def test_a_job_queues_another_in_its_own_transaction():
    with app.replace_connector(Connector(kwargs={})), transaction.atomic():
        housekeeping.forget_old_sessions.defer(timestamp=0)
        assert Job.objects.exists()
        transaction.set_rollback(True)

    assert not Job.objects.exists()

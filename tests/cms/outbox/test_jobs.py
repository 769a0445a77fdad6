from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent

from cms import housekeeping
from cms.outbox import mail
from cms.outbox.job_queue import Job
from cms.outbox.models import Mail

pytestmark = pytest.mark.django_db


def a_job(status="todo", days_ago=0, worker=None):
    job = Job.objects.get(pk=housekeeping.forget_old_sessions.defer(timestamp=0))
    Job.objects.filter(pk=job.pk).update(status=status, worker=worker)
    ProcrastinateEvent.objects.filter(job=job.pk).update(at=timezone.now() - timedelta(days=days_ago))
    return job


def a_worker(seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [seconds_ago],
        )
        return cursor.fetchone()[0]


def states():
    return {job.pk: job.status for job in Job.objects.filter(task_name__endswith="forget_old_sessions")}


def test_what_a_dead_worker_left_is_queued_again(run_jobs):
    left, held, forgotten = a_job("doing", worker=a_worker(60)), a_job("doing", worker=a_worker(5)), a_job("doing")

    housekeeping.rescue.defer(timestamp=0)
    run_jobs()

    assert states() == {left.pk: "succeeded", held.pk: "doing", forgotten.pk: "succeeded"}


def test_jobs_that_are_done_are_forgotten_and_failed_ones_kept(run_jobs):
    a_job("succeeded", days_ago=housekeeping.JOBS_KEPT_DAYS + 1)
    young, failed = a_job("succeeded"), a_job("failed", days_ago=400)

    housekeeping.forget_old_jobs.defer(timestamp=0)
    run_jobs()

    assert set(states()) == {young.pk, failed.pk}


def test_old_mails_are_forgotten(run_jobs):
    old, young = (mail.send(to="ada@example.org", subject=name, text="Hello") for name in ("old", "young"))
    Mail.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=housekeeping.MAILS_KEPT_DAYS + 1))

    housekeeping.forget_old_mails.defer(timestamp=0)
    run_jobs()

    assert list(Mail.objects.all()) == [young]


def test_the_words_of_secrets_that_have_ended_are_forgotten(run_jobs):
    sent = {"to": "ada@example.org", "subject": "Hello", "text": "Your code is 123456."}
    ended, later = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(hours=1)
    given_up = mail.send(**sent, is_secret=True, useless_at=ended)
    Mail.objects.filter(pk=given_up.pk).update(state=Mail.State.FAILED)
    kept = [mail.send(**sent, is_secret=True, useless_at=later), mail.send(**sent, useless_at=ended), mail.send(**sent)]

    housekeeping.forget_ended_secrets.func(0)

    given_up.refresh_from_db()
    assert (given_up.text, given_up.html, given_up.state) == ("", "", Mail.State.FAILED)
    for written in kept:
        assert (written.text, written.html) == Mail.objects.values_list("text", "html").get(pk=written.pk)
        assert written.text
        assert written.html


def test_sign_ins_that_have_ended_are_forgotten(run_jobs):
    Session.objects.create(session_key="ended", expire_date=timezone.now() - timedelta(days=1))
    Session.objects.create(session_key="open", expire_date=timezone.now() + timedelta(days=1))

    housekeeping.forget_old_sessions.defer(timestamp=0)
    run_jobs()

    assert [session.pk for session in Session.objects.all()] == ["open"]


def test_every_job_says_in_words_what_it_does():
    ours = {name: task for name, task in app.tasks.items() if name.startswith("cms.")}

    assert "cms.outbox.jobs.send_mail" in ours
    for name, task in ours.items():
        words = str(Job(task_name=name))
        assert words == task.func.__doc__, name
        assert words[0].isupper(), name
        assert len(words) < 100, name


def test_a_job_of_a_version_that_is_gone_is_called_by_its_name():
    assert str(Job(task_name="stories.jobs.tell")) == "stories.jobs.tell"


def test_what_comes_round_has_one_place_in_the_queue():
    for (name, _), periodic in app.periodic_registry.periodic_tasks.items():
        assert periodic.configure_kwargs.get("queueing_lock"), name

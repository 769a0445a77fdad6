"""What staff see of the queue and of mails, and who may have something tried again."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from cms import housekeeping
from cms.audit.models import AuditEvent
from cms.outbox import mail
from cms.outbox.job_queue import Job
from cms.outbox.models import Mail
from cms.publishing import jobs

pytestmark = pytest.mark.django_db
LISTS = ["admin:cms_job_changelist", "admin:cms_mail_changelist"]


def a_mail(state=Mail.State.FAILED):
    written = mail.send(to="ada@example.org", subject="Please look again", text="Dear Ada, it is due.")
    Mail.objects.filter(pk=written.pk).update(state=state, problem="The mail server refused the mail (554).")
    return written


def a_job(status="failed"):
    job = Job.objects.get(pk=housekeeping.forget_old_sessions.defer(timestamp=0))
    Job.objects.filter(pk=job.pk).update(status="doing")
    Job.objects.filter(pk=job.pk).update(status=status)
    return job


def address(thing, view="change"):
    return reverse(f"admin:cms_{thing._meta.model_name}_{view}", args=[thing.pk])


def test_jobs_are_listed_in_plain_words_and_those_done_only_when_asked_for(browse):
    done, failed = a_job("succeeded"), a_job()

    usual = browse("administrator").get(reverse(LISTS[0])).content.decode()
    asked = browse("administrator").get(reverse(LISTS[0]), {"state": "succeeded"}).content.decode()

    assert "Forget sign-ins that have ended" in usual
    assert (address(failed) in usual, address(done) in usual) == (True, False)
    assert (address(failed) in asked, address(done) in asked) == (False, True)


def test_a_filter_that_is_none_lists_all_that_is_not_done(browse):
    failed = a_job()

    page = browse("administrator").get(reverse(LISTS[0]), {"state": "asleep", "task": ""})

    assert address(failed) in page.content.decode()


def test_jobs_can_be_narrowed_to_what_they_do(browse):
    failed = a_job()
    client = browse("administrator")

    same = client.get(reverse(LISTS[0]), {"task": Job.objects.get().task_name}).content.decode()
    other = client.get(reverse(LISTS[0]), {"task": "cms.outbox.jobs.send_mail"}).content.decode()

    assert (address(failed) in same, address(failed) in other) == (True, False)


def test_the_page_of_a_job_tells_what_happened(browse):
    page = browse("administrator").get(address(a_job())).content.decode()

    assert page.index("Queued") < page.index("Started") < page.rindex("Given up")
    assert "Try again" in page


def test_a_list_of_jobs_without_a_worker_says_so(browse):
    client = browse("administrator")
    without = client.get(reverse(LISTS[0])).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    assert "No worker is running" in without
    assert "No worker is running" not in client.get(reverse(LISTS[0])).content.decode()


def test_a_mail_can_be_read_with_what_went_wrong(browse):
    page = browse("administrator").get(address(a_mail())).content.decode()

    for words in (
        "Please look again",
        "ada@example.org",
        "Dear Ada, it is due.",
        "refused the mail (554)",
        "Try again",
    ):
        assert words in page


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("rows", [1, 60])
def test_a_list_asks_the_same_few_questions(name, rows, browse):
    for _ in range(rows):
        a_mail()
    Job.objects.all().update(status="failed")
    client = browse("administrator")

    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name)).status_code == 200

    assert len(asked) <= 12


@pytest.mark.parametrize("build", [a_job, a_mail])
def test_what_was_given_up_is_tried_again_and_that_is_written_down(build, browse, cast, run_jobs):
    thing = build()

    answer = browse("administrator").post(address(thing, "again"), follow=True)

    assert "It will be tried again in a moment." in answer.content.decode()
    line = AuditEvent.objects.get(action=AuditEvent.Action.RETRIED)
    assert (line.by, line.object_words) == (cast.administrator, str(thing))
    run_jobs()
    assert not Job.objects.exclude(status="succeeded").exists()
    assert len(outbox.outbox) == (build is a_mail)


@pytest.mark.parametrize("build", [lambda: a_job("succeeded"), lambda: a_mail(Mail.State.SENT)])
def test_what_was_not_given_up_is_not_tried_again(build, browse):
    thing = build()
    waiting = Job.objects.filter(status="todo").count()
    client = browse("administrator")

    answer = client.post(address(thing, "again"), follow=True)

    assert "not given up" in answer.content.decode()
    assert "Try again" not in client.get(address(thing)).content.decode()
    assert Job.objects.filter(status="todo").count() == waiting
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("build", [a_job, a_mail])
@pytest.mark.parametrize("name", ["anyone", "author", "editor", "moderator"])
def test_nobody_else_sees_or_tries_again(name, build, browse):
    thing = build()
    client = browse(name)

    answers = [client.get(address(thing)), client.post(address(thing, "again"))]
    answers += [client.get(reverse(listed)) for listed in LISTS]

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert all("/admin/login/" in answer["Location"] for answer in answers if answer.status_code == 302)
    assert not AuditEvent.objects.exclude(action=AuditEvent.Action.ACCESS_REFUSED).exists()


@pytest.mark.parametrize("build", [a_job, a_mail])
def test_who_may_only_look_may_not_try_again(build, browse, cast):
    thing = build()
    cast.editor.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_job", "view_mail"], content_type__app_label="cms")
    )
    client = browse("editor")

    assert "Try again" not in client.get(address(thing)).content.decode()
    assert client.post(address(thing, "again")).status_code == 403


@pytest.mark.parametrize("build", [a_job, a_mail])
def test_nobody_changes_adds_or_deletes(build, browse):
    thing = build()
    client = browse("administrator")
    kind = f"admin:cms_{thing._meta.model_name}"

    assert client.post(address(thing), {"subject": "Other"}).status_code == 403
    assert client.get(reverse(f"{kind}_add")).status_code == 403
    assert client.post(address(thing, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(address(thing, "again")).status_code == 405


@pytest.mark.parametrize("key", [0, 2**63 - 1, 2**80])
@pytest.mark.parametrize("name", ["job", "mail"])
def test_what_is_not_there_cannot_be_tried_again(name, key, browse):
    assert browse("administrator").post(f"/admin/cms/{name}/{key}/again/").status_code == 404


def test_the_queue_has_one_list():
    assert not site.is_registered(ProcrastinateJob)


def test_a_round_that_waits_already_is_not_queued_again(browse):
    """Only one of a kind may wait: the next round does all that the failed one left."""
    failed = Job.objects.get(pk=jobs.write_moments.configure(queueing_lock="write_moments").defer(timestamp=1))
    for status in ("doing", "failed"):
        Job.objects.filter(pk=failed.pk).update(status=status)
    jobs.write_moments.configure(queueing_lock="write_moments").defer(timestamp=2)

    page = browse("administrator").post(address(failed, "again"), follow=True).content.decode()

    assert "waits already" in page
    assert Job.objects.get(pk=failed.pk).status == "failed"
    assert not AuditEvent.objects.exists()

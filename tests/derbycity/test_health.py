import shutil
from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from cms.outbox.job_queue import Job

pytestmark = pytest.mark.django_db


def due_since(seconds, pk):
    """As if the job had been asked for so long ago."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = now() - make_interval(secs => %s)", [seconds])
    return Job.objects.get(pk=pk)


def test_a_portal_that_can_do_its_work_is_ready(client):
    response = client.get("/health/ready")

    assert (response.status_code, response.text) == (200, "ok\n")


def test_it_is_not_ready_while_the_disk_of_the_pictures_is_full(client, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "not" / "there" / "yet"
    asked = []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: asked.append(path) or SimpleNamespace(free=99_000_000))

    response = client.get("/health/ready")

    assert (response.status_code, response.text) == (503, "The disk for pictures is full.\n")
    assert asked == [tmp_path]
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    ("seconds", "is_done", "delay", "status"),
    [(1000, False, None, 503), (800, False, None, 200), (1000, True, None, 200), (1000, False, {"hours": 1}, 200)],
)
def test_it_is_not_ready_while_jobs_wait_that_nobody_does(client, seconds, is_done, delay, status):
    pk = app.configure_task("any", schedule_in=delay).defer()
    due_since(seconds, pk)
    if is_done:
        Job.objects.filter(pk=pk).update(status="succeeded")

    response = client.get("/health/ready")

    assert response.status_code == status
    assert ("worker" in response.text) is (status == 503)

"""The queue as staff see it. Its tables and rules are procrastinate's; nothing here writes."""

import inspect

from django.db import connection, models
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

SIGN_OF_LIFE = 60  # seconds after which a worker that said nothing is not well; it speaks up every ten


def worker_is_alive() -> bool:
    """Whether any worker has said so lately, by the database's clock."""
    alive = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))"
    with connection.cursor() as cursor:
        cursor.execute(alive, [SIGN_OF_LIFE])
        return cursor.fetchone()[0]


def jobs_are_late() -> bool:
    """Whether a job has been due for a quarter of an hour and was not begun: no worker runs, or it is far behind."""
    late = (
        "SELECT EXISTS (SELECT FROM procrastinate_jobs AS job "
        "JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred' "
        "WHERE job.status = 'todo' AND greatest(event.at, job.scheduled_at) < now() - interval '15 minutes')"
    )
    with connection.cursor() as cursor:
        cursor.execute(late)
        return cursor.fetchone()[0]


class Job(ProcrastinateJob):
    class State(models.TextChoices):
        """As the queue calls them, and as staff do."""

        TODO = "todo", "Waiting"
        DOING = "doing", "Running"
        FAILED = "failed", "Given up"
        SUCCEEDED = "succeeded", "Done"
        CANCELLED = "cancelled", "Cancelled"
        ABORTED = "aborted", "Broken off"

    class Meta:
        proxy = True
        ordering = ["-pk"]
        verbose_name = "job"
        default_permissions = ("view", "retry")

    def __str__(self):
        """What it does, as its function's docstring says."""
        task = app.tasks.get(self.task_name)
        return inspect.getdoc(task.func) or self.task_name if task else self.task_name

"""Runs the jobs of every app: those that wait, those whose time comes, and those that come round.

What cannot be mended ends the worker, with a word in the log and a status that says so. Whoever started
it starts it again; it then waits until the database answers, and takes up what it or another worker had to leave.
"""

import asyncio
import os
import signal
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from cms.outbox.job_queue import worker_is_alive

CONCURRENCY = 3  # jobs at once; each may hold a picture of up to 100 MB
PATIENCE = 8  # seconds a running job is given to end when the worker is told to stop
# No job holds up readers and writers: what takes longer is broken off, and tried again or given up.
LIMITS = "-c lock_timeout=10s -c statement_timeout=5min -c idle_in_transaction_session_timeout=10min"


class Connector(PsycopgConnector):
    """The worker's own connections; but a job that queues another does so in its own transaction, as a page does."""

    def get_sync_connector(self):
        return DjangoConnector()


class Command(BaseCommand):
    help = "Run jobs and send mails until told to stop."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only ask whether a worker is alive")

    def handle(self, *, check, **options):
        if check:
            return self._check()
        os.environ.setdefault("PGOPTIONS", LIMITS)
        self._wait_for_database()
        with app.replace_connector(Connector(kwargs=connector_params(), min_size=1, max_size=CONCURRENCY)):
            return asyncio.run(self._work())

    def _check(self):
        if not worker_is_alive():
            raise CommandError("No worker has given a sign of life lately.")

    def _wait_for_database(self):
        said = False
        while True:
            try:
                return connection.ensure_connection()
            except OperationalError:
                if not said:
                    self.stderr.write("The worker waits for the database.")
                    said = True
                time.sleep(1)

    async def _work(self):
        async with app.open_async():
            work = asyncio.create_task(app.run_worker_async(concurrency=CONCURRENCY, install_signal_handlers=False))
            loop, asked = asyncio.get_running_loop(), []

            def stop():
                if not asked:
                    asked.append(True)
                    work.cancel()  # takes no new job, and lets those that run end
                    loop.call_later(PATIENCE, os._exit, 1)  # a thread cannot be stopped; its job will be rescued

            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop)
            await asyncio.wait([work])
            if not work.cancelled():
                work.result()
        if not asked:
            raise CommandError("The worker ended by itself; the lines above say why.")

"""A worker for test_worker.py: with one job that takes its time.

python slow_worker.py DATABASE SECONDS PATIENCE MAX_DELAY
"""

import json
import sys
import time

import django
from django.conf import settings
from django.core.management import call_command

settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": json.loads(sys.argv[4])}
django.setup()

from procrastinate.contrib.django import app  # noqa: E402 - once the settings name the test's database

from derbycity.management.commands import worker  # noqa: E402

worker.PATIENCE = float(sys.argv[3])


@app.task(name="slow")
def slow():
    time.sleep(float(sys.argv[2]))


call_command("worker")

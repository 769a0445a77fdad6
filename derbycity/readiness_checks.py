"""What the machine must have before the portal opens (cms/readiness/registry.py)."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateWorker

from cms.outbox.job_queue import SIGN_OF_LIFE
from cms.readiness.registry import RUNNING, Check, register


def _is_unsafe(_settings) -> bool:
    return urlsplit(settings.SITE_URL).scheme != "https"


def _workers():
    """Those that said lately that they are there, by the database's clock."""
    lately = Now() - datetime.timedelta(seconds=SIGN_OF_LIFE)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=lately)


register(
    Check(
        "https",
        RUNNING,
        "An address that is safe (https)",
        "Ask whoever runs the computers to set SITE_URL to the https address that readers type.",
        "cms.change_sitesettings",
        is_unset=_is_unsafe,
    ),
    Check(
        "worker",
        RUNNING,
        "A worker that sends email and publishes at a time",
        "Ask whoever runs the computers to start it; docs/operators.md says how.",
        "cms.view_job",
        link=lambda: reverse("admin:cms_job_changelist"),
        link_text="Jobs",
        rows=lambda: [_workers()],
        is_hole=lambda count: count == 0,
    ),
)

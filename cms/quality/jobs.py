"""Looks once a week whether the links still lead somewhere."""

from django.conf import settings
from procrastinate.contrib.django import app

from cms.quality import dead_links


@app.periodic(cron="10 3 * * 1", queueing_lock="check_links")
@app.task(queue="links", lock="check_links")
def check_links(timestamp: int):
    """Look for dead links"""
    dead_links.check(outside=settings.LINK_CHECKS)

"""What the queue and the database need from time to time, whatever is in them."""

import datetime

from django.core.management import call_command
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from cms import limits
from cms.audit import audit_log
from cms.enquiries import enquiries
from cms.outbox.models import Mail
from cms.publishing import suggestions

JOBS_KEPT_DAYS = 7
MAILS_KEPT_DAYS = 90


@app.periodic(cron="*/2 * * * *", queueing_lock="rescue")
@app.task(queue="housekeeping", priority=10)
async def rescue(timestamp: int):
    """Start again what a killed worker left unfinished"""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.periodic(cron="20 2 * * *", queueing_lock="forget_old_jobs")
@app.task(queue="housekeeping")
async def forget_old_jobs(timestamp: int):
    """Forget jobs that were done a week ago"""
    await app.job_manager.delete_old_jobs(nb_hours=24 * JOBS_KEPT_DAYS)


@app.periodic(cron="25 2 * * *", queueing_lock="forget_old_mails")
@app.task(queue="housekeeping")
def forget_old_mails(timestamp: int):
    """Forget mails older than 90 days, and whom they went to"""
    Mail.objects.filter(created_at__lt=Now() - datetime.timedelta(days=MAILS_KEPT_DAYS)).delete()


@app.periodic(cron="*/10 * * * *", queueing_lock="forget_ended_secrets")
@app.task(queue="housekeeping")
def forget_ended_secrets(timestamp: int):
    """Forget the codes and keys of mails that were not sent in time"""
    ended = Mail.objects.filter(is_secret=True, useless_at__lte=Now())
    ended.exclude(text="", html="").update(text="", html="")


@app.periodic(cron="*/30 * * * *", queueing_lock="forget_old_counts")
@app.task(queue="housekeeping")
def forget_old_counts(timestamp: int):
    """Forget how often was tried what, once it does not matter"""
    limits.forget_old()


@app.periodic(cron="30 2 * * *", queueing_lock="forget_old_sessions")
@app.task(queue="housekeeping")
def forget_old_sessions(timestamp: int):
    """Forget sign-ins that have ended"""
    call_command("clearsessions")


@app.periodic(cron="35 2 * * *", queueing_lock="forget_security_events")
@app.task(queue="housekeeping")
def forget_security_events(timestamp: int):
    """Forget sign-ins, failed sign-ins and refused access of more than a year ago"""
    audit_log.forget_security_events()


@app.periodic(cron="45 2 * * *", queueing_lock="forget_readers_addresses")
@app.task(queue="housekeeping")
def forget_readers_addresses(timestamp: int):
    """Forget the addresses of readers whose suggestions were answered a year ago"""
    suggestions.forget_addresses()


@app.periodic(cron="50 2 * * *", queueing_lock="forget_old_enquiries")
@app.task(queue="housekeeping")
def forget_old_enquiries(timestamp: int):
    """Delete questions to the site team a year after they were answered"""
    enquiries.forget_old()

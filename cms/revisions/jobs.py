"""What becomes of changes that wait beside the page, by themselves."""

import logging

from procrastinate.contrib.django import app

from cms.revisions import workflow

log = logging.getLogger(__name__)


@app.task(queue="cms", priority=5)
def publish_at_its_time(proposal_id: int):
    """Publish a change at the time somebody set"""
    workflow.carry_out(proposal_id)


@app.periodic(cron="* * * * *", queueing_lock="publish_what_is_due")
@app.task(queue="cms", priority=5)
def publish_what_is_due(timestamp: int):
    """Publish changes whose time has come, should their own job have been lost"""
    for pk in workflow.due():
        try:
            workflow.carry_out(pk)
        except Exception:  # one that cannot be published must not hold up the others
            log.exception("proposal %s could not be carried out", pk)


@app.periodic(cron="35 2 * * *", queueing_lock="forget_sketches")
@app.task(queue="housekeeping")
def forget_sketches(timestamp: int):
    """Forget what was only previewed, and who had which form open yesterday"""
    workflow.forget_sketches()

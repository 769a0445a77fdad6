"""What becomes of changes that wait beside the page, by themselves."""

from procrastinate.contrib.django import app

from editorial import workflow


@app.task(queue="editorial", priority=5)
def publish_at_its_time(proposal_id: int):
    """Publish a change at the time somebody set"""
    workflow.carry_out(proposal_id)


@app.periodic(cron="* * * * *", queueing_lock="publish_what_is_due")
@app.task(queue="editorial", priority=5)
def publish_what_is_due(timestamp: int):
    """Publish changes whose time has come, should their own job have been lost"""
    for pk in workflow.due():
        workflow.carry_out(pk)


@app.periodic(cron="35 2 * * *", queueing_lock="forget_sketches")
@app.task(queue="housekeeping")
def forget_sketches(timestamp: int):
    """Forget what was only previewed, and who had which form open yesterday"""
    workflow.forget_sketches()

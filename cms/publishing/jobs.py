"""What happens because a day or a moment has come."""

from procrastinate.contrib.django import app

from cms.publishing import review_dates, scheduled_events


@app.periodic(cron="0 7 * * *", queueing_lock="remind_owners")  # in UTC: seven or eight o'clock in Derby
@app.task(queue="housekeeping")
def remind_owners(timestamp: int):
    """Remind owners of what they should look at again"""
    review_dates.remind()


@app.periodic(cron="* * * * *", queueing_lock="write_moments")
@app.task(queue="housekeeping")
def write_moments(timestamp: int):
    """Write down what has become public, or gone, by itself"""
    scheduled_events.log_scheduled_events()

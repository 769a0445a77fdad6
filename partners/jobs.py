"""What the worker does about partners. procrastinate finds this module by its name."""

from procrastinate.contrib.django import app

from partners.members import invitations, join_requests
from partners.page_editing import reader_suggestions, review_emails


@app.periodic(cron="40 2 * * *", queueing_lock="forget_unconfirmed")
@app.task(queue="housekeeping")
def forget_unconfirmed(timestamp: int):
    """Forget who asked to join two weeks ago and never confirmed the address"""
    join_requests.forget_unconfirmed()


@app.periodic(cron="45 2 * * *", queueing_lock="forget_who_was_invited")
@app.task(queue="housekeeping")
def forget_who_was_invited(timestamp: int):
    """Forget who asked to join a year ago, and whoever did not come when invited"""
    join_requests.forget_decided()
    invitations.forget_ended()


@app.periodic(cron="5 7 * * *", queueing_lock="ask_whether_still_right")  # in UTC: seven or eight o'clock in Derby
@app.task(queue="housekeeping")
def ask_whether_still_right(timestamp: int):
    """Ask partners whether their pages are still right"""
    review_emails.ask()


@app.periodic(cron="10 7 * * *", queueing_lock="tell_of_suggestions")
@app.task(queue="housekeeping")
def tell_of_suggestions(timestamp: int):
    """Tell partners what readers suggested since yesterday"""
    reader_suggestions.tell()

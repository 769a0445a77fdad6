"""What the worker does about partners. procrastinate finds this module by its name."""

from procrastinate.contrib.django import app

from partners.keeping import asking, readers
from partners.speaking import inviting, joining


@app.periodic(cron="40 2 * * *", queueing_lock="forget_unconfirmed")
@app.task(queue="housekeeping")
def forget_unconfirmed(timestamp: int):
    """Forget who asked to join two weeks ago and never confirmed the address"""
    joining.forget_unconfirmed()


@app.periodic(cron="45 2 * * *", queueing_lock="forget_who_was_invited")
@app.task(queue="housekeeping")
def forget_who_was_invited(timestamp: int):
    """Forget who asked to join a year ago, and whoever did not come when invited"""
    joining.forget_decided()
    inviting.forget_ended()


@app.periodic(cron="5 7 * * *", queueing_lock="ask_whether_still_right")  # in UTC: seven or eight o'clock in Derby
@app.task(queue="housekeeping")
def ask_whether_still_right(timestamp: int):
    """Ask partners whether their pages are still right"""
    asking.ask()


@app.periodic(cron="10 7 * * *", queueing_lock="tell_of_suggestions")
@app.task(queue="housekeeping")
def tell_of_suggestions(timestamp: int):
    """Tell partners what readers suggested since yesterday"""
    readers.tell()

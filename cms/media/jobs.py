"""Makes the sizes of pictures, after the request that brought them and before any page may show them."""

import datetime

from django.db import transaction
from django.db.models.functions import Now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from cms.media import replacement, storage
from cms.media.models import Image, Replacement

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=6)  # seconds, to the power of the attempt: a full disk, say
LATE = datetime.timedelta(hours=1)


@app.task(queue="pictures", retry=AGAIN)
def make_sizes(*, image_id: int):
    """Make the sizes of a picture"""
    storage.finish(image_id)


@app.task(queue="pictures", retry=AGAIN)
def recrop(*, image_id: int):
    """Cut a picture around its focal point"""
    storage.recrop(image_id)


@app.task(queue="pictures", retry=AGAIN)
def take_over(*, replacement_id: int):
    """Replace a picture everywhere"""
    replacement.take_over(replacement_id)


@app.periodic(cron="*/30 * * * *", queueing_lock="catch_up_with_pictures")
@app.task(queue="pictures")
def catch_up(timestamp: int):
    """Make what is missing of pictures: from before there were sizes, or given up"""
    for image in Image.objects.unready().filter(created_at__lt=Now() - LATE):
        if not storage.is_lost(image):  # its page says so
            queue(make_sizes, image_id=image.pk)
    for pk in Replacement.objects.filter(created_at__lt=Now() - LATE).values_list("pk", flat=True):
        queue(take_over, replacement_id=pk)


def queue(task, **key: int) -> None:
    """Unless it waits already."""
    try:
        with transaction.atomic():
            task.configure(queueing_lock=f"{task.name} {key}").defer(**key)
    except AlreadyEnqueued:
        pass

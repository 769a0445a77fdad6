"""What a monitor asks: whether the process lives, and whether it can do its work."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cms.outbox.job_queue import jobs_are_late
from cms.page_cache.middleware import public_page

_ROOM = 100_000_000  # bytes: the files of a handful of pictures


@public_page(is_kept=False)
@require_safe
def live(request):
    """Whether the process answers at all. Asks the database nothing."""
    return _answer("ok")


@public_page(is_kept=False)
@require_safe
def ready(request):
    """Whether it can do its work: the database answers, pictures have room, jobs get done. A lost database becomes the
    503 page; what else is wrong is said in words, one line each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    wrong = []
    if _room_for_pictures() < _ROOM:
        wrong.append("The disk for pictures is full.")
    if jobs_are_late():
        wrong.append("Jobs have been due for a quarter of an hour. Is the worker running?")
    return _answer(*wrong, status=503) if wrong else _answer("ok")


def _room_for_pictures() -> int:
    """Bytes. The folder is made with the first picture."""
    folder = Path(settings.MEDIA_ROOT)
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free


def _answer(*lines: str, status: int = 200) -> HttpResponse:
    text = "".join(f"{line}\n" for line in lines)
    return HttpResponse(text, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})

"""Says what it costs to take a phone's photo into a story: time and peak memory, of the request and of the job.

    make bench WHAT=photo
    make bench WHAT=photo ARGS="--heic 12.heic 48.heic"    with photos of your own, for nothing here writes HEIC

Each photo goes through the real way: the request, as a file of a story that is being written (in a transaction that is
taken back, with files in a folder that goes away), and the job, which makes all sizes of the clean copy. Each has a
process of its own, so that neither's memory hides the other's. The measure is Django's plain “hello” in this run:
processor time of one request, and the memory of its process. The last column is the share of the photo's whole time.
With pillow-heif installed in the environment (it is not ours: GPL), HEIC photos are made, too.
"""

import argparse
import io
import multiprocessing
import pickle
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SIZES = {"12 megapixels": (4032, 3024), "48 megapixels": (8064, 6048)}
HELLOS = 5000
TIMES = 3


def photograph(size: tuple[int, int], kind: str) -> bytes | None:
    """None where nobody here can write the kind."""
    import pictures
    from PIL import Image

    pictures.SIZE = size
    content = pictures.photograph()
    if kind == "JPEG":
        return content
    try:
        import pillow_heif
    except ImportError:
        return None
    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    Image.open(io.BytesIO(content)).save(buffer, "HEIF", quality=60)
    return buffer.getvalue()


def hello(_: str) -> float:
    """Processor time of one request, without a server around it."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.urls import path

    urls: Any = ModuleType("hello_urls")
    urls.urlpatterns = [path("", lambda _: HttpResponse("hello"))]
    sys.modules["hello_urls"] = urls
    settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF="hello_urls")  # noqa: S106 - of nothing
    application, environ = WSGIHandler(), RequestFactory().get("/").environ

    def ask() -> None:
        b"".join(application(dict(environ), lambda *_: None))

    for _ in range(200):
        ask()
    begun = time.process_time()
    for _ in range(HELLOS):
        ask()
    return (time.process_time() - begun) / HELLOS


def nothing(photo: str) -> float:
    """What the process holds that has only loaded the portal."""
    return _with_story(lambda *_: None, photo)


def take(photo: str) -> float:
    from stories.photos import upload as taking

    def taken(story, upload) -> None:
        found = taking.take(story, story.latest, [upload])
        if found.refused:
            raise SystemExit(found.refused[0])

    return _with_story(taken, photo)


def clean(photo: str) -> bytes:
    """What the request leaves for the job."""
    import django

    django.setup()

    from django.core.files import File

    from cms.media import cleaning

    with Path(photo).open("rb") as file:
        return pickle.dumps(cleaning.read(File(file)))


def make_sizes(copy: str) -> float:
    """`copy` is the file of what `clean` left."""
    from cms.media import storage
    from stories.models import StoryPicture

    stored: list[int] = []

    def store(story, upload) -> None:
        picture = StoryPicture(story=story, digest="0" * 64)
        storage.store(picture, pickle.loads(upload.read()))  # noqa: S301 - written by this program
        picture.save()
        stored.append(picture.pk)

    return _with_story(lambda *_: storage.finish(stored[0], StoryPicture), copy, before=store)


def _with_story(way: Callable, photo: str, before: Callable = lambda *_: None) -> float:
    """Processor time of `way`; not of `before`."""
    from django.conf import settings
    from django.core.files.uploadedfile import TemporaryUploadedFile
    from django.db import transaction

    from stories.models import Story, Version

    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        settings.MEDIA_ROOT = folder
        story = Story.objects.create()
        story.latest = Version.objects.create(story=story)
        upload = TemporaryUploadedFile("photo", "", 0, None)
        with Path(photo).open("rb") as file:
            while chunk := file.read(64 * 1024):
                upload.write(chunk)
        upload.size = upload.tell()
        upload.seek(0)
        before(story, upload)
        begun = time.process_time()
        way(story, upload)
        used = time.process_time() - begun
        upload.close()
        transaction.set_rollback(True)
    return used


def measured(way: Callable[[str], float], photo: str, answer) -> None:
    if way is not hello:
        import django

        django.setup()
    seconds = way(photo)
    answer.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def cost(way: Callable[[str], float], photo: str = "") -> tuple[float, float]:
    """Seconds and MiB: the least of a few runs, since whatever else the machine does only adds to them."""
    context = multiprocessing.get_context("spawn")
    seen = []
    for _ in range(TIMES):
        answer = context.Queue()
        process = context.Process(target=measured, args=(way, photo, answer))
        process.start()
        process.join(300)
        if process.exitcode != 0:
            raise SystemExit("It failed; see above. Without tables in the database, run “make run” once.")
        seen.append(answer.get())
    return min(seconds for seconds, _ in seen), min(memory for _, memory in seen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heic", nargs="*", type=Path, default=[], help="photos of your own")
    asked = parser.parse_args()
    plain = cost(hello)
    with tempfile.TemporaryDirectory() as folder:
        photos = {str(path.name): path for path in asked.heic}
        for called, size in SIZES.items():
            for kind in ("JPEG", "HEIC"):
                # A process counts as its own what its parent held, so the photo is made apart.
                with multiprocessing.get_context("spawn").Pool(1) as apart:
                    content = apart.apply(photograph, (size, kind))
                if content is None:
                    print(f"{called}, {kind}: nothing here writes it; see --heic")
                    continue
                path = Path(folder) / f"{size[0]}.{kind.lower()}"
                path.write_bytes(content)
                photos[f"{called}, {kind}"] = path
                del content
        base = cost(nothing, str(next(iter(photos.values()))))
        print(f"\n{'':42}{'CPU s':>8}{'× hello':>10}{'peak MiB':>10}{'× hello':>9}{'more':>7}{'share':>7}")
        show("Django’s hello", plain, plain, base)
        show("the portal, loaded", (0, base[1]), plain, base)
        for called, path in photos.items():
            print(f"{called} ({path.stat().st_size / 1e6:.1f} MB)")
            with multiprocessing.get_context("spawn").Pool(1) as apart:
                copy = Path(folder) / "clean"
                copy.write_bytes(apart.apply(clean, (str(path),)))
            request, job = cost(take, str(path)), cost(make_sizes, str(copy))
            for name, seen in (("request", request), ("job", job)):
                show(f"    {name}", seen, plain, base, share=seen[0] / (request[0] + job[0]))


def show(
    name: str,
    seen: tuple[float, float],
    plain: tuple[float, float],
    base: tuple[float, float],
    share: float | None = None,
) -> None:
    more = f"{seen[1] - base[1]:7.0f}" if seen[1] > base[1] else f"{'':7}"
    print(
        f"{name:42}{seen[0]:8.{2 if seen[0] > 0.1 else 5}f}{seen[0] / plain[0]:10.0f}{seen[1]:10.0f}"
        f"{seen[1] / plain[1]:9.1f}{more}{'' if share is None else f'{share:7.0%}'}".rstrip(),
        flush=True,
    )


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "derbycity.settings")
    main()

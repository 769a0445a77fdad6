"""Says what all sizes of one picture cost, as a ratio to making each from a decode of its own in the same run.

    python bench/pictures.py

The picture is a JPEG of 12 megapixels, as phones make them. Counted is the processor time of each way in a process of
its own, and the most memory that process held. What is read in the request is told beside it.
"""

import io
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.core.files.base import ContentFile
from PIL import Image as Pixels

SIZE = (4000, 3000)
TIMES = 3


def photograph() -> bytes:
    """Shapes of every size with a grain over them: about as much to compress as a picture of a street."""
    grain = Pixels.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 60).resize(SIZE, Pixels.Resampling.BICUBIC)
    shapes = Pixels.merge(
        "RGB", [Pixels.effect_mandelbrot(SIZE, (-2, -1.5 + shift, 1, 1.5), 40) for shift in (0, 0.2, 0.4)]
    )
    buffer = io.BytesIO()
    Pixels.blend(shapes, Pixels.merge("RGB", [grain] * 3), 0.3).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def nothing(picture: bytes) -> None:
    """What a process costs that has only loaded the code."""


def read(picture: bytes) -> None:
    from cms.media import cleaning

    cleaning.read(ContentFile(picture))


def cascade(picture: bytes) -> None:
    from cms.media import cleaning, renditions

    clean = cleaning.read(ContentFile(picture))
    for _ in renditions.make(ContentFile(clean.master), (50, 50)):
        pass


def naive(picture: bytes) -> None:
    """One decode of what was uploaded for each size and format, with Pillow's defaults."""
    from cms.media.renditions import WIDTHS

    for width in WIDTHS:
        for kind in ("AVIF", "JPEG"):
            with Pixels.open(io.BytesIO(picture)) as image:
                shown = image.convert("RGB").resize((width, round(image.height * width / image.width)))
                shown.save(io.BytesIO(), kind)


def measured(way: Callable[[bytes], None], picture: bytes, answer) -> None:
    import django

    django.setup()
    begun = time.process_time()
    way(picture)
    answer.put((time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def cost(way: Callable[[bytes], None], picture: bytes) -> tuple[float, float]:
    """Seconds and MiB: the least of a few runs, since whatever else the machine does only adds to them."""
    context = multiprocessing.get_context("spawn")
    seen = []
    for _ in range(TIMES):
        answer = context.Queue()
        process = context.Process(target=measured, args=(way, picture, answer))
        process.start()
        seen.append(answer.get())
        process.join()
    return min(seconds for seconds, _ in seen), min(memory for _, memory in seen)


def main() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as apart:  # a process counts as its own what its parent held
        picture = apart.apply(photograph)
    base, naive_cost = cost(nothing, picture), cost(naive, picture)
    print(f"{SIZE[0]} × {SIZE[1]}, {len(picture) / 1e6:.1f} MB{'CPU s':>20}{'× naive':>9}{'MiB more':>10}")
    for name, (seconds, memory) in {
        "one decode for each size": naive_cost,
        "ours: reading and all sizes": cost(cascade, picture),
        "of that, in the request": cost(read, picture),
    }.items():
        print(f"{name:32}{seconds:10.2f}{seconds / naive_cost[0]:9.2f}{memory - base[1]:10.0f}")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "derbycity.settings")
    main()

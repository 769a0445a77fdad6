"""The sizes of a clean copy, each as AVIF and as JPEG, and its wide crop: from one decode, each made from the larger
one before it. What they cost: bench/pictures.py.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files import File
from PIL import Image as Pixels
from PIL import ImageDraw

from cms.media import crops
from cms.media.cleaning import jpeg

WIDTHS = (320, 640, 960, 1600)
AVIF_QUALITY = 60
AVIF_SPEED = 8
POINT_EDGE = 288  # on staff's page that sets the focal point, also on a phone


@dataclass(frozen=True)
class Made:
    name: str
    format: str
    width: int
    height: int
    content: bytes


def make(master: File, focal: crops.Size) -> Iterator[Made]:
    with Pixels.open(master, formats=("JPEG",)) as image:
        yield _wide(image, focal)
        last: Pixels.Image = image
        for width in widths_of(image.width)[::-1]:
            height = max(1, round(image.height * width / image.width))
            last = last.resize((width, height), Pixels.Resampling.LANCZOS)
            yield Made(f"{width}.avif", "avif", width, height, _avif(last))
            yield Made(f"{width}.jpg", "jpg", width, height, jpeg(last))


def make_wide(master: File, focal: crops.Size) -> Made:
    with Pixels.open(master, formats=("JPEG",)) as image:
        return _wide(image, focal)


def widths_of(width: int) -> list[int]:
    """Never wider than what there is."""
    return sorted({min(width, wanted) for wanted in WIDTHS})


def _wide(image, focal: crops.Size) -> Made:
    size = crops.size_of(image.size, crops.WIDE)
    crop = image.resize(size, Pixels.Resampling.LANCZOS, box=crops.box(image.size, crops.WIDE, focal))
    return Made("wide.jpg", "jpg", *size, jpeg(crop))


def _avif(image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED)
    return buffer.getvalue()


def crop(preview: File, shape: crops.Size, focal: crops.Size) -> bytes:
    """What a crop will show, for staff; made of the small copy while they look."""
    with Pixels.open(preview, formats=("JPEG",)) as image:
        return jpeg(image.resize(shape, Pixels.Resampling.BICUBIC, box=crops.box(image.size, shape, focal)))


def point_size(size: crops.Size) -> crops.Size:
    """How large the picture stands on the page, so that where it is clicked can be told in percent."""
    factor = POINT_EDGE / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def pointed(preview: File, focal: crops.Size) -> bytes:
    """The whole picture with a ring around the focal point. A click is told in points of what is shown, so its size
    must be the one that is asked for."""
    with Pixels.open(preview, formats=("JPEG",)) as image:
        shown = image.resize(point_size(image.size), Pixels.Resampling.BICUBIC)
    x, y = shown.width * focal[0] / 100, shown.height * focal[1] / 100
    for radius, colour, breadth in ((15, "black", 5), (14, "white", 3)):
        ImageDraw.Draw(shown).ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=breadth)
    return jpeg(shown)

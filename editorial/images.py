"""Pictures: what comes in is judged by its content, and only the clean copy we make of it is ever kept.

The law here: nothing of the uploaded file survives but its pixels. No place, no camera, no comment, no profile.
"""

import io
import uuid
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import ExifTags
from PIL import Image as Pixels

from editorial.models import Image, Publishable

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 60_000_000
MASTER_EDGE = 2048
PREVIEW_WIDTH = 960
QUALITY = 82  # never 85: hostile files are known that survive exactly that

FORMATS = ("JPEG", "PNG", "WEBP")
WAYS_ON = "Please save yours as a JPEG and upload that."

_TURNS = {
    2: (Pixels.Transpose.FLIP_LEFT_RIGHT,),
    3: (Pixels.Transpose.ROTATE_180,),
    4: (Pixels.Transpose.FLIP_TOP_BOTTOM,),
    5: (Pixels.Transpose.TRANSPOSE,),
    6: (Pixels.Transpose.ROTATE_270,),
    7: (Pixels.Transpose.TRANSVERSE,),
    8: (Pixels.Transpose.ROTATE_90,),
}


@dataclass(frozen=True)
class Picture:
    """The clean copy, in the two sizes we show at once."""

    master: bytes
    preview: bytes
    width: int
    height: int
    preview_width: int


def read(upload) -> Picture:
    """The clean copy of an uploaded file. Raises ValidationError with one sentence that says what to do."""
    if not upload.size:
        raise ValidationError("That file is empty. Please choose the picture again.", code="empty")
    if upload.size > MAX_BYTES:
        raise ValidationError(
            "That picture is larger than 25 MB. Please save a smaller copy of it and upload that.", code="too_large"
        )
    upload.seek(0)
    _refuse_by_content(upload.read(64))
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pixels.DecompressionBombWarning)  # our own limit is lower
            source = Pixels.open(upload, formats=FORMATS)
    except Pixels.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception as error:
        raise _damaged() from error
    if source.width * source.height > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        return _copy(source)
    except Exception as error:
        raise _damaged() from error


def _refuse_by_content(start: bytes) -> None:
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return
    if start[4:8] == b"ftyp":
        raise ValidationError(
            "That is a HEIC picture, as newer phones take them, and we cannot read those yet. " + WAYS_ON, code="heic"
        )
    raise ValidationError("We can take pictures that are JPEG, PNG or WebP files. " + WAYS_ON, code="format")


def _too_many_pixels():
    return ValidationError(
        "That picture has more than 60 million points (60 megapixels). "
        "Please save a copy that is at most 6,000 points wide and upload that.",
        code="too_many_pixels",
    )


def _damaged():
    return ValidationError(
        "That picture is damaged, or was cut off on its way here. Please try another copy of it.", code="damaged"
    )


def _copy(source) -> Picture:
    turn = _turn(source)
    if source.format == "JPEG":
        source.draft("RGB", _fitted(source.size, MASTER_EDGE))
    source.load()
    shrunk = _plain(source)
    shrunk.thumbnail((MASTER_EDGE, MASTER_EDGE), Pixels.Resampling.LANCZOS, reducing_gap=3)
    for step in turn:
        shrunk = shrunk.transpose(step)
    master = Pixels.new("RGB", shrunk.size, "white")
    master.paste(shrunk, mask=shrunk.getchannel("A") if shrunk.mode == "RGBA" else None)
    preview = master
    if master.width > PREVIEW_WIDTH:
        height = max(1, round(master.height * PREVIEW_WIDTH / master.width))
        preview = master.resize((PREVIEW_WIDTH, height), Pixels.Resampling.LANCZOS)
    return Picture(_jpeg(master), _jpeg(preview), master.width, master.height, preview.width)


def _turn(source) -> Iterable:
    """How to hold it upright. A broken note about that costs the turn, not the picture."""
    try:
        return _TURNS.get(source.getexif().get(ExifTags.Base.Orientation), ())
    except Exception:
        return ()


def _fitted(size: tuple[int, int], edge: int) -> tuple[int, int]:
    factor = min(1, edge / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _plain(image):
    """In red, green and blue, with its transparency if it has any."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _jpeg(image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()


def store(image: Image, picture: Picture) -> None:
    """Writes both files under random names and puts them on the row, which the caller saves.

    If one cannot be written, neither stays.
    """
    name = uuid.uuid4().hex
    image.master.name, image.preview.name = f"images/{name}.jpg", f"images/{name}-{picture.preview_width}.jpg"
    try:
        image.master.storage.save(image.master.name, ContentFile(picture.master))
        image.preview.storage.save(image.preview.name, ContentFile(picture.preview))
    except OSError:
        remove_files(image)
        raise
    image.width, image.height = picture.width, picture.height
    image.preview_width = picture.preview_width


def remove_files(image: Image) -> None:
    for file in (image.master, image.preview):
        if file.name:
            file.storage.delete(file.name)


def delete(image: Image) -> None:
    """The row now, its files once that is certain."""
    image.delete()
    transaction.on_commit(partial(remove_files, image))


def holders() -> list[tuple[type[Publishable], str]]:
    """Each kind of page that may hold a picture, and the name of the field it holds it in."""
    relations: list[Any] = [field for field in Image._meta.get_fields(include_hidden=True) if field.one_to_many]
    return [
        (relation.related_model, relation.field.name)
        for relation in relations
        if issubclass(relation.related_model, Publishable)
    ]


def uses(image: Image) -> list[Publishable]:
    """Every page that shows the picture, public or not."""
    return [thing for model, name in holders() for thing in model._default_manager.filter(**{name: image})]

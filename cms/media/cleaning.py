"""What comes in, judged by its content, and the clean copy of it.

Nothing of the uploaded file survives but its pixels, as an ordinary screen shows them. No place, no
camera, no comment, no profile.
"""

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import pi_heif
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, ImageCms
from PIL import Image as Pixels

from cms.media import decode_slots

pi_heif.register_heif_opener(thumbnails=False)

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 60_000_000
MASTER_EDGE = 1600  # what the largest rendition needs
PREVIEW_WIDTH = 960
STRIP = 64  # rows of the smaller picture
QUALITY = 82  # never 85: hostile files are known that survive exactly that

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF")  # of what moves, the first moment
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
WAYS_ON = "Please save yours as a JPEG and upload that."
BUSY = _("Many photos are coming in just now. What you typed is safe. Please choose this picture again in a minute.")
SRGB = ImageCms.createProfile("sRGB")

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
    """The clean copy of an uploaded file, once it is its turn. Raises ValidationError with a sentence that says what to
    do; its code is "busy" where so many come in that this one must come again. Raises OSError where turns cannot be
    taken, as on a full disk."""
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
        with decode_slots.turn():
            return _copy(source, upload)
    except decode_slots.Busy:
        raise ValidationError(BUSY, code="busy") from None


def _refuse_by_content(start: bytes) -> None:
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC:
        return
    raise ValidationError("We can take pictures that are JPEG, PNG, WebP, HEIC or GIF files. " + WAYS_ON, code="format")


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


def _copy(source, upload) -> Picture:
    try:
        return _cleaned(source, upload)
    except Exception as error:
        raise _damaged() from error


def _cleaned(source, upload) -> Picture:
    turn = _turn(source)
    profile = source.info.get("icc_profile")
    shrunk = _plain(_decoded(source, upload))
    shrunk.thumbnail((MASTER_EDGE, MASTER_EDGE), Pixels.Resampling.LANCZOS, reducing_gap=3)
    shrunk = _in_srgb(shrunk, profile)
    for step in turn:
        shrunk = shrunk.transpose(step)
    master = Pixels.new("RGB", shrunk.size, "white")
    master.paste(shrunk, mask=shrunk.getchannel("A") if shrunk.mode == "RGBA" else None)
    preview = master
    if master.width > PREVIEW_WIDTH:
        height = max(1, round(master.height * PREVIEW_WIDTH / master.width))
        preview = master.resize((PREVIEW_WIDTH, height), Pixels.Resampling.LANCZOS)
    return Picture(jpeg(master), jpeg(preview), master.width, master.height, preview.width)


def _turn(source) -> Iterable:
    """How to hold it upright. A broken note about that costs the turn, not the picture."""
    try:
        return _TURNS.get(source.getexif().get(ExifTags.Base.Orientation), ())
    except Exception:
        return ()


def _decoded(source, upload):
    """Its pixels, never many more than are kept where the format can give fewer: a JPEG is decoded at a half, a quarter
    or an eighth, a HEIC halved strip by strip."""
    if source.format == "JPEG":
        source.draft("RGB", _fitted(source.size, MASTER_EDGE))
    factor = 1
    while source.format == "HEIF" and max(source.size) >= 2 * factor * MASTER_EDGE:
        factor *= 2
    if factor > 1 and source.mode in ("L", "RGB", "RGBA"):
        return _halved_heic(upload, factor)
    source.load()
    return source


def _halved_heic(upload, factor: int):
    """pi-heif can decode the whole only. What Pillow would hold of it besides, four bytes a point, is held of one strip
    at a time."""
    heic = pi_heif.open_heif(upload, remove_stride=False)
    points, stride, (width, height) = memoryview(heic.data), heic.stride, heic.size
    made = Pixels.new(heic.mode, (-(-width // factor), -(-height // factor)))
    step = STRIP * factor
    for top in range(0, height, step):
        rows = min(step, height - top)
        strip = bytes(points[top * stride : (top + rows) * stride])
        made.paste(
            Pixels.frombuffer(heic.mode, (width, rows), strip, "raw", heic.mode, stride, 1).reduce(factor),
            (0, top // factor),
        )
    return made


def _fitted(size: tuple[int, int], edge: int) -> tuple[int, int]:
    factor = min(1, edge / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _plain(image):
    """In red, green and blue, with its transparency if it has any; in print colours if it came so."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    wanted = "CMYK" if image.mode == "CMYK" else "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _in_srgb(image, profile: bytes | None):
    """The colours every screen knows: what a newer phone or a printer means by a number is more than a screen does.

    A broken profile, or one for other colours than these, costs the conversion, not the picture.
    """
    mode = "RGB" if image.mode == "CMYK" else image.mode
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, meant, SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert(mode)


def jpeg(image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()

import base64
import io
import random
import zlib

import pi_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from cms.media import cleaning

# 64 by 32 points, white but for a black square at the top left, with the name of a camera; no library here writes one.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB4gABAAAAAAAAACMAAgAAAAACBQABAAAAAAAAADgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAY21kYXQAAAAfKAGvCeAhgHSl"
    "//7odJLRb+2BNrV//j+8K2Zq1HEUwAAAAAZFeGlmAABNTQAqAAAACAACAQ8AAgAAAAcAAAAmARIAAwAAAAEABgAAAAAAAFNweUNhbQAA"
)


def pixels(size=(400, 300), colour="red", mode="RGB"):
    return Image.new(mode, size, colour)


def encoded(image, kind="JPEG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def upload(content, name="picture.jpg"):
    return SimpleUploadedFile(name, content)


def read(content, name="picture.jpg"):
    return cleaning.read(upload(content, name))


def shown(content):
    return Image.open(io.BytesIO(content))


def noise(size):
    return Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))  # noqa: S311 - no secret


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_these_kinds_are_taken_whatever_they_are_called(kind):
    picture = read(encoded(pixels(), kind), "picture.exe")

    assert (picture.width, picture.height, picture.preview_width) == (400, 300, 400)
    assert shown(picture.master).format == shown(picture.preview).format == "JPEG"


def test_a_heic_is_taken_as_its_phone_shows_it():
    assert b"SpyCam" in HEIC

    picture = read(HEIC, "IMG_0001.HEIC")

    copy = shown(picture.master)
    assert copy.format == "JPEG"
    assert copy.size == (64, 32)
    assert max(copy.getpixel((4, 4))) < 60 < 200 < min(copy.getpixel((60, 4)))
    assert b"SpyCam" not in picture.master


def test_a_heic_is_judged_by_its_header_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(cleaning, "MAX_PIXELS", 64 * 32 - 1)

    with pytest.raises(ValidationError) as refused:
        read(HEIC)

    assert refused.value.code == "too_many_pixels"


def with_red_and_green_swapped():
    """A colour profile that means green by red: stands for one that means more by a number than a screen does."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_colours_are_kept_as_their_profile_means_them(kind, mode):
    content = encoded(pixels(colour="red", mode=mode), kind, icc_profile=with_red_and_green_swapped())

    red, green, _ = shown(read(content).master).getpixel((5, 5))

    assert green > 200 > 60 > red


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_for_other_colours_costs_the_conversion_and_not_the_picture(mode):
    image = pixels(colour=5 if mode == "L" else (1, 2, 3, 4), mode=mode)

    assert read(encoded(image, icc_profile=with_red_and_green_swapped())).width == 400


def test_a_large_picture_is_kept_smaller():
    picture = read(encoded(pixels((4000, 3000))))

    assert (picture.width, picture.height) == (1600, 1200) == shown(picture.master).size
    assert picture.preview_width == 960
    assert shown(picture.preview).size == (960, 720)


@pytest.mark.parametrize("size", [(4032, 3024), (3024, 4032), (8064, 6048), (3264, 2448)])
def test_of_a_phones_jpeg_a_few_points_more_are_decoded_than_are_kept(size, monkeypatch):
    decoded = []
    plain = cleaning._plain
    monkeypatch.setattr(cleaning, "_plain", lambda image: decoded.append(max(image.size)) or plain(image))

    picture = read(encoded(pixels(size)))

    assert max(picture.width, picture.height) == 1600
    assert 1600 <= decoded[0] <= 2016


@pytest.mark.parametrize(("edge", "size"), [(32, (32, 16)), (20, (20, 10)), (8, (8, 4))])
def test_a_large_heic_is_halved_strip_by_strip_and_never_held_whole(edge, size, monkeypatch):
    monkeypatch.setattr(cleaning, "MASTER_EDGE", edge)
    monkeypatch.setattr(cleaning, "STRIP", 3)
    monkeypatch.setattr(pi_heif.as_plugin.HeifImageFile, "load", lambda _: pytest.fail("was held whole"))

    copy = shown(read(HEIC).master)

    assert copy.size == size
    assert max(copy.getpixel((0, 0))) < 60 < 200 < min(copy.getpixel((size[0] - 1, 0)))
    assert min(copy.getpixel((0, size[1] - 1))) > 200


def test_a_tall_picture_is_kept_smaller():
    picture = read(encoded(pixels((1000, 5000))))

    assert (picture.width, picture.height, picture.preview_width) == (320, 1600, 320)


def test_a_hair_thin_picture_is_kept():
    picture = read(encoded(pixels((30000, 1)), "PNG"))

    assert (picture.width, picture.height) == (1600, 1)


def test_copies_are_progressive():
    assert shown(read(encoded(pixels())).master).info["progressive"]


def with_everything():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SpyCam"
    exif[ExifTags.Base.Artist] = "A Resident"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 55.0, 21.0)
    return encoded(
        pixels(),
        exif=exif,
        comment=b"secret comment",
        xmp=b"<x:xmpmeta>secret xmp</x:xmpmeta>",
        icc_profile=b"secret profile",
    )


def test_nothing_but_the_pixels_survives():
    content = with_everything()
    assert b"SpyCam" in content

    picture = read(content)

    for copy in (picture.master, picture.preview):
        for secret in (b"SpyCam", b"A Resident", b"secret", b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE"):
            assert secret not in copy
        assert not shown(copy).getexif()
        assert set(shown(copy).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
            "dpi",
        }


def test_the_words_inside_a_png_are_lost():
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "secret")

    assert b"secret" not in read(encoded(pixels(), "PNG", pnginfo=note)).master


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (39, 19)), (6, (19, 0)), (8, (0, 39))])
def test_a_picture_is_turned_upright(orientation, corner):
    image = pixels((40, 20), "white")
    image.paste("black", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation

    copy = shown(read(encoded(image, exif=exif, quality=95)).master)

    assert max(copy.getpixel(corner)) < 60


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_can_be_seen_through_becomes_white(mode):
    image = pixels((20, 20), (255, 0, 0, 0), "RGBA").convert(mode)

    assert shown(read(encoded(image, "PNG")).master).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "image",
    [
        pixels(colour=5, mode="L"),
        pixels(colour=1, mode="1"),
        pixels(colour=(1, 2, 3, 4), mode="CMYK"),
        pixels(colour=30000, mode="I;16"),
    ],
    ids=lambda image: image.mode,
)
def test_every_kind_of_colour_is_taken(image):
    assert shown(read(encoded(image, "JPEG" if image.mode == "CMYK" else "PNG")).master).mode == "RGB"


def test_sixteen_bits_of_grey_stay_grey():
    level = shown(read(encoded(pixels(colour=30000, mode="I;16"), "PNG")).master).getpixel((5, 5))[0]

    assert 112 <= level <= 122


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_of_a_moving_picture_the_first_moment_is_kept(kind):
    content = encoded(pixels(colour="red"), kind, save_all=True, append_images=[pixels(colour="blue")])

    red, _, blue = shown(read(content).master).getpixel((5, 5))

    assert red > 200 > 50 > blue


def broken_size(content):
    """A PNG whose header claims 50,000 by 50,000."""
    header = content[12:16] + (50_000).to_bytes(4) * 2 + content[24:29]
    return content[:12] + header + zlib.crc32(header).to_bytes(4) + content[33:]


def wide_frame(content):
    """A GIF whose first frame claims 60,000 by 60,000 points, whatever stands in the header."""
    at = content.index(b"\x2c\0\0\0\0")
    return content[: at + 5] + (60_000).to_bytes(2, "little") * 2 + content[at + 9 :]


REFUSED = {
    "nothing": (b"", "empty"),
    "words": (b"Hello, this is no picture.", "format"),
    "vector": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "format"),
    "a gif cut off": (encoded(noise((60, 60)), "GIF")[:900], "damaged"),
    "only the beginning of a gif": (b"GIF89a", "damaged"),
    "a gif that claims too many points": (b"GIF89a" + b"\xff" * 4 + encoded(pixels(), "GIF")[10:], "too_many_pixels"),
    "a gif whose first picture is larger than it says": (wide_frame(encoded(pixels(), "GIF")), "too_many_pixels"),
    "bmp": (encoded(pixels(), "BMP"), "format"),
    "tiff": (encoded(pixels(), "TIFF"), "format"),
    "ico": (encoded(pixels((32, 32)), "ICO"), "format"),
    "pdf": (b"%PDF-1.7 and so on", "format"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0", "format"),
    "only the beginning of a heic": (HEIC[:300], "damaged"),
    "a heic cut off": (HEIC[:-70], "damaged"),
    "a film": (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "format"),
    "avif": (encoded(pixels(), "AVIF"), "format"),
    "cut off": (encoded(noise((300, 300)))[:20_000], "damaged"),
    "only a beginning": (b"\xff\xd8\xff\xe0", "damaged"),
    "png without pixels": (encoded(pixels(), "PNG")[:40], "damaged"),
    "webp without pixels": (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "damaged"),
    "too many points": (encoded(pixels((8000, 7501)), "PNG"), "too_many_pixels"),
    "a claim of 2.5 thousand million points": (broken_size(encoded(pixels(), "PNG")), "too_many_pixels"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_refusals(content, code):
    with pytest.raises(ValidationError) as refused:
        read(content)

    assert refused.value.code == code
    assert refused.value.message.count(". ") <= 1
    assert "Please" in refused.value.message


def test_more_than_25_megabytes_are_refused_unread():
    file = upload(encoded(pixels()))
    file.size = cleaning.MAX_BYTES + 1

    with pytest.raises(ValidationError, match="larger than 25 MB"):
        cleaning.read(file)


def test_60_million_points_are_taken():
    assert read(encoded(pixels((8000, 7500), mode="L", colour=9), "PNG")).width == 1600

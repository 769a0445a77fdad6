"""Files of pictures, as they come in: good ones are kept once and clean, bad ones are answered with a sentence."""

import errno
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import ExifTags, Image
from procrastinate.contrib.django.models import ProcrastinateJob

from cms.media import cleaning, decode_slots
from stories.models import StoryPicture
from stories.photos import upload as taking
from tests import make_stories as told
from tests.cms.media.test_decode_slots import full
from tests.cms.media.test_media import HEIC, REFUSED, encoded, noise, pixels, with_everything

pytestmark = pytest.mark.django_db


def a_file(content=None, name="holiday.jpg", colour="red"):
    return SimpleUploadedFile(name, encoded(pixels(colour=colour)) if content is None else content)


def take(story, *files, **options):
    return taking.take(story, story.latest, files, **options)


def stored():
    return set(default_storage.listdir("stories")[1]) if default_storage.exists("stories") else set()


def contents():
    """Of all files that are kept."""
    found = []
    for name in sorted(stored()):
        with default_storage.open(f"stories/{name}") as file:
            found.append(file.read())
    return found


@pytest.fixture
def draft():
    return told.story(status="draft")


def test_a_picture_is_kept_as_a_clean_copy_beside_no_picture_of_the_site(draft):
    taken = take(draft, a_file())

    picture = draft.pictures.get()
    assert (taken.refused, [use.picture for use in taken.added]) == ([], [picture])
    assert picture.master.name.startswith("stories/")
    assert not default_storage.exists("images")
    assert (picture.width, picture.height, picture.is_ready) == (400, 300, False)


@pytest.mark.parametrize("name", ["tess-teller.jpg", "x.exe", "photo"])
def test_what_a_file_was_called_is_kept_nowhere(draft, name, run_jobs):
    take(draft, a_file(name=name))
    run_jobs()

    assert stored()
    assert all(
        re.fullmatch(r"[0-9a-f]{32}(-\d+|-(wide|\d+)\.(avif|jpg)|-wide)?(\.jpg|\.avif)?", file) for file in stored()
    )
    assert name not in str(StoryPicture.objects.values().get())


def test_where_and_with_what_it_was_taken_is_in_none_of_its_files(draft, run_jobs):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SpyCam"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 55.0, 21.0)
    with_place = encoded(noise((700, 500)), exif=exif)
    assert b"SpyCam" in with_place
    assert b"SpyCam" in HEIC

    take(draft, a_file(with_place), a_file(HEIC, "IMG_1.HEIC"), a_file(with_everything()))
    run_jobs()

    assert len(contents()) == (2 + 7) + (2 + 3) + (2 + 5)
    for content in contents():
        assert not [secret for secret in (b"SpyCam", b"Exif", b"GPS", b"A Resident", b"secret") if secret in content]
        assert not Image.open(io.BytesIO(content)).getexif()


def test_a_heic_straight_from_a_phone_is_taken(draft):
    taken = take(draft, a_file(HEIC, "IMG_0001.HEIC"))

    assert (len(taken.added), taken.refused) == (1, [])


def test_of_a_moving_gif_the_first_moment_is_kept(draft):
    take(draft, a_file(encoded(pixels(colour="red"), "GIF", save_all=True, append_images=[pixels(colour="blue")])))

    for content in contents():
        red, _, blue = Image.open(io.BytesIO(content)).getpixel((5, 5))
        assert red > 200 > 50 > blue


HOSTILE = {name: content for name, (content, _) in REFUSED.items()} | {
    "a page behind the sign of a picture": b"GIF89a/*<script>alert(1)</script>*/",
    "an archive behind a picture that is cut off": encoded(noise((99, 99)))[:2000] + b"PK\x03\x04" + b"x" * 999,
    "zeros": b"\0" * 5000,
    "a drawing called a photo": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "60.1 million points": encoded(pixels((7753, 7752), mode="L", colour=1), "PNG"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_named_in_a_sentence_and_the_good_ones_beside_it_are_kept(draft, content):
    bad = SimpleUploadedFile("bad.jpg", content)

    taken = take(draft, a_file(), bad, a_file(colour="blue"))

    assert len(taken.added) == 2 == draft.pictures.count()
    assert len(taken.refused) == 1
    assert taken.refused[0].startswith("“bad.jpg” ")
    assert len(stored()) == 4


def test_a_picture_that_is_also_something_else_loses_what_else_it_is(draft):
    both = encoded(pixels()) + b"<script>alert(1)</script>PK\x03\x04"

    take(draft, a_file(both))

    assert len(contents()) == 2
    assert not [content for content in contents() if b"script" in content or b"PK" in content[-200:]]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * 10_000 + ".jpg", "“" + "x" * 20 + "…xxxxxx.jpg”"),
        ("../../etc/passwd", "“passwd”"),
        ("C:\\photos\\me.jpg", "“"),
        ("<b>me</b>.jpg", "“"),
        ("\u202egpj.exe", "“gpj.exe”"),
        ("a\x00b\x1b.jpg", "“ab.jpg”"),
        ("{0.__class__}.jpg", "“{0.__class__}.jpg”"),
    ],
)
def test_whatever_a_refused_file_is_called_is_cut_and_harmless(draft, name, shown):
    upload = SimpleUploadedFile("x", b"no picture")
    upload.name = name

    sentence = take(draft, upload).refused[0]

    assert sentence.startswith(shown)
    assert len(sentence) < 150
    assert sentence.isprintable()


def test_a_file_beyond_25_megabytes_is_refused_unread(draft, monkeypatch):
    monkeypatch.setattr(taking, "_digest", lambda _: pytest.fail("was read"))
    large = a_file()
    large.size = cleaning.MAX_BYTES + 1

    assert "larger than 25 MB" in take(draft, large).refused[0]


def test_the_same_file_sent_twice_is_one_picture(draft):
    take(draft, a_file(), a_file(name="copy.jpg"))
    again = take(draft, a_file())

    assert draft.pictures.count() == draft.latest.pictures.count() == 1
    assert (len(again.added), again.refused) == (1, [])
    assert len(stored()) == 2
    assert ProcrastinateJob.objects.filter(task_name="stories.jobs.make_sizes").count() == 1


@pytest.mark.django_db(transaction=True)
def test_five_posts_at_once_of_the_same_file_make_one_picture():
    draft = told.story(status="draft")

    def one(_):
        try:
            return take(draft, a_file())
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        taken = list(pool.map(one, range(5)))

    assert [(len(one.added), one.refused) for one in taken] == [(1, [])] * 5
    assert draft.pictures.count() == draft.latest.pictures.count() == 1
    assert len(stored()) == 2


def test_a_story_has_up_to_ten_pictures(draft):
    colours = [(number * 20, 0, 0) for number in range(12)]

    taken = take(draft, *(a_file(colour=colour) for colour in colours))

    assert len(taken.added) == 10 == draft.pictures.count()
    assert ["up to 10 pictures" in sentence for sentence in taken.refused] == [True, True]
    assert len(stored()) == 20


def test_the_order_is_the_order_they_came_in(draft):
    take(draft, *(a_file(colour=colour) for colour in ("red", "green", "blue")))

    assert list(draft.latest.pictures.values_list("order", flat=True)) == [0, 1, 2]


def test_a_full_disk_is_said_and_leaves_no_half_picture(draft, monkeypatch):
    save, left = FileSystemStorage._save, [1]

    def fails(self, name, content):
        if not left:
            Path(self.path(name)).touch()  # as much of it as there was room for
            raise OSError(errno.ENOSPC, "No space left on device")
        left.pop()
        return save(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", fails)
    taken = take(draft, a_file(name="a.jpg"))

    assert taken.added == []
    assert taken.refused == ["“a.jpg” could not be kept, because our disk is full or busy. Please try again later."]
    assert (draft.pictures.count(), stored()) == (0, set())


def test_files_without_a_row_go_again(draft, monkeypatch):
    monkeypatch.setattr(taking, "_saved", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        take(draft, a_file())

    assert stored() == set()


def test_a_story_that_was_sent_meanwhile_takes_none(draft):
    draft.latest.state = "waiting"
    draft.latest.save()

    assert "sent meanwhile" in take(draft, a_file()).refused[0]
    assert (draft.pictures.count(), stored()) == (0, set())


def test_what_one_request_has_no_time_for_is_asked_for_again(draft, monkeypatch):
    monkeypatch.setattr(taking, "SECONDS", 0)

    taken = take(draft, a_file(), a_file(colour="blue", name="second.jpg"))

    assert len(taken.added) == 1
    assert taken.refused == ["“second.jpg” was not added yet: these were many at once. Please choose it again."]


def test_where_many_photos_come_in_each_file_is_answered_at_once_and_nothing_is_counted_or_kept(draft, monkeypatch):
    monkeypatch.setattr(taking, "MOST_OF_A_NETWORK", 2)

    with full():
        taken = take(draft, a_file(name="1.jpg"), a_file(colour="blue", name="2.jpg"), network="192.0.2.1")

    assert (taken.added, taken.is_busy, stored()) == ([], True, set())
    assert taken.refused[1] == (
        "“2.jpg” was not added yet: many photos are coming in just now. Your words are safe. "
        "Please send this photo again in a minute."
    )
    again = take(draft, a_file(), a_file(colour="blue"), network="192.0.2.1")
    assert (len(again.added), again.refused, again.is_busy) == (2, [], False)


def test_whoever_has_waited_for_one_file_does_not_wait_for_the_others(draft, monkeypatch):
    monkeypatch.setattr(decode_slots, "WAIT", 0.3)
    began = time.monotonic()

    with decode_slots.turn():
        taken = take(draft, *(a_file(colour=(number, 0, 0)) for number in range(10)))

    assert len(taken.refused) == 10
    assert time.monotonic() - began < 2


def test_a_network_fills_no_disk(draft, monkeypatch):
    monkeypatch.setattr(taking, "MOST_OF_A_NETWORK", 1)

    taken = take(draft, a_file(), a_file(colour="blue"), network="192.0.2.1")

    assert (len(taken.added), len(taken.refused)) == (1, 1)
    assert "from your network today" in taken.refused[0]


def test_a_picture_that_is_taken_away_is_gone_with_all_its_files(draft, run_jobs, django_capture_on_commit_callbacks):
    take(draft, a_file())
    run_jobs()
    assert len(stored()) == 7

    with django_capture_on_commit_callbacks(execute=True):
        taking.remove(draft.latest.pictures.get())

    assert (draft.pictures.count(), stored()) == (0, set())


def test_a_picture_that_an_earlier_version_shows_stays(draft, django_capture_on_commit_callbacks):
    take(draft, a_file())
    picture = draft.pictures.get()
    later = told.version(draft, state="writing")
    use = later.pictures.create(picture=picture)

    with django_capture_on_commit_callbacks(execute=True):
        taking.remove(use)

    assert draft.pictures.count() == 1
    assert len(stored()) == 2


def test_pictures_change_places(draft):
    take(draft, *(a_file(colour=colour) for colour in ("red", "green", "blue")))
    first, second, third = draft.latest.pictures.all()

    taking.move(third, -1)
    taking.move(first, -1)

    assert list(draft.latest.pictures.all()) == [first, third, second]

"""The sizes of a picture, and the files that come and go with them."""

import io

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from PIL import Image as Pixels
from procrastinate.contrib.django.models import ProcrastinateJob

from city import views as page_views
from cms.audit.models import AuditEvent
from cms.media import cleaning, jobs, renditions, replacement, storage, uses
from cms.media.models import Image, Replacement
from cms.outbox.models import Mail
from partners.models import Partner
from partners.public import views as partner_views
from programmes import views as programme_views
from programmes.models import Programme
from tests import make
from tests.cms.media.test_media import encoded, pixels, upload

pytestmark = pytest.mark.django_db


def kept(size=(700, 400), colour="red", of=Image, **fields):
    """A picture with its two files, whose sizes are not made."""
    defaults = {"alternative_text": "Children on a stage", "credit": "Ada", "licence": "ours"}
    image = of(**defaults | fields)
    storage.store(image, cleaning.read(upload(encoded(pixels(size, colour)))))
    image.save()
    return image


def stored():
    return set(default_storage.listdir("images")[1]) if default_storage.exists("images") else set()


def named_by(image):
    files = [image.master, image.preview, *(one.file for one in image.renditions.all())]
    return {file.name.removeprefix("images/") for file in files}


def colour_of(file):
    with file.open() as opened:
        return Pixels.open(opened).convert("RGB").getpixel((5, 5))


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (2048, [320, 640, 960, 1600]),
        (1600, [320, 640, 960, 1600]),
        (1000, [320, 640, 960, 1000]),
        (320, [320]),
        (40, [40]),
    ],
)
def test_no_size_is_wider_than_the_picture(width, widths):
    assert renditions.widths_of(width) == widths


def test_each_size_is_made_as_avif_and_as_jpeg():
    master = io.BytesIO(encoded(pixels((700, 400))))

    made = {one.name: one for one in renditions.make(master, (50, 50))}

    assert set(made) == {"wide.jpg", *(f"{width}.{kind}" for width in (320, 640, 700) for kind in ("avif", "jpg"))}
    for one in made.values():
        opened = Pixels.open(io.BytesIO(one.content))
        assert opened.size == (one.width, one.height)
        assert opened.format == {"avif": "AVIF", "jpg": "JPEG"}[one.format]
    assert (made["640.jpg"].width, made["640.jpg"].height) == (640, 366)
    assert (made["wide.jpg"].width, made["wide.jpg"].height) == (700, 367)


def test_a_picture_is_ready_once_the_job_has_made_its_sizes(django_capture_on_commit_callbacks):
    image = kept()
    assert not image.is_ready

    with django_capture_on_commit_callbacks(execute=True):
        jobs.make_sizes(image_id=image.pk)

    image.refresh_from_db()
    assert image.widths == [320, 640, 700]
    assert image.renditions.get(name="320.avif").size == image.renditions.get(name="320.avif").file.size
    assert stored() == named_by(image)
    assert image.history.count() == 1


def test_a_job_that_comes_twice_or_too_late_does_nothing():
    image = kept()
    jobs.make_sizes(image_id=image.pk)
    before = stored()

    jobs.make_sizes(image_id=image.pk)
    jobs.make_sizes(image_id=0)
    jobs.recrop(image_id=0)
    jobs.take_over(replacement_id=0)

    assert stored() == before


def test_a_full_disk_leaves_nothing_behind_and_the_picture_unready(monkeypatch):
    image = kept()
    before, real = stored(), FileSystemStorage.save

    def full(self, name, content, **options):
        if "640" in name:
            raise OSError("No space left on device")
        return real(self, name, content, **options)

    monkeypatch.setattr(FileSystemStorage, "save", full)

    with pytest.raises(OSError, match="No space"):
        jobs.make_sizes(image_id=image.pk)

    image.refresh_from_db()
    assert not image.is_ready
    assert stored() == before


def test_what_was_never_made_is_caught_up_with():
    late, done, lost = kept(), make.image(), make.image(widths=[])
    kept()  # a moment ago: its own job is still to come
    waiting = kept((500, 500), "blue", Replacement, image=done)
    for image in (late, done, lost, waiting):
        image.created_at = image.created_at.replace(year=2020)
        image.save()

    jobs.catch_up(0)
    jobs.catch_up(1)

    queued = list(ProcrastinateJob.objects.order_by("pk").values_list("args", flat=True))
    assert queued == [{"image_id": late.pk}, {"replacement_id": waiting.pk}]


def test_of_a_picture_whose_file_is_lost_nothing_is_tried():
    lost = make.image(widths=[])

    jobs.make_sizes(image_id=lost.pk)

    assert not Image.objects.get().is_ready


@pytest.mark.parametrize("why", ["lost", "public by now", "gone"])
def test_a_replacement_that_cannot_take_place_is_put_away_and_whoever_chose_it_is_told(cast, why):
    image, who = kept(), None if why == "gone" else cast.writer
    jobs.make_sizes(image_id=image.pk)
    waiting = kept((500, 500), "blue", Replacement, image=image, by=who)
    if why == "lost":
        default_storage.delete(waiting.master.name)
    make.programme(picture=image, status="draft" if why == "lost" else "published")

    jobs.take_over(replacement_id=waiting.pk)

    assert Image.objects.get().version == 1
    assert not Replacement.objects.exists()
    assert [mail.to for mail in Mail.objects.all()] == ([who.email] if who else [])


def test_what_pages_say_of_a_picture_changes_with_it(cast):
    image = kept()
    jobs.make_sizes(image_id=image.pk)
    use, kept_since = (
        make.programme_picture(programme=make.programme(), image=image, caption="In May") for _ in range(2)
    )
    told = [
        {"model": "programmes.ProgrammePicture", "key": one.pk, "was": {"caption": "In May"}, "words": {"caption": new}}
        for one, new in ((use, "In June"), (kept_since, "In June"))
    ]
    waiting = kept((500, 500), "blue", Replacement, image=image, by=cast.editor, use_words=told)
    kept_since.caption = "In July"
    kept_since.save()
    seen_at = use.programme.modified_at

    jobs.take_over(replacement_id=waiting.pk)

    use.refresh_from_db()
    kept_since.refresh_from_db()
    assert (use.caption, kept_since.caption) == ("In June", "In July")
    assert (use.history.first().history_user, use.history.first().caption) == (cast.editor, "In June")
    assert use.programme.modified_at > seen_at
    assert AuditEvent.objects.get().new[f"caption on “{use.programme}”"] == "In June"


def test_a_moved_focal_point_makes_another_wide_crop(django_capture_on_commit_callbacks):
    image = kept((400, 800))
    jobs.make_sizes(image_id=image.pk)
    image.refresh_from_db()
    old = image.renditions.get(name="wide.jpg").file.name
    image.focal_y = 0
    image.save()

    with django_capture_on_commit_callbacks(execute=True):
        jobs.recrop(image_id=image.pk)

    image.refresh_from_db()
    assert image.version == 2
    assert image.widths == [320, 400]
    assert image.renditions.get(name="wide.jpg").file.name != old
    assert stored() == named_by(image)


def test_a_replacement_takes_over_all_at_once(cast, django_capture_on_commit_callbacks):
    image = kept(colour="red", focal_x=9)
    jobs.make_sizes(image_id=image.pk)
    waiting = kept((500, 500), "blue", Replacement, image=image, by=cast.editor, alternative_text="Boats on the river")
    image.refresh_from_db()
    assert colour_of(image.master)[0] > 200

    with django_capture_on_commit_callbacks(execute=True):
        jobs.take_over(replacement_id=waiting.pk)

    image = Image.objects.get()
    assert (image.version, image.width, image.widths, image.focal_x) == (2, 500, [320, 500], 50)
    assert image.alternative_text == "Boats on the river"
    assert colour_of(image.master)[2] > colour_of(image.renditions.get(name="320.jpg").file)[0]
    assert stored() == named_by(image)
    assert not Replacement.objects.exists()
    assert image.history.first().history_user == cast.editor
    line = AuditEvent.objects.get(action="picture_replaced")
    assert (line.by, line.object_id) == (cast.editor, image.pk)
    assert line.old["alternative_text"] == "Children on a stage"
    assert line.new["alternative_text"] == "Boats on the river"


def test_if_the_change_is_undone_the_old_picture_and_its_files_stay(monkeypatch, cast):
    image = kept()
    jobs.make_sizes(image_id=image.pk)
    waiting = kept((500, 500), "blue", Replacement, image=image, by=cast.editor)
    before = stored()

    def broken(*args, **kwargs):
        raise RuntimeError("lost")

    monkeypatch.setattr(replacement.audit_log, "write", broken)
    with pytest.raises(RuntimeError, match="lost"):
        jobs.take_over(replacement_id=waiting.pk)

    assert stored() == before
    assert Image.objects.get().version == 1


def test_all_files_go_with_the_picture(cast, django_capture_on_commit_callbacks):
    image = kept()
    jobs.make_sizes(image_id=image.pk)
    kept((500, 500), "blue", Replacement, image=image, by=cast.editor)
    image.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        storage.delete(image)

    assert stored() == set()


def test_what_is_not_ready_is_found():
    unready, ready = make.image(widths=[]), make.image()

    assert uses.not_ready([unready, ready]) == [unready]


def test_the_pictures_of_a_preview_carry_its_key():
    programme = Programme.objects.for_page().get(pk=make.programme(picture=make.image()).pk)
    partner, page = make.partner(logo=make.image()), make.page()
    make.page_picture(page=page, image=make.image())
    contexts = [
        programme_views.context_of(programme),
        partner_views.context_of(Partner.objects.for_page().get(pk=partner.pk)),
        page_views.context_of(page),
    ]

    for context in contexts:
        uses.carry_key(context, "a&b")

    shown = [contexts[0]["hero"].image, contexts[1]["partner"].logo, contexts[2]["gallery"][0].image]
    assert all(image.preview_url.endswith("/1/preview.jpg?key=a%26b") for image in shown)
    assert "/1/320.avif?key=a%26b 320w" in shown[0].avif_srcset
    assert make.image().preview_url.endswith("/1/preview.jpg")

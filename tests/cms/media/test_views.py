"""The address of a picture: public while something published shows it, before that for staff and previews only."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from cms.media.models import Rendition
from cms.revisions import preview_links
from tests import make

pytestmark = pytest.mark.django_db

MASTER, PREVIEW, SMALL = b"\xff\xd8\xff master", b"\xff\xd8\xff preview", b"a small one"
SHOWN_BY = {
    "a published partner": lambda image: make.partner(logo=image),
    "a published programme": lambda image: make.programme(picture=image),
    "published news": lambda image: make.news_item(picture=image),
    "a published page": lambda image: make.page_picture(page=make.page(), image=image).page,
}
HIDDEN_BEHIND = {
    "nothing": lambda _: None,
    "a draft partner": lambda image: make.partner(logo=image, status="draft"),
    "a draft programme": lambda image: make.programme(picture=image, status="draft"),
    "draft news": lambda image: make.news_item(picture=image, status="draft"),
    "a draft page": lambda image: make.page_picture(page=make.page(status="draft"), image=image),
    "a programme to come": lambda image: make.programme(picture=image, publish_at="2999-01-01T00:00Z"),
    "a partner taken down": lambda image: make.partner(logo=image, unpublish_at="2000-01-01T00:00Z"),
}
SIZES = {"master.jpg": MASTER, "preview.jpg": PREVIEW, "320.avif": SMALL}
every_size = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def image():
    made = make.image(master=ContentFile(MASTER, "a.jpg"), preview=ContentFile(PREVIEW, "b.jpg"))
    small = ContentFile(SMALL, "c.avif")
    Rendition.objects.create(image=made, name="320.avif", format="avif", width=320, height=160, size=9, file=small)
    return made


def read(image, size, client=None, query="", **headers):
    """The answer and, if there is a picture, its bytes."""
    answer = (client or Client()).get(f"/pictures/{image.key}/1/{size}{query}", headers=headers)
    answer.picture = answer.getvalue() if answer.streaming else b""
    return answer


@every_size
@pytest.mark.parametrize("holder", SHOWN_BY)
def test_anyone_sees_a_picture_that_something_published_shows(image, holder, size):
    SHOWN_BY[holder](image)

    answer = read(image, size)

    assert answer.status_code == 200
    assert answer.picture == SIZES[size]
    assert answer.headers["Content-Type"] == ("image/avif" if size == "320.avif" else "image/jpeg")


@pytest.mark.parametrize("holder", SHOWN_BY)
def test_a_public_picture_is_the_same_for_everybody(image, holder):
    SHOWN_BY[holder](image)

    answer = read(image, "master.jpg")

    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].startswith("public")


@every_size
@pytest.mark.parametrize("holder", HIDDEN_BEHIND)
def test_strangers_do_not_find_a_picture_that_nothing_published_shows(image, holder, size):
    HIDDEN_BEHIND[holder](image)

    assert read(image, size).status_code == 404


@pytest.mark.parametrize(
    ("person", "status"),
    [("anyone", 404), ("author", 404), ("stranger", 404), ("editor", 200), ("moderator", 200), ("administrator", 200)],
)
def test_before_it_is_public_only_staff_see_a_picture(image, browse, person, status):
    assert read(image, "preview.jpg", browse(person)).status_code == status


def test_somebody_who_left_the_staff_sees_nothing(image, cast, browse):
    client = browse("editor")
    cast.editor.is_active = False
    cast.editor.save()

    assert read(image, "preview.jpg", client).status_code == 404


def test_what_only_staff_may_see_is_kept_by_no_cache(image, browse):
    answer = read(image, "preview.jpg", browse("editor"))

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("holder", SHOWN_BY)
def test_a_picture_is_gone_once_the_page_that_shows_it_is_taken_down(image, holder):
    thing = SHOWN_BY[holder](image)
    etag = read(image, "master.jpg").headers["ETag"]

    thing.status = "draft"
    thing.save()

    assert read(image, "master.jpg").status_code == 404
    assert read(image, "master.jpg", if_none_match=etag).status_code == 404


def test_a_cache_asks_again_within_a_minute_and_gets_no_picture_it_has(image):
    SHOWN_BY["a published partner"](image)

    first = read(image, "320.avif")
    again = read(image, "320.avif", if_none_match=first.headers["ETag"])

    assert first.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert (again.status_code, again.picture) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_a_replaced_picture_is_fetched_anew(image):
    SHOWN_BY["a published partner"](image)
    etag, address = read(image, "master.jpg").headers["ETag"], image.get_absolute_url()

    image.version = 2
    image.save()

    assert image.get_absolute_url() != address
    assert read(image, "master.jpg", if_none_match=etag).status_code == 200


def test_whoever_has_the_key_of_a_preview_sees_its_pictures_and_no_others(image, cast):
    draft = make.programme(picture=image, status="draft")
    key, link = preview_links.make(draft, for_whom="Anna", by=cast.editor)
    other, _ = preview_links.make(make.programme(status="draft"), for_whom="Anna", by=cast.editor)

    answer = read(image, "320.avif", query=f"?key={key}")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert read(image, "320.avif", query=f"?key={other}").status_code == 404
    assert read(image, "320.avif", query="?key=x%00").status_code == 404
    preview_links.revoke(link, by=cast.editor)
    assert read(image, "320.avif", query=f"?key={key}").status_code == 404


def test_a_picture_whose_file_is_lost_is_not_found(browse):
    assert read(make.image(), "master.jpg", browse("editor")).status_code == 404


@pytest.mark.parametrize(
    "size",
    ["original.jpg", "Master.jpg", "master", "key", "640.avif", "credit", "__class__", "320.avif.jpg", "x%2F..%2Fa"],
)
def test_there_are_the_sizes_that_were_made_and_nothing_else_to_ask_for(image, browse, size):
    assert read(image, size, browse("editor")).status_code == 404


def test_a_picture_that_never_was_is_not_found(browse):
    assert browse("editor").get(f"/pictures/{uuid.uuid4()}/1/master.jpg").status_code == 404
    assert browse("editor").get("/pictures/1/1/master.jpg").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_picture_can_only_be_read(image, browse, method):
    SHOWN_BY["a published partner"](image)

    answer = getattr(browse("administrator"), method)(f"/pictures/{image.key}/1/master.jpg")

    assert answer.status_code == 405

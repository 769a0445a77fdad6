"""The address of a picture: public while something published shows it, before that for staff only."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db

MASTER, PREVIEW = b"\xff\xd8\xff master", b"\xff\xd8\xff preview"
SHOWN_BY = {
    "a published partner": lambda image: make.partner(logo=image),
    "a published programme": lambda image: make.programme(picture=image),
}
HIDDEN_BEHIND = {
    "nothing": lambda _: None,
    "a draft partner": lambda image: make.partner(logo=image, status="draft"),
    "a draft programme": lambda image: make.programme(picture=image, status="draft"),
    "a programme to come": lambda image: make.programme(picture=image, publish_at="2999-01-01T00:00Z"),
    "a partner taken down": lambda image: make.partner(logo=image, unpublish_at="2000-01-01T00:00Z"),
}
SIZES = {"master": MASTER, "preview": PREVIEW}
every_size = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def image():
    return make.image(master=ContentFile(MASTER, "a.jpg"), preview=ContentFile(PREVIEW, "b.jpg"))


def read(image, size, client=None):
    """The answer and, if there is a picture, its bytes."""
    answer = (client or Client()).get(f"/pictures/{image.key}/{size}.jpg")
    answer.picture = answer.getvalue() if answer.streaming else b""
    answer.close()
    return answer


@every_size
@pytest.mark.parametrize("holder", SHOWN_BY)
def test_anyone_sees_a_picture_that_something_published_shows(image, holder, size):
    SHOWN_BY[holder](image)

    answer = read(image, size)

    assert answer.status_code == 200
    assert answer.picture == SIZES[size]
    assert answer.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("holder", SHOWN_BY)
def test_a_public_picture_is_the_same_for_everybody(image, holder):
    SHOWN_BY[holder](image)

    answer = read(image, "master")

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
    assert read(image, "preview", browse(person)).status_code == status


def test_somebody_who_left_the_staff_sees_nothing(image, cast, browse):
    client = browse("editor")
    cast.editor.is_active = False
    cast.editor.save()

    assert read(image, "preview", client).status_code == 404


def test_what_only_staff_may_see_is_kept_by_no_cache(image, browse):
    answer = read(image, "preview", browse("editor"))

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("holder", SHOWN_BY)
def test_a_picture_is_gone_once_the_page_that_shows_it_is_taken_down(image, holder):
    thing = SHOWN_BY[holder](image)

    thing.status = "draft"
    thing.save()

    assert read(image, "master").status_code == 404


def test_a_picture_whose_file_is_lost_is_not_found(browse):
    assert read(make.image(), "master", browse("editor")).status_code == 404


@pytest.mark.parametrize("size", ["original", "Master", "key", "width", "credit", "__class__", "master.jpg"])
def test_there_are_two_sizes_and_nothing_else_to_ask_for(image, browse, size):
    assert read(image, size, browse("editor")).status_code == 404


def test_a_picture_that_never_was_is_not_found(browse):
    assert browse("editor").get(f"/pictures/{uuid.uuid4()}/master.jpg").status_code == 404
    assert browse("editor").get("/pictures/1/master.jpg").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_picture_can_only_be_read(image, browse, method):
    SHOWN_BY["a published partner"](image)

    answer = getattr(browse("administrator"), method)(f"/pictures/{image.key}/master.jpg")

    assert answer.status_code == 405

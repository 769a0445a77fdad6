import pytest
from django.core.files.storage import default_storage

from editorial.forms import remember_move
from editorial.models import Image, MovedAddress
from tests import make
from tests.editorial.test_images import encoded, pixels, upload

ADD = "/admin/editorial/image/add/"


def sent(**changes):
    fields = {
        "upload": upload(encoded(pixels())),
        "alternative_text": "Two girls plant a tree",
        "credit": "The partnership",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def stored():
    return default_storage.listdir("images")[1] if default_storage.exists("images") else []


def test_a_picture_is_kept_with_its_words_and_its_giver(browse, cast):
    response = browse("editor").post(ADD, sent())

    image = Image.objects.get()
    assert response.status_code == 302
    assert (image.width, image.height, image.alternative_text) == (400, 300, "Two girls plant a tree")
    assert image.uploaded_by == cast.editor
    assert {image.master.name, image.preview.name} == {f"images/{name}" for name in stored()}
    assert "picture" not in image.master.name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"upload": None}, "upload"),
        ({"upload": upload(b"")}, "upload"),
        ({"upload": upload(b"words")}, "upload"),
        ({"alternative_text": ""}, "alternative_text"),
        ({"alternative_text": "IMG_1234.jpg"}, "alternative_text"),
        ({"alternative_text": "image"}, "alternative_text"),
        ({"alternative_text": "a b " * 200}, "alternative_text"),
        ({"alternative_text": "Two girls\0plant a tree"}, "alternative_text"),
        ({"credit": ""}, "credit"),
    ],
)
def test_a_refused_picture_leaves_nothing(browse, changes, field):
    response = browse("editor").post(ADD, sent(**changes))

    assert field in response.context["adminform"].form.errors
    assert Image.objects.count() == 0
    assert stored() == []


def test_a_full_disk_is_an_error_of_the_form(browse, monkeypatch):
    real = default_storage.save
    names = []

    def full(name, content, **options):
        names.append(name)
        if len(names) == 2:
            raise OSError("No space left on device")
        return real(name, content, **options)

    monkeypatch.setattr(
        type(default_storage._wrapped), "save", lambda _, name, content, **options: full(name, content, **options)
    )

    response = browse("editor").post(ADD, sent())

    assert "disk may be full" in str(response.context["adminform"].form.errors["upload"])
    assert stored() == []


def test_if_the_row_cannot_be_saved_the_files_go(browse, monkeypatch):
    def broken(self, *args, **kwargs):
        raise RuntimeError("lost")

    monkeypatch.setattr(Image, "save", broken)

    with pytest.raises(RuntimeError, match="lost"):
        browse("editor").post(ADD, sent())

    assert stored() == []


def test_the_files_go_with_the_row(browse, django_capture_on_commit_callbacks):
    browse("editor").post(ADD, sent())
    image = Image.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        browse("administrator").post(f"/admin/editorial/image/{image.pk}/delete/", {"post": "yes"})

    assert Image.objects.count() == 0
    assert stored() == []


@pytest.mark.parametrize("build", [lambda image: make.programme(picture=image), lambda image: make.partner(logo=image)])
def test_a_picture_on_a_page_stays(browse, build):
    image = make.image()
    thing = build(image)
    administrator = browse("administrator")

    page = administrator.get(f"/admin/editorial/image/{image.pk}/delete/").content.decode()
    administrator.post(f"/admin/editorial/image/{image.pk}/delete/", {"post": "yes"})
    sent = {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"}
    administrator.post("/admin/editorial/image/", sent)

    assert str(thing) in page
    assert Image.objects.count() == 1


def test_where_a_picture_is_used(browse):
    image = make.image()
    make.programme(title="With a picture", picture=image, status="draft")

    editor = browse("editor")

    assert "With a picture" in editor.get(f"/admin/editorial/image/{image.pk}/change/").content.decode()
    assert "1 page" in editor.get("/admin/editorial/image/").content.decode()
    assert editor.get("/admin/editorial/image/?used=no").context["cl"].result_count == 0
    assert editor.get("/admin/editorial/image/?used=yes").context["cl"].result_count == 1


def test_the_words_of_a_picture_can_be_changed_and_the_picture_not(browse):
    image = make.image()

    browse("editor").post(f"/admin/editorial/image/{image.pk}/change/", sent(alternative_text="A silk mill at night"))

    image.refresh_from_db()
    assert image.alternative_text == "A silk mill at night"
    assert image.master.name == "images/none.jpg"


def test_an_address_is_moved_by_hand(browse, client):
    browse("editor").post("/admin/editorial/movedaddress/add/", {"old_path": "/old/", "new_path": "/programmes/"})

    assert client.get("/old/").url == "/programmes/"


def test_an_address_is_not_moved_to_another_site(browse):
    response = browse("editor").post(
        "/admin/editorial/movedaddress/add/", {"old_path": "/old/", "new_path": "//example.org/"}
    )

    assert "new_path" in response.context["adminform"].form.errors
    assert MovedAddress.objects.count() == 0


def test_the_list_of_moved_addresses_says_where_they_lead(browse):
    remember_move(make.partner(slug="here-now"), "/partners/there/")
    MovedAddress.objects.create(old_path="/old/", new_path="/programmes/")

    page = browse("editor").get("/admin/editorial/movedaddress/").content.decode()

    assert "/partners/here-now/" in page
    assert "/programmes/" in page


def test_moderators_have_nothing_to_do_with_moved_addresses(browse):
    assert browse("moderator").get("/admin/editorial/movedaddress/").status_code == 403

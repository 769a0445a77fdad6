"""What staff do to one picture: say what must stay in a crop, replace it everywhere; and who may do what to which."""

import io

import pytest
from PIL import Image as Pixels

from cms.admin.pictures.picture_forms import use_form
from cms.media.models import Image, Replacement
from tests import make
from tests.cms.admin.pictures.test_pictures_admin import ADD, BASE, WORDS, described, errors_of, queued, sent
from tests.cms.media.test_media import encoded, pixels, upload
from tests.cms.media.test_renditions import kept, stored

pytestmark = pytest.mark.django_db


# What must stay in it


def pointed(image, **data):
    return f"{BASE}{image.pk}/focal/", {"focal_x": image.focal_x, "focal_y": image.focal_y} | data


@pytest.mark.parametrize(
    ("data", "focal"),
    [
        ({"focal_x": 10, "focal_y": 90}, (10, 90)),
        ({"point.x": "144", "point.y": "36"}, (50, 25)),
        ({"point.x": "287", "point.y": "143"}, (100, 99)),
        ({"point.x": "9999", "point.y": "-5"}, (100, 0)),
        ({"point.x": "9" * 400, "point.y": "-" + "9" * 400}, (100, 0)),
        ({"point.x": "9" * 5000, "point.y": "1"}, (50, 50)),
        ({"point.x": "0", "point.y": "0", "focal_x": 30}, (30, 50)),
        ({"point.x": "x", "point.y": "1"}, (50, 50)),
    ],
    ids=[
        "numbers",
        "click",
        "the last point",
        "far outside",
        "further",
        "too long for a number",
        "the key Enter",
        "no number",
    ],
)
def test_the_focal_point_is_clicked_or_typed(browse, data, focal):
    image = make.image()

    response = browse("editor").post(*pointed(image, **data))

    image.refresh_from_db()
    assert response.status_code == 302
    assert (image.focal_x, image.focal_y) == focal
    assert queued("recrop") == ([{"image_id": image.pk}] if focal != (50, 50) else [])


@pytest.mark.parametrize("typed", ["101", "-1", "", "x", "9" * 30])
def test_a_wrong_number_is_an_error_of_its_field(browse, typed):
    image = make.image()

    response = browse("editor").post(*pointed(image, focal_x=typed))

    image.refresh_from_db()
    assert "focal_x" in errors_of(response)
    assert image.focal_x == 50


@pytest.mark.parametrize(("name", "size"), [("point", (288, 144)), ("wide", (1200, 630)), ("square", (480, 480))])
def test_staff_see_what_a_crop_shows(browse, name, size):
    image = kept((800, 400))

    response = browse("moderator").get(f"{BASE}{image.pk}/crop/{name}.jpg")

    assert Pixels.open(io.BytesIO(response.content)).size == size
    assert "no-store" in response.headers["Cache-Control"]
    assert browse("moderator").get(f"{BASE}{image.pk}/crop/other.jpg").status_code == 404
    assert browse("moderator").get(f"{BASE}{make.image().pk}/crop/{name}.jpg").status_code == 404


# Replacing it


def test_a_replacement_waits_until_its_sizes_are_made(browse, cast):
    image = kept()

    response = browse("editor").post(f"{BASE}{image.pk}/replace/", sent(is_read_again="on"))

    waiting = Replacement.objects.get()
    image.refresh_from_db()
    assert response.url == f"{BASE}{image.pk}/change/"
    assert (waiting.image, waiting.by, waiting.alternative_text) == (image, cast.editor, "Two girls plant a tree")
    assert (image.version, image.alternative_text) == (1, "Children on a stage")
    assert queued("take_over") == [{"replacement_id": waiting.pk}]
    assert "takes its place in a moment" in browse("editor").get(response.url).content.decode()


def test_of_two_replacements_the_last_one_counts(browse, django_capture_on_commit_callbacks):
    image = kept()
    for text in ("Boats on the river", "Two girls plant a tree"):
        with django_capture_on_commit_callbacks(execute=True):
            browse("editor").post(f"{BASE}{image.pk}/replace/", sent(is_read_again="on", alternative_text=text))

    assert Replacement.objects.get().alternative_text == "Two girls plant a tree"
    assert len(stored()) == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"is_read_again": None}, "is_read_again"),
        ({"upload": None}, "upload"),
        ({"upload": upload(b"words")}, "upload"),
        ({"alternative_text": "IMG_1234.jpg"}, "alternative_text"),
        ({"credit": ""}, "credit"),
    ],
)
def test_a_wrong_replacement_changes_nothing_and_keeps_what_was_typed(browse, changes, field):
    image = kept()
    before = stored()

    data = sent(**{"is_read_again": "on"} | changes)
    response = browse("editor").post(f"{BASE}{image.pk}/replace/", data)

    assert field in errors_of(response)
    assert data["alternative_text"] in response.content.decode()
    assert not Replacement.objects.exists()
    assert stored() == before


def with_own_words(**fields):
    """A picture, and a page that says something of its own about it."""
    image = kept(**fields)
    page = make.programme(title="Reading", status="draft")
    return image, make.programme_picture(programme=page, image=image, alternative_text="A red bus in the rain")


def read_again(use, **typed):
    form = use_form(None, use)
    return {form.add_prefix(name): value for name, value in ({"seen": form.mark} | typed).items()}


READ = {"alternative_text": "A red bus in the rain", "is_read_again": "on"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [(READ, "A red bus in the rain"), ({"alternative_text": "Two children reading"}, "Two children reading")],
    ids=["ticked", "changed"],
)
def test_what_a_page_says_of_the_picture_is_read_again(browse, cast, run_jobs, typed, words):
    image, use = with_own_words()

    page = browse("editor").get(f"{BASE}{image.pk}/replace/").content.decode()
    browse("editor").post(f"{BASE}{image.pk}/replace/", sent(is_read_again="on") | read_again(use, **typed))
    use.refresh_from_db()
    assert use.alternative_text == "A red bus in the rain"
    run_jobs()

    use.refresh_from_db()
    assert "On “Reading”" in page
    assert "A red bus in the rain" in page
    assert (Image.objects.get().version, use.alternative_text) == (2, words)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"alternative_text": "A red bus in the rain"}, "Read these words again"),
        ({"alternative_text": "IMG_1234.jpg"}, "name of a file"),
        (READ | {"seen": "{}"}, "Somebody has changed this meanwhile"),
        ({"seen": None}, "Somebody has changed this meanwhile"),
    ],
    ids=["neither ticked nor changed", "wrong", "changed meanwhile", "not sent at all"],
)
def test_unread_words_of_a_page_keep_the_old_picture(browse, typed, words):
    image, use = with_own_words()
    before = stored()

    data = sent(is_read_again="on") | {k: v for k, v in read_again(use, **typed).items() if v is not None}
    response = browse("editor").post(f"{BASE}{image.pk}/replace/", data)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Replacement.objects.exists()
    assert stored() == before


def test_whoever_may_not_change_the_words_of_a_page_cannot_replace_its_picture(browse, cast):
    cast.limited = make.staff("Editor", is_limited=True)
    image, use = with_own_words(uploaded_by=cast.limited)

    for data in ({}, sent(is_read_again="on") | read_again(use, **READ)):
        client = browse("limited")
        page = (client.post if data else client.get)(f"{BASE}{image.pk}/replace/", data, follow=True)

        assert "a page you may not see says of this picture words of its own" in page.content.decode()
        assert "Reading" not in page.content.decode()
        assert "red bus" not in page.content.decode()
    assert not Replacement.objects.exists()


# Who may

# What each may do; whose rights are limited, with a picture of their own and with one of somebody else.
RIGHTS = {
    "anyone": "",
    "stranger": "",
    "moderator": "list see crop",
    "writer": "list see crop add upload describe change focal replace",
    "editor": "list see crop add upload describe change focal replace",
    "administrator": "list see crop add upload describe change focal replace delete",
    "limited, own": "list see crop add upload describe change focal replace",
    "limited, other": "list see crop add upload describe",
    "limited administrator, own": "list see crop add upload describe change focal replace delete",
    "limited administrator, other": "list see crop add upload describe",
    "writer, public": "list see crop add upload describe",
    "writer, soon": "list see crop add upload describe",
    "writer, approved": "list see crop add upload describe",
    "editor, public": "list see crop add upload describe change focal replace",
    "editor, approved": "list see crop add upload describe change focal replace",
    "limited, own public given": "list see crop add upload describe",
    "limited editor, own public": "list see crop add upload describe",
    "limited editor, own approved": "list see crop add upload describe",
    "limited editor, own public given": "list see crop add upload describe change focal replace",
    "limited editor, other public given": "list see crop add upload describe",
}
PAGES = {"public": {}, "soon": {"publish_at": "2099-01-01T00:00Z"}, "approved": {"status": "draft"}}


@pytest.mark.parametrize("who", RIGHTS)
def test_who_may_do_what(browse, cast, who):
    cast.writer = make.staff("Writer")
    cast.limited = make.staff("Writer", is_limited=True)
    cast.__dict__["limited administrator"] = make.staff("Administrator", is_limited=True)
    cast.__dict__["limited editor"] = make.staff("Editor", is_limited=True)
    person, _, which = who.partition(", ")
    image = kept(uploaded_by=getattr(cast, person) if "own" in which else cast.colleague)
    for standing in set(which.split()) & set(PAGES):
        page = make.partner(name="Rivers", **PAGES[standing] | ({"logo": image} if standing != "approved" else {}))
        if standing == "approved":
            make.proposal(page, by=cast.colleague, status="scheduled", logo=str(image.pk))
        page.given_to.set([getattr(cast, person)] if "given" in which else [])
    client, base = browse(person), f"{BASE}{image.pk}/"
    reads = {
        "list": BASE,
        "see": f"{base}change/",
        "crop": f"{base}crop/wide.jpg",
        "add": ADD,
        "upload": f"{BASE}upload/",
    }
    reads |= {"describe": f"{BASE}describe/", "focal": f"{base}focal/", "replace": f"{base}replace/"}
    reads |= {"delete": f"{base}delete/"}

    may = {name for name, address in reads.items() if client.get(address).status_code == 200}
    client.post(f"{base}change/", WORDS)
    client.post(f"{base}focal/", {"focal_x": 7, "focal_y": 7})
    client.post(f"{base}replace/", sent(is_read_again="on"))
    after = Image.objects.get(pk=image.pk)
    may |= {"change"} if after.alternative_text == "Two girls plant a tree" else set()
    client.post(f"{base}delete/", {"post": "yes"})

    rights = set(RIGHTS[who].split())
    assert may == rights
    assert (after.focal_x == 7) == ("focal" in rights)
    assert bool(queued("take_over")) == ("replace" in rights)
    assert Image.objects.filter(pk=image.pk).exists() == ("delete" not in rights)
    client.post(f"{BASE}upload/", {"uploads": [upload(encoded(pixels()))]})
    assert Image.objects.filter(alternative_text="").exists() == ("upload" in rights)


def test_a_writer_reads_why_a_picture_of_a_public_page_is_not_theirs_to_change(browse):
    image = make.image()
    make.programme(title="Reading", picture=image)
    writer, base = browse("writer"), f"{BASE}{image.pk}/"

    page = writer.get(f"{base}change/").content.decode()
    refused = [writer.post(f"{base}{view}/", WORDS, follow=True) for view in ("change", "focal", "replace")]
    draft = make.image()

    assert "“Reading”: the public reads that, or will." in page
    assert "Replace it everywhere" not in page
    assert "Replace it everywhere" in writer.get(f"{BASE}{draft.pk}/change/").content.decode()
    for response in refused:
        assert response.redirect_chain == [(f"{base}change/", 302)]
        assert "You had typed: “Two girls plant a tree”" in response.content.decode()
        assert "“Reading”: the public reads that, or will." in response.content.decode()


def test_an_old_description_of_a_public_picture_is_not_brought_back_by_a_writer(browse):
    image = make.image()
    image.alternative_text = "Boats on the river"
    image.save()
    make.programme(picture=image)
    version = f"{BASE}{image.pk}/history/{image.history.last().pk}/"

    assert "Bring it back" not in browse("writer").get(version).content.decode()
    assert browse("writer").post(version).status_code == 403
    assert browse("editor").post(version).status_code == 302
    image.refresh_from_db()
    assert image.alternative_text == "Children on a stage"


def test_whose_rights_are_limited_describes_only_what_they_uploaded(browse, cast):
    cast.limited = make.staff("Writer", is_limited=True)
    own = make.image(alternative_text="", uploaded_by=cast.limited)
    other = make.image(alternative_text="", uploaded_by=cast.editor)

    page = browse("limited").get(f"{BASE}describe/")
    browse("limited").post(f"{BASE}describe/", described(own) | described(other))

    assert [form.instance for form in page.context["forms"]] == [own]
    assert list(Image.objects.undescribed()) == [other]


@pytest.mark.parametrize("key", ["0", "abc", "99999999999999999999", "%00"])
@pytest.mark.parametrize("view", ["focal/", "replace/", "crop/wide.jpg", "change/", "history/"])
def test_an_odd_key_is_never_our_error(browse, key, view):
    assert browse("administrator").get(f"{BASE}{key}/{view}").status_code in (302, 404)

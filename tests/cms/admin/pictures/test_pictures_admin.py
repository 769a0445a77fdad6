"""The library of pictures, as staff work with it."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from cms.admin.pictures.picture_forms import DescribingForm, ImageForm
from cms.media import cleaning, jobs
from cms.media.models import Image, Replacement
from tests import make
from tests.cms.media.test_decode_slots import full
from tests.cms.media.test_media import HEIC, encoded, pixels, upload
from tests.cms.media.test_renditions import kept, stored
from tests.programmes.test_admin import as_form

pytestmark = pytest.mark.django_db
BASE = "/admin/cms/image/"
ADD = f"{BASE}add/"
WORDS = {"alternative_text": "Two girls plant a tree", "credit": "Ada", "licence": "cc-by-4"}


def sent(**changes):
    fields = {"upload": upload(encoded(pixels()))} | WORDS
    return {name: value for name, value in (fields | changes).items() if value is not None}


def errors_of(response, name="form"):
    assert response.status_code == 200
    return response.context[name].errors


def queued(name):
    return list(ProcrastinateJob.objects.filter(task_name__endswith=f".{name}").values_list("args", flat=True))


# Adding one


def test_a_picture_is_kept_with_its_words_and_its_giver_and_its_sizes_are_asked_for(browse, cast):
    response = browse("editor").post(ADD, sent())

    image = Image.objects.get()
    assert response.status_code == 302
    assert (image.width, image.height, image.alternative_text) == (400, 300, "Two girls plant a tree")
    assert (image.uploaded_by, image.licence_words) == (cast.editor, "CC BY 4.0")
    assert {image.master.name, image.preview.name} == {f"images/{name}" for name in stored()}
    assert "picture" not in image.master.name
    assert queued("make_sizes") == [{"image_id": image.pk}]


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
        ({"credit": ""}, "credit"),
        ({"licence": ""}, "licence"),
        ({"licence": "mine"}, "licence"),
    ],
)
def test_a_refused_picture_leaves_nothing(browse, changes, field):
    response = browse("editor").post(ADD, sent(**changes))

    assert field in response.context["adminform"].form.errors
    assert Image.objects.count() == 0
    assert stored() == set()


def test_where_many_photos_come_in_staff_are_told_so_and_keep_their_words(browse):
    editor = browse("editor")

    with full():
        one = editor.post(ADD, sent())
        several = editor.post(f"{BASE}upload/", {"uploads": [upload(encoded(pixels())), upload(encoded(pixels()))]})

    form = one.context["adminform"].form
    assert form.errors == {"upload": [str(cleaning.BUSY)]}
    assert form["alternative_text"].value() == WORDS["alternative_text"]
    assert [why for _, why in several.context["refused"]] == [cleaning.BUSY] * 2
    assert Image.objects.count() == 0
    assert stored() == set()


@pytest.fixture
def full_disk(monkeypatch):
    """Room for one more file."""
    real, names = FileSystemStorage.save, []

    def save(self, name, content, **options):
        names.append(name)
        if len(names) == 2:
            raise OSError("No space left on device")
        return real(self, name, content, **options)

    monkeypatch.setattr(FileSystemStorage, "save", save)


def test_a_full_disk_is_an_error_of_the_form(browse, full_disk):
    response = browse("editor").post(ADD, sent())

    assert "disk may be full" in str(response.context["adminform"].form.errors["upload"])
    assert stored() == set()


@pytest.mark.parametrize(
    ("address", "data"),
    [("add/", sent()), ("upload/", {"uploads": [upload(encoded(pixels()))]})],
    ids=["one", "several"],
)
def test_if_the_row_cannot_be_saved_the_files_go(browse, monkeypatch, address, data):
    def broken(self, *args, **kwargs):
        raise RuntimeError("lost")

    monkeypatch.setattr(Image, "save", broken)

    with pytest.raises(RuntimeError, match="lost"):
        browse("editor").post(BASE + address, data)

    assert stored() == set()


# Adding several


def test_of_several_the_good_ones_are_kept_and_each_bad_one_is_named_with_its_sentence(browse, cast):
    several = [
        upload(encoded(pixels()), "stage.jpg"),
        upload(b"words", "<b>letter.doc"),
        upload(HEIC, "phone.heic"),
        upload(encoded(pixels())[:200], "cut.jpg"),
        upload(b"", "empty.jpg"),
    ]

    response = browse("editor").post(f"{BASE}upload/", {"uploads": several}, follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<b>&lt;b&gt;letter.doc</b>: We can take pictures that are JPEG" in page
    assert "<b>cut.jpg</b>: That picture is damaged" in page
    assert "<b>empty.jpg</b>: That file is empty" in page
    assert "2 pictures added" in page
    assert [(image.uploaded_by, image.alternative_text) for image in Image.objects.all()] == [(cast.editor, "")] * 2
    assert len(queued("make_sizes")) == 2


def test_several_good_ones_lead_on_to_their_description(browse):
    response = browse("editor").post(f"{BASE}upload/", {"uploads": [upload(encoded(pixels()))]})

    assert response.url == f"{BASE}describe/"


@pytest.mark.parametrize("count", [0, 21])
def test_none_and_too_many_are_errors_of_the_form(browse, count):
    response = browse("editor").post(f"{BASE}upload/", {"uploads": [upload(b"x")] * count})

    assert "uploads" in errors_of(response)
    assert Image.objects.count() == 0


def test_of_several_those_for_which_there_is_no_room_are_named(browse, full_disk):
    response = browse("editor").post(f"{BASE}upload/", {"uploads": [upload(encoded(pixels()), "stage.jpg")]})

    assert "stage.jpg</b>: We could not keep" in response.content.decode()
    assert stored() == set()


# Describing them


def described(image, **changes):
    """As somebody types it to whom the page showed the picture as it is now."""
    typed = WORDS | {"seen": DescribingForm(instance=image).mark} | changes
    return {f"picture-{image.pk}-{name}": value for name, value in typed.items()}


def test_those_filled_in_are_described_and_those_left_empty_stay_for_later(browse):
    filled, left = make.image(alternative_text=""), make.image(alternative_text="")
    empty = described(left, alternative_text="", credit=left.credit, licence=left.licence)

    response = browse("editor").post(f"{BASE}describe/", described(filled) | empty)

    filled.refresh_from_db()
    assert " required" not in browse("editor").get(response.url).content.decode()
    assert filled.alternative_text == "Two girls plant a tree"
    assert list(Image.objects.undescribed()) == [left]
    assert filled.history.first().history_user.email == "editor@example.org"


def test_what_was_typed_stays_while_something_is_wrong(browse):
    right, wrong = make.image(alternative_text=""), make.image(alternative_text="")
    data = described(right) | described(wrong, alternative_text="IMG_1234.jpg", credit="Bo")

    response = browse("editor").post(f"{BASE}describe/", data)

    page = response.content.decode()
    assert [list(form.errors) for form in response.context["forms"]] == [[], ["alternative_text"]]
    assert "Two girls plant a tree" in page
    assert 'value="Bo"' in page
    assert Image.objects.undescribed().count() == 2


def test_of_a_picture_that_somebody_else_described_meanwhile_both_descriptions_are_shown(browse):
    image = make.image(alternative_text="")
    data = described(image)
    browse("administrator").post(f"{BASE}describe/", described(image, alternative_text="Boats on the river"))

    response = browse("editor").post(f"{BASE}describe/", data)

    image.refresh_from_db()
    page = response.content.decode()
    assert image.alternative_text == "Boats on the river"
    assert "It says now: “Boats on the river”" in page
    assert "Two girls plant a tree" in page
    browse("editor").post(f"{BASE}describe/", data | {f"picture-{image.pk}-seen": response.context["forms"][0].mark})
    image.refresh_from_db()
    assert image.alternative_text == "Two girls plant a tree"


def test_a_description_is_not_dropped_without_a_word_when_the_picture_is_public_by_now(browse):
    image = make.image(alternative_text="")
    data = described(image)
    browse("administrator").post(f"{BASE}describe/", described(image, alternative_text="Boats on the river"))
    make.programme(picture=image)

    page = browse("writer").post(f"{BASE}describe/", data, follow=True).content.decode()

    image.refresh_from_db()
    assert image.alternative_text == "Boats on the river"
    assert "this is not saved: “Two girls plant a tree”" in page


def test_when_all_are_described_the_page_leads_to_the_library(browse):
    image = make.image(alternative_text="")

    assert browse("editor").post(f"{BASE}describe/", described(image)).url == BASE
    assert "Every picture" in browse("editor").get(f"{BASE}describe/").content.decode()


def test_a_picture_that_is_not_described_cannot_be_chosen(browse):
    programme, image = make.programme(running="3-finished", body="<p>A</p>"), make.image(alternative_text="")
    row = {"pictures-TOTAL_FORMS": 1, "pictures-0-image": image.pk, "pictures-0-order": 0}
    client = browse("administrator")

    response = client.post(f"/admin/programmes/programme/{programme.pk}/change/", as_form(programme, **row))
    logo = client.post("/admin/partners/partner/add/", {"logo": image.pk})
    offered = client.get(
        "/admin/autocomplete/?app_label=programmes&model_name=programmepicture&field_name=image&term="
    ).json()["results"]

    rows = next(one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == "pictures")
    assert "Nobody has said yet" in str(rows.errors[0]["image"])
    assert "Nobody has said yet" in str(logo.context["adminform"].form.errors["logo"])
    assert offered == []
    assert not programme.pictures.exists()


def test_a_picture_is_put_on_a_page(browse):
    programme, image = make.programme(running="3-finished", body="<p>A</p>"), make.image()
    row = {
        "pictures-TOTAL_FORMS": 1,
        "pictures-0-image": image.pk,
        "pictures-0-order": 3,
        "pictures-0-caption": "In May",
    }

    response = browse("editor").post(f"/admin/programmes/programme/{programme.pk}/change/", as_form(programme, **row))

    assert response.status_code == 302
    assert (programme.pictures.get().image, programme.pictures.get().caption) == (image, "In May")


@pytest.mark.parametrize(
    "wrong",
    [
        {"alternative_text": "IMG_1234.jpg"},
        {"alternative_text": "Boats on the river", "is_decorative": "on"},
        {"order": "x"},
        {"order": "-1"},
        {"image": "99999999999999999999"},
        {"image": "abc"},
        {"caption": "x" * 251},
    ],
)
def test_what_is_wrong_about_a_picture_on_a_page_is_an_error_of_its_row(browse, wrong):
    programme = make.programme(running="3-finished", body="<p>A</p>")
    typed = {"image": make.image().pk, "order": 0} | wrong
    row = {"pictures-TOTAL_FORMS": 1} | {f"pictures-0-{name}": value for name, value in typed.items()}

    response = browse("editor").post(f"/admin/programmes/programme/{programme.pk}/change/", as_form(programme, **row))

    rows = next(one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == "pictures")
    assert rows.errors[0]
    assert not programme.pictures.exists()


def test_of_two_who_have_one_picture_open_the_second_is_told(browse):
    image = make.image()
    clients = browse("administrator"), browse("editor")
    forms = [client.get(f"{BASE}{image.pk}/change/").context["seen_mark"] for client in clients]
    typed = [WORDS | {"_seen": seen, "alternative_text": text} for seen, text in zip(forms, TWO, strict=True)]

    responses = [client.post(f"{BASE}{image.pk}/change/", data) for client, data in zip(clients, typed, strict=True)]

    image.refresh_from_db()
    assert [response.status_code for response in responses] == [302, 200]
    assert image.alternative_text == TWO[0]
    assert "Somebody else saved this" in responses[1].content.decode()
    assert TWO[1] in responses[1].content.decode()


TWO = ["Boats on the river", "Two girls plant a tree"]


# The list, and where a picture is used


@pytest.mark.parametrize(
    "build",
    [
        lambda image: make.programme(picture=image),
        lambda image: make.partner(logo=image),
        lambda image: make.page_picture(page=make.page(), image=image).page,
    ],
)
def test_a_picture_on_a_page_stays(browse, build):
    image = make.image()
    thing = build(image)
    administrator = browse("administrator")

    page = administrator.get(f"{BASE}{image.pk}/delete/").content.decode()
    administrator.post(f"{BASE}{image.pk}/delete/", {"post": "yes"})
    administrator.post(BASE, {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"})

    assert str(thing) in page
    assert Image.objects.count() == 1


def test_the_files_go_with_the_row(browse, django_capture_on_commit_callbacks):
    image = kept()
    jobs.make_sizes(image_id=image.pk)

    with django_capture_on_commit_callbacks(execute=True):
        browse("administrator").post(f"{BASE}{image.pk}/delete/", {"post": "yes"})

    assert Image.objects.count() == 0
    assert stored() == set()


def test_where_a_picture_is_used(browse):
    image = make.image()
    programme = make.programme(title="With a picture", picture=image, status="draft")
    make.programme_picture(programme=programme, image=image)
    make.partner(name="With a logo", logo=image)
    make.image(alternative_text="")

    editor = browse("editor")
    page = editor.get(f"{BASE}{image.pk}/change/").content.decode()

    assert page.count(f'href="/admin/programmes/programme/{programme.pk}/change/"') == 1
    assert "With a logo" in page
    assert "2 pages" in editor.get(BASE).content.decode()
    found = {query: editor.get(f"{BASE}?{query}").context["cl"].result_count for query in FILTERS}
    assert found == FILTERS


FILTERS = {"used=no": 1, "used=yes": 1, "described=no": 1, "described=yes": 1, "used=x": 2, "described=x": 2}


HELD = {
    "rows of a programme": lambda image: (make.programme, {"rows": {"pictures": [row_of(image)]}}),
    "rows of a page": lambda image: (make.page, {"rows": {"pictures": [row_of(image)]}}),
    "a field of a partner": lambda image: (make.partner, {"logo": str(image.pk)}),
}


def row_of(image):
    typed = {"image": str(image.pk), "order": "0", "alternative_text": "", "is_decorative": False, "caption": ""}
    return {"id": ""} | typed


@pytest.mark.parametrize("where", HELD)
@pytest.mark.parametrize("status", ["draft", "waiting", "scheduled"])
def test_a_picture_in_an_open_change_beside_a_page_is_used(browse, cast, where, status):
    image, other = make.image(), make.image()
    build, values = HELD[where](image)
    change = make.proposal(build(status="draft"), by=cast.editor, status=status, **values)
    administrator = browse("administrator")

    page = administrator.get(f"{BASE}{image.pk}/change/").content.decode()
    listed = administrator.get(f"{BASE}?used=yes")
    administrator.post(f"{BASE}{image.pk}/delete/", {"post": "yes"})
    administrator.post(f"{BASE}{other.pk}/delete/", {"post": "yes"})

    assert f'href="{change.get_absolute_url()}">a change beside “{change.title}”' in page
    assert "1 change beside a page" in listed.content.decode()
    assert list(listed.context["cl"].queryset) == [image]
    assert list(Image.objects.all()) == [image]


@pytest.mark.parametrize("status", ["sketch", "published", "refused", "taken_back"])
def test_a_picture_in_a_change_that_is_done_with_can_go(browse, cast, status):
    image = make.image()
    make.proposal(make.partner(), by=cast.editor, status=status, logo=str(image.pk))
    administrator = browse("administrator")

    page = administrator.get(f"{BASE}{image.pk}/change/").content.decode()
    administrator.post(f"{BASE}{image.pk}/delete/", {"post": "yes"})

    assert "On no page." in page
    assert not Image.objects.exists()


def test_pages_that_somebody_may_not_see_are_not_named(browse, cast):
    cast.limited = make.staff("Administrator", is_limited=True)
    image = make.image(uploaded_by=cast.limited)
    hidden = make.programme(title="Hidden plan", status="draft", picture=image)
    given = make.programme(title="Given to them", status="draft", picture=image)
    given.given_to.add(cast.limited)
    make.proposal(hidden, by=cast.editor, rows={"pictures": [row_of(image)]})

    views = ["change", "replace", "delete"]
    pages = {view: browse("limited").get(f"{BASE}{image.pk}/{view}/").content.decode() for view in views}

    assert all("Given to them" in page for page in pages.values())
    assert all("a page you may not see" in page for page in pages.values())
    assert not any("Hidden plan" in page for page in pages.values())


@pytest.mark.parametrize("who", ["administrator", "writer", "limited"])
def test_the_list_and_the_form_cost_the_same_with_one_picture_and_with_thirty(browse, cast, who):
    cast.limited = make.staff("Editor", is_limited=True)
    client, image = browse(who), make.image(uploaded_by=cast.limited)
    pages = [BASE, f"{BASE}{image.pk}/change/", f"{BASE}describe/"]
    pages += [f"{BASE}{image.pk}/replace/"] if who == "administrator" else []
    costs = []
    for number in (1, 29):
        for _ in range(number):
            make.programme(picture=make.image())
            make.programme_picture(programme=make.programme(), image=image, caption="In May")
            make.proposal(make.partner(), by=cast.editor, logo=str(image.pk))
            make.image(alternative_text="")
        costs.append([_cost(client, page) for page in pages])

    assert costs[0] == costs[1]
    assert max(costs[0]) <= 21  # one for each kind of thing that shows pictures; news is the newest


def _cost(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)


def test_a_changed_description_says_who_changed_it(browse):
    image = make.image()

    browse("editor").post(f"{BASE}{image.pk}/change/", WORDS)
    told = browse("editor").get(f"{BASE}{image.pk}/history/").content.decode()

    image.refresh_from_db()
    assert image.alternative_text == "Two girls plant a tree"
    assert image.master.name == "images/none.jpg"
    assert "Edie Editor" in told
    assert "What it shows" in told


def test_words_saved_while_the_picture_is_replaced_leave_the_new_one_as_it_is(browse, cast, monkeypatch):
    image = kept()
    waiting = kept((500, 400), "blue", Replacement, image=image, by=cast.editor)
    real = ImageForm.clean_alternative_text

    def late(form):
        jobs.take_over(replacement_id=waiting.pk)
        return real(form)

    monkeypatch.setattr(ImageForm, "clean_alternative_text", late)
    browse("editor").post(f"{BASE}{image.pk}/change/", WORDS)

    image.refresh_from_db()
    assert image.alternative_text == "Two girls plant a tree"
    assert (image.width, image.version, image.master.name) == (500, 2, waiting.master.name)
    assert (image.history.first().version, image.history.first().history_user) == (2, cast.editor)


def test_a_picture_whose_file_is_lost_says_so(browse):
    lost = make.image(widths=[])
    make.image()

    editor = browse("editor")
    page = editor.get(f"{BASE}{lost.pk}/change/").content.decode()
    listed = editor.get(BASE).content.decode()

    assert "The file is missing from our disk" in page
    assert listed.count("“Children on a stage”: the file is missing") == 1

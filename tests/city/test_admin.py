import pytest
from django.urls import reverse

from city.models import PageFigure
from tests import make

THINGS = {
    "page": (make.page, "title"),
    "theme": (make.theme, "title"),
    "priorityarea": (make.priority_area, "title"),
    "ward": (make.ward, "name"),
}


def address(thing, view="change"):
    return f"/admin/city/{thing._meta.model_name}/{thing.pk}/{view}/"


def as_form(thing, **changes):
    sent = {}
    for field in thing._meta.get_fields():
        if field.auto_created or not field.editable:
            continue
        value = field.value_from_object(thing)
        if field.many_to_many:
            sent[field.name] = [other.pk for other in value]
        elif value is not None:
            sent[field.name] = value
    for name in ("pictures", "figures"):
        sent |= {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}
    return sent | changes


@pytest.mark.parametrize("kind", THINGS)
def test_a_change_by_staff_is_public_at_once(browse, client, kind):
    build, name = THINGS[kind]
    thing = build()
    thing.refresh_from_db()

    browse("editor").post(address(thing), as_form(thing, **{name: "A new name"}))

    assert "A new name" in client.get(thing.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", THINGS)
def test_a_draft_is_previewed_and_not_public(browse, client, kind):
    build, name = THINGS[kind]
    draft = build(status="draft", **{name: "Not yet"})

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(address(draft, "preview")).status_code == 302
    page = browse("moderator").get(address(draft, "preview/page")).content.decode()
    assert "Not yet" in page
    assert "This page is not public as it is here" in page


@pytest.mark.parametrize("layout", ["standard", "learning_city", "shared_goal"])
def test_every_layout_is_previewed(browse, layout):
    page = make.page(layout=layout, status="draft", title="Not yet")
    make.page_figure(page=page, source=make.source())

    assert "Not yet" in browse("editor").get(address(page, "preview/page")).content.decode()


def test_an_empty_page_is_not_published(browse):
    page = make.page(status="draft", body="")

    response = browse("editor").post(address(page), as_form(page, status="published"))

    assert "body" in response.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"latitude": "1e99"}, "latitude"),
        ({"latitude": "52.1234567"}, "latitude"),
        ({"hex_q": "99999"}, "hex_q"),
        ({"hex_q": "a"}, "hex_q"),
        ({"valid_from": "2018-13-01"}, "valid_from"),
        ({"code": "x" * 5000}, "code"),
        ({"slug": "a b"}, "slug"),
    ],
)
def test_wrong_input_for_a_ward_is_an_error_of_its_field(browse, changes, field):
    ward = make.ward()
    ward.refresh_from_db()

    response = browse("editor").post(address(ward), as_form(ward, **changes))

    assert field in response.context["adminform"].form.errors


def test_two_wards_cannot_share_a_tile(browse):
    first, second = make.ward(), make.ward()
    second.refresh_from_db()

    response = browse("editor").post(address(second), as_form(second, hex_q=first.hex_q, hex_r=first.hex_r))

    assert response.context["adminform"].form.non_field_errors()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"address": "javascript:alert(1)"}, "address"), ({"address": "http://["}, "address"), ({"key": "a b"}, "key")],
)
def test_wrong_input_for_a_source_is_an_error_of_its_field(browse, changes, field):
    source = make.source()

    response = browse("editor").post(address(source), as_form(source, **changes))

    assert field in response.context["adminform"].form.errors


def test_a_figure_is_added_to_a_page_by_its_editor(browse, cast):
    page = make.page()
    row = {
        "figures-TOTAL_FORMS": 1,
        "figures-0-value": "33",
        "figures-0-unit": "schools",
        "figures-0-what": "schools",
        "figures-0-order": 0,
    }

    browse("editor").post(address(page), as_form(page) | row)

    assert page.figures.get().number == "33"
    assert PageFigure.history.get().history_user == cast.editor


def test_a_source_that_something_rests_on_cannot_be_deleted(browse):
    source = make.source()
    make.page_figure(source=source)

    page = browse("administrator").get(address(source, "delete")).content.decode()

    assert "It cannot be deleted, because these need it" in page


@pytest.mark.parametrize("slug", ["programmes", "wards", "admin", "static", "health"])
def test_a_page_cannot_take_an_address_of_the_portal(browse, slug):
    page = make.page(slug="about")
    client = browse("editor")
    address = reverse("admin:city_page_change", args=[page.pk])

    response = client.post(address, {"title": "About", "slug": slug, "summary": "S", "body": "<p>B</p>"})

    page.refresh_from_db()
    assert page.slug == "about"
    if slug != "health":
        assert "The portal itself uses this address" in response.text


def test_a_page_that_every_page_links_to_stays_up(browse):
    page = make.page(slug="privacy")
    address = reverse("admin:city_page_change", args=[page.pk])

    response = browse("editor").post(
        address, {"title": "Privacy", "slug": "privacy", "summary": "S", "status": "draft"}
    )

    page.refresh_from_db()
    assert page.status == "published"
    assert "leave it published" in response.text

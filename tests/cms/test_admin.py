from cms.backoffice.forms import remember_move
from cms.publishing.models import MovedAddress
from tests import make


def test_an_address_is_moved_by_hand(browse, client):
    browse("editor").post("/admin/cms/movedaddress/add/", {"old_path": "/old/", "new_path": "/programmes/"})

    assert client.get("/old/").url == "/programmes/"


def test_an_address_is_not_moved_to_another_site(browse):
    response = browse("editor").post(
        "/admin/cms/movedaddress/add/", {"old_path": "/old/", "new_path": "//example.org/"}
    )

    assert "new_path" in response.context["adminform"].form.errors
    assert MovedAddress.objects.count() == 0


def test_the_list_of_moved_addresses_says_where_they_lead(browse):
    remember_move(make.partner(slug="here-now"), "/partners/there/")
    MovedAddress.objects.create(old_path="/old/", new_path="/programmes/")

    page = browse("editor").get("/admin/cms/movedaddress/").content.decode()

    assert "/partners/here-now/" in page
    assert "/programmes/" in page


def test_moderators_have_nothing_to_do_with_moved_addresses(browse):
    assert browse("moderator").get("/admin/cms/movedaddress/").status_code == 403

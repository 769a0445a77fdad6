import datetime
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from derbycity import csp
from tests import make
from tests.programmes.test_admin import as_form

MODELS = {
    "programmes/programme": make.programme,
    "programmes/audience": make.audience,
    "partners/partner": make.partner,
    "city/page": make.page,
    "city/theme": make.theme,
    "city/priorityarea": make.priority_area,
    "city/ward": make.ward,
    "city/source": make.source,
    "editorial/image": make.image,
}
PUBLISHABLE = [
    name for name in MODELS if name.split("/")[1] in ("programme", "partner", "page", "theme", "priorityarea", "ward")
]

# Who may look, change, delete.
RIGHTS = {
    "anyone": "",
    "stranger": "",
    "moderator": "look",
    "editor": "look change",
    "administrator": "look change delete",
}


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200
    return len(asked)


@pytest.mark.parametrize("who", RIGHTS)
@pytest.mark.parametrize("model", MODELS)
def test_rights_over_each_model(browse, model, who):
    thing = MODELS[model]()
    client, rights, base = browse(who), RIGHTS[who], f"/admin/{model}/"

    assert (client.get(base).status_code == 200) == ("look" in rights)
    assert (client.get(f"{base}{thing.pk}/change/").status_code == 200) == ("look" in rights)
    assert (client.get(f"{base}add/").status_code == 200) == ("change" in rights)
    assert (client.get(f"{base}{thing.pk}/delete/").status_code == 200) == ("delete" in rights)
    assert (client.get(f"{base}{thing.pk}/history/").status_code == 200) == ("look" in rights)


@pytest.mark.parametrize("model", MODELS)
def test_who_may_only_look_cannot_save(browse, model):
    thing = MODELS[model]()

    response = browse("moderator").post(f"/admin/{model}/{thing.pk}/change/", {"title": "Mine", "name": "Mine"})

    assert response.status_code == 403


def test_strangers_are_sent_to_sign_in(client, db):
    response = client.get("/admin/programmes/programme/")

    assert response.url == "/admin/login/?next=/admin/programmes/programme/"


def test_the_sign_in_page_asks_for_an_email_address(client, db):
    page = client.get("/admin/login/").content.decode()

    assert "E-mail address" in page
    assert 'type="email"' in page


def test_staff_sign_in_whatever_the_capitals_of_their_address(client, cast):
    response = client.post(
        "/admin/login/", {"username": "EDITOR@example.org", "password": "correct horse battery", "next": "/admin/"}
    )

    assert response.url == "/admin/"


def test_the_first_page_lists_what_waits_oldest_first(browse):
    today = timezone.localdate()
    due_since = today - datetime.timedelta(days=9)
    make.page(title="Due lately", review_on=today)
    make.partner(name="Due long ago", review_on=due_since)
    make.programme(title="Doubtful", running="2-unconfirmed")
    make.theme(title="Half written", status="draft")
    make.ward(name="To come", publish_at=timezone.now() + datetime.timedelta(days=2))

    page = browse("editor").get("/admin/").content.decode()

    for words in ("Doubtful", "Half written", "To come"):
        assert words in page
    assert page.index("Due long ago") < page.index("Due lately")
    assert "3 programmes" not in page
    assert "/admin/programmes/programme/?state=public&amp;kept_by=nobody" in page


def test_the_first_page_says_when_nothing_waits(browse):
    assert "Nothing waits for you" in browse("editor").get("/admin/").content.decode()


def test_the_first_page_shows_nothing_to_staff_without_rights(browse, cast):
    make.programme(title="Doubtful", running="2-unconfirmed")
    cast.stranger.is_staff = True
    cast.stranger.save()

    page = browse("stranger").get("/admin/").content.decode()

    assert "Doubtful" not in page
    assert "You may not see or change anything yet" in page


def test_the_first_page_costs_the_same_however_much_waits(browse):
    editor = browse("editor")
    make.programme(status="draft")
    one = queries(editor, "/admin/")
    for _ in range(30):
        make.programme(status="draft")

    assert queries(editor, "/admin/") == one <= 12


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_with_one_row_and_with_thirty(browse, cast, model):
    administrator = browse("administrator")
    fields = {"owner": cast.editor} if model in PUBLISHABLE else {}
    MODELS[model](**fields)
    one = queries(administrator, f"/admin/{model}/")
    for _ in range(29):
        MODELS[model](**fields)

    assert queries(administrator, f"/admin/{model}/") == one <= 20


def test_the_first_page_names_work_in_the_order_of_work(browse):
    page = browse("administrator").get("/admin/").content.decode()

    names = ["Programmes", "Partners", "Pages", "Pictures", "Moved addresses", "People", "Groups"]
    places = [
        page.index(f'work__link" href="/admin/{path}')
        for path in (
            "programmes/programme/",
            "partners/partner/",
            "city/page/",
            "editorial/image/",
            "editorial/movedaddress/",
            "accounts/user/",
            "auth/group/",
        )
    ]
    assert places == sorted(places)
    assert all(f">{name}</a>" in page for name in names)


@pytest.mark.parametrize(
    "query",
    [
        "p=abc",
        "p=999",
        "p=-1",
        "o=99.-99.x",
        "state=nonsense",
        "review=nonsense",
        "kept_by=x",
        "running__exact=x",
        "nonsense=1",
        "themes__id__exact=abc",
        "themes__id__exact=99999999999999999999",
        "q=%00",
        "q=" + "x" * 5000,
        "all=",
        "e=1",
        "owner__id__exact=99",
        "_to_field=nonsense",
        "_popup=1",
        "running__exact=%00",
    ],
)
def test_an_odd_list_address_is_never_our_error(browse, query):
    make.programme()

    response = browse("editor").get(f"/admin/programmes/programme/?{query}", follow=True)

    assert response.status_code in (200, 400)


@pytest.mark.parametrize("term", ["", "x" * 5000, "%00", "'", "%F0%9F%90%8F"])
def test_an_odd_search_for_a_source_is_never_our_error(browse, term):
    make.source()
    asked = f"/admin/autocomplete/?app_label=programmes&model_name=programme&field_name=sources&term={term}"

    assert browse("editor").get(asked).status_code in (200, 400)


def test_searching_for_what_one_may_not_see_is_refused(browse):
    asked = "/admin/autocomplete/?app_label=programmes&model_name=programme&field_name=owner&term="

    assert browse("editor").get(asked).status_code == 403


@pytest.mark.parametrize("rows", [["abc"], ["\0"], ["99999999999999999999"], ["-1"]])
def test_odd_chosen_rows_are_never_our_error(browse, rows):
    make.programme()
    sent = {"action": "delete_selected", "_selected_action": rows}

    assert browse("administrator").post("/admin/programmes/programme/", sent).status_code in (200, 302, 400)


@pytest.mark.parametrize("key", ["0", "abc", "99999999999999999999", "%00"])
@pytest.mark.parametrize("view", ["change", "history", "delete", "preview", "history/1"])
def test_an_odd_key_is_never_our_error(browse, key, view):
    assert browse("administrator").get(f"/admin/programmes/programme/{key}/{view}/").status_code in (302, 404, 400)


def test_the_policy_of_the_admin_allows_no_unsafe_source(browse):
    policy = browse("editor").get("/admin/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "*" not in policy
    assert csp.EDITOR_STYLE in policy


def test_the_policy_names_the_import_map_of_the_page(browse):
    response = browse("editor").get("/admin/programmes/programme/add/")
    inline = re.findall(r"<script type=\"importmap\">(.*?)</script>", response.content.decode(), re.DOTALL)

    assert [csp.hash_of(text) in response.headers["Content-Security-Policy"] for text in inline] == [True]


def test_the_policy_names_the_style_of_the_editor_that_is_installed():
    script = Path(finders.find("django_prose_editor/editor.js")).read_text(encoding="utf-8")
    found = re.search(r"`(\.ProseMirror \{\n  position: relative;.*?)`", script, re.DOTALL)

    assert csp.hash_of(found[1]) == csp.EDITOR_STYLE


def test_the_public_policy_allows_no_script(client, db):
    assert "script-src" not in client.get("/programmes/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["index", "password_change", "programmes_programme_add", "editorial_image_add"])
def test_our_pages_have_no_inline_style_or_handler(browse, name):
    page = browse("administrator").get(reverse(f"admin:{name}")).content.decode()

    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page


def test_a_change_by_staff_is_public_at_once(browse, client):
    programme = make.programme(title="Old title", running="3-finished", body="<p>What it is.</p>")
    browse("editor").post(f"/admin/programmes/programme/{programme.pk}/change/", as_form(programme, title="New title"))

    assert "New title" in client.get(programme.get_absolute_url()).content.decode()

import datetime
import re
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.quality.models import DeadLink
from cms.revisions.models import Answer, PreviewLink, Proposal
from derbycity.responses import csp
from tests import make
from tests import make_stories as told
from tests.programmes.test_admin import as_form

MODELS = {
    "programmes/programme": make.programme,
    "programmes/audience": make.audience,
    "partners/partner": make.partner,
    "news/newsitem": make.news_item,
    "city/page": make.page,
    "city/theme": make.theme,
    "city/priorityarea": make.priority_area,
    "city/ward": make.ward,
    "city/source": make.source,
    "cms/image": make.image,
    "stories/thread": told.thread,
    "stories/call": told.call,
}
NOT_PUBLISHED = ("programmes/audience", "city/source", "cms/image")
PUBLISHABLE = [name for name in MODELS if name not in NOT_PUBLISHED]

# Who may look, change, delete.
RIGHTS = {
    "anyone": "",
    "stranger": "",
    "moderator": "look",
    "editor": "look change",
    "administrator": "look change delete",
}


def propose(thing, **fields):
    kind = ContentType.objects.get_for_model(thing)
    defaults = {"title": str(thing), "values": {"fields": {}, "rows": {}}, "base": {"fields": {}, "rows": {}}}
    return Proposal.objects.create(content_type=kind, object_id=thing.pk, **defaults | fields)


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


def first_page(client):
    """Each need with the names under it."""
    needs = client.get("/admin/").context["needs"]
    return {need.title: [waiting.words for waiting in need.things] for need in needs}


def days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


def test_the_first_page_lists_what_waits_oldest_first(browse, cast):
    make.page(title="Due lately", review_on=days(0))
    make.partner(name="Due for days", review_on=days(-9))
    make.theme(title="Due for months", review_on=days(-90))
    make.programme(title="Doubtful", running="2-unconfirmed")
    make.theme(title="Half written", status="draft")
    make.ward(name="To come", publish_at=timezone.now() + datetime.timedelta(days=2))

    found = first_page(browse("editor"))

    assert found == {
        "Overdue": ["Due for months"],
        "Check again": ["Due for days", "Due lately"],
        "Does it still run?": ["Doubtful"],
        "Drafts": ["Half written"],
        "Scheduled": ["To come"],
        "Nobody keeps it true": [],
        "No day to check again": [],
    }


def test_the_first_page_begins_with_what_is_somebodys_own(browse, cast):
    mine = {"owner": cast.editor}
    make.page(title="My page", review_on=days(0), **mine)
    make.theme(title="My old theme", review_on=days(-90), **mine)
    make.programme(title="My draft", status="draft", **mine)

    found = first_page(browse("editor"))

    assert found == {
        "Yours, overdue": ["My old theme"],
        "Yours to check again": ["My page"],
        "Your drafts": ["My draft"],
    }
    assert "My page" in first_page(browse("administrator"))["Check again"]


@pytest.mark.parametrize(
    ("need", "who", "fields"),
    [
        ("Waits for your decision", "editor", {"status": "waiting"}),
        ("Your changes that wait", "author", {"status": "waiting"}),
        (
            "Your changes that were refused",
            "author",
            {"status": "refused", "words": "Not yet", "decided_at": timezone.now()},
        ),
    ],
)
def test_the_first_page_lists_changes_that_wait(client, cast, need, who, fields):
    author = make.staff("Writer")
    people = {"author": author, "editor": cast.editor}
    propose(make.theme(), title="Another title", by=author, **fields)
    client.force_login(people[who])

    assert first_page(client)[need] == ["Another title"]


def test_who_may_not_publish_is_asked_for_no_decision(client, db):
    propose(make.programme(), by=make.staff("Writer"), status="waiting")
    client.force_login(make.staff("Writer"))

    assert "Waits for your decision" not in first_page(client)


def test_the_first_page_lists_what_people_outside_answered(browse, cast):
    theme = make.theme()
    kind = ContentType.objects.get_for_model(theme)
    link = PreviewLink.objects.create(
        digest="x", content_type=kind, object_id=theme.pk, by=cast.editor, expires_at=timezone.now()
    )
    Answer.objects.create(link=link, name="Anna", verdict="change", comment="No", shown_at=timezone.now())

    assert first_page(browse("editor"))["What people outside answered"] == ["Anna: Please change something"]
    assert "What people outside answered" not in first_page(browse("administrator"))


def test_the_first_page_counts_dead_links(browse):
    theme = make.theme()
    kind = ContentType.objects.get_for_model(theme)
    DeadLink.objects.create(content_type=kind, object_id=theme.pk, field="body", address="/gone/", is_certain=True)

    assert "dead links (1)" in browse("editor").get("/admin/").content.decode()


def test_somebody_whose_rights_are_limited_sees_only_what_they_were_given(client, db):
    person = make.staff("Editor", is_limited=True)
    make.programme(title="Theirs", status="draft").given_to.add(person)
    other = make.programme(title="Not theirs", status="draft")
    propose(other, title="Not theirs either", by=make.staff(), status="waiting")
    client.force_login(person)

    found = first_page(client)

    assert found["Drafts"] == ["Theirs"]
    assert "Not theirs" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("need", ["Yours, overdue", "Yours to check again", "Overdue", "Check again", "Drafts"])
def test_each_list_leads_to_all_of_its_things(browse, cast, need):
    for number, owner in ((0, cast.editor), (-90, cast.editor), (0, None), (-90, None)):
        make.programme(owner=owner, review_on=days(number))
    make.programme(status="draft")
    editor = browse("editor")
    (found,) = (one for one in editor.get("/admin/").context["needs"] if one.title == need)
    ((_, count, address),) = found.lists

    listed = [str(programme) for programme in editor.get(address).context["cl"].result_list]

    assert count >= len(found.things)
    assert {waiting.words for waiting in found.things} <= set(listed)


def test_the_first_page_says_when_nothing_waits(browse):
    assert "Nothing waits for you" in browse("editor").get("/admin/").content.decode()


def test_the_first_page_shows_nothing_to_staff_without_rights(browse, cast):
    make.programme(title="Doubtful", running="2-unconfirmed")
    cast.stranger.is_staff = True
    cast.stranger.save()

    page = browse("stranger").get("/admin/").content.decode()

    assert "Doubtful" not in page
    assert "You may not see or change anything yet" in page


def test_the_first_page_costs_the_same_however_much_waits(browse, cast):
    administrator = browse("administrator")
    theme = make.theme(status="draft")
    propose(theme, by=cast.administrator, status="waiting")
    one = queries(administrator, "/admin/")
    make.many_programmes(300, status="draft")
    for _ in range(20):
        propose(make.theme(), by=cast.administrator, status="waiting")

    assert queries(administrator, "/admin/") == one <= 20
    assert all(len(need.things) <= 8 for need in administrator.get("/admin/").context["needs"])


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
            "cms/image/",
            "cms/movedaddress/",
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


@pytest.mark.parametrize("name", ["index", "password_change", "programmes_programme_add", "cms_image_add"])
def test_our_pages_have_no_inline_style_or_handler(browse, name):
    page = browse("administrator").get(reverse(f"admin:{name}")).content.decode()

    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page


def test_a_change_by_staff_is_public_at_once(browse, client):
    programme = make.programme(title="Old title", running="3-finished", body="<p>What it is.</p>")
    browse("editor").post(f"/admin/programmes/programme/{programme.pk}/change/", as_form(programme, title="New title"))

    assert "New title" in client.get(programme.get_absolute_url()).content.decode()

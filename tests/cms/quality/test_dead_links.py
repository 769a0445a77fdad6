from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cms.backoffice.forms import remember_move
from cms.quality import dead_links
from cms.quality.jobs import check_links
from cms.quality.link_fetching import Outcome
from cms.quality.models import DeadLink
from programmes.models import GoodPractice
from tests import make

GONE = Outcome("There is no such page (404).", is_certain=True)
ASLEEP = Outcome("The site has an error (503).")
SILENT = Outcome("The site does not answer.", whole_site=True)
LIST = "/admin/cms/deadlink/"

pytestmark = pytest.mark.django_db


def linked(*addresses):
    return "".join(f'<p><a href="{address}">A link</a></p>' for address in addresses)


def run(answers=None, *, outside=True):
    """One run, in which other sites answer as given here; those not named work. Returns what was asked, in order."""
    asked = []

    def ask(address):
        asked.append(address)
        return (answers or {}).get(address, Outcome())

    dead_links.check(outside=outside, ask=ask, pause=0)
    return asked


def dead():
    return [(link.thing, link.field, link.address) for link in DeadLink.objects.listed().order_by("pk")]


def test_links_in_texts_rows_and_fields_are_found():
    programme = make.programme(body=linked("/a/", "/b/"))
    make.partner(website="https://example.org/p")
    GoodPractice.objects.create(programme=programme, problem=linked("/c/"), approach="b", evidence="c", lessons="d")
    make.source(address="https://example.org/s")

    found = {(place.field, place.address) for place in dead_links.find()}

    assert found == {
        ("What it is", "/a/"),
        ("What it is", "/b/"),
        ("Good practice: the problem", "/c/"),
        ("Website", "https://example.org/p"),
        ("Web address", "https://example.org/s"),
    }


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"publish_at": "2999-01-01T00:00Z"}])
def test_what_nobody_can_read_is_not_looked_through(fields):
    programme = make.programme(body=linked("/a/"), **fields)
    GoodPractice.objects.create(programme=programme, problem=linked("/c/"), approach="b", evidence="c", lessons="d")

    assert list(dead_links.find()) == []


def test_a_link_to_a_page_that_is_not_there_is_listed_at_once():
    hidden = make.programme(status="draft")
    page = make.page(body=linked("/nothing/", hidden.get_absolute_url(), make.partner().get_absolute_url(), "#here"))

    run(outside=False)

    assert dead() == [(page, "Text", "/nothing/"), (page, "Text", hidden.get_absolute_url())]


def test_a_link_to_a_page_that_moved_still_works():
    remember_move(make.programme(), "/programmes/old/")
    make.page(body=linked("/programmes/old/"))

    run(outside=False)

    assert dead() == []


def test_a_site_that_says_the_page_is_gone_is_believed():
    page = make.page(body=linked("https://example.org/gone"))

    run({"https://example.org/gone": GONE})

    assert dead() == [(page, "Text", "https://example.org/gone")]
    assert DeadLink.objects.get().problem == GONE.problem


def test_a_site_that_fails_may_be_asleep_and_is_listed_when_it_fails_again():
    make.page(body=linked("https://example.org/"))
    monday = datetime(2026, 11, 23, 3, tzinfo=UTC)
    counts = []

    for days in (0, 0, 7):
        with time_machine.travel(monday + timedelta(days=days), tick=False):
            run({"https://example.org/": ASLEEP})
        counts.append(len(dead()))

    assert counts == [0, 0, 1]


def test_what_works_again_or_is_mended_goes_from_the_list():
    page, other = make.page(body=linked("https://example.org/a")), make.page(body=linked("https://example.org/b"))
    run({"https://example.org/a": GONE, "https://example.org/b": GONE})
    other.body = ""
    other.save()

    run({"https://example.org/b": GONE})

    assert DeadLink.objects.count() == 0
    assert page.body


def test_since_when_a_link_is_dead_is_remembered():
    make.page(body=linked("https://example.org/"))
    run({"https://example.org/": GONE})
    first = DeadLink.objects.get()

    run({"https://example.org/": Outcome("The page was taken away for good (410).", is_certain=True)})

    again = DeadLink.objects.get()
    assert again.first_seen_at == first.first_seen_at
    assert again.last_seen_at > first.last_seen_at
    assert "410" in again.problem


def test_each_address_is_asked_once_and_a_silent_site_only_once():
    make.page(body=linked("https://a.example/1", "https://b.example/", "https://a.example/1"))
    make.page(body=linked("https://a.example/1", "https://a.example/2", "mailto:x@example.org"))

    asked = run({"https://a.example/1": SILENT})

    assert asked == ["https://a.example/1", "https://b.example/"]
    assert DeadLink.objects.filter(address__startswith="https://a.example/").count() == 3


def test_it_waits_between_two_questions_to_one_site(monkeypatch):
    make.page(body=linked("https://a.example/1", "https://a.example/2", "https://b.example/"))
    slept = []
    monkeypatch.setattr(dead_links.time, "sleep", slept.append)

    dead_links.check(outside=True, ask=lambda _: Outcome())

    assert slept == [0, dead_links.PAUSE, 0]


def test_if_nothing_answers_it_is_us_and_nobody_is_blamed(caplog):
    addresses = [f"https://site-{number}.example/" for number in range(6)]
    make.page(body=linked(*addresses, "https://gone.example/"))
    run({"https://gone.example/": GONE})

    run(dict.fromkeys([*addresses, "https://gone.example/"], SILENT))

    assert [address for _, _, address in dead()] == ["https://gone.example/"]
    assert DeadLink.objects.count() == 1
    assert "cannot reach them" in caplog.text


@pytest.mark.parametrize("outside", [True, False])
def test_other_sites_are_asked_only_where_that_is_switched_on(outside, settings, monkeypatch):
    settings.LINK_CHECKS = outside
    asked = []
    monkeypatch.setattr(dead_links.link_fetching, "ask", asked.append)
    monkeypatch.setattr(dead_links, "check", lambda *, outside: asked.append(outside))

    check_links(timestamp=0)

    assert asked == [outside]


def test_a_run_costs_the_same_for_one_page_and_for_twenty():
    counts = []
    for number in (1, 20):
        for _ in range(number):
            make.programme(body=linked(make.partner().get_absolute_url()))
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as asked:
            run()
        counts.append(len(asked))

    assert counts[0] == counts[1]


# The list


def listed(client, query=""):
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [(str(link.thing), link.address) for link in response.context["cl"].result_list]


@pytest.fixture
def page():
    page = make.page(body=linked("/nothing/", "https://example.org/gone", "https://example.org/asleep"))
    run({"https://example.org/gone": GONE, "https://example.org/asleep": ASLEEP})
    return page


@pytest.mark.parametrize("who", ["editor", "moderator", "administrator"])
def test_the_list_says_which_page_where_what_and_since_when(browse, page, who):
    text = browse(who).get(LIST).content.decode()

    for words in (
        f"/admin/city/page/{page.pk}/change/",
        "Text",
        "https://example.org/gone",
        "There is no such page (404).",
    ):
        assert words in text
    assert "https://example.org/asleep" not in text


def test_the_list_can_be_narrowed(browse, page):
    editor = browse("editor")

    assert listed(editor, "?to=here") == [(str(page), "/nothing/")]
    assert listed(editor, "?to=elsewhere") == [(str(page), "https://example.org/gone")]
    assert len(listed(editor, "?to=nonsense")) == 2


def test_whose_rights_are_limited_sees_only_what_they_look_after(browse, cast, page):
    mine = make.page(body=linked("/nothing/"))
    mine.given_to.add(cast.editor)
    make.source(address="https://example.org/gone")
    run({"https://example.org/gone": GONE})
    User.objects.filter(pk=cast.editor.pk).update(is_limited=True)

    assert listed(browse("editor")) == [(str(mine), "/nothing/")]


def test_nobody_changes_the_list_by_hand(browse, cast, page):
    User.objects.filter(pk=cast.administrator.pk).update(is_superuser=True)
    client, link = browse("administrator"), DeadLink.objects.first()

    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{link.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}{link.pk}/change/", {"problem": "x"}).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302)])
def test_others_do_not_see_the_list(browse, page, who, status):
    assert browse(who).get(LIST).status_code == status


def test_staff_without_the_right_do_not_see_the_list(client, page):
    client.force_login(make.staff())

    assert client.get(LIST).status_code == 403


def test_the_list_costs_the_same_with_one_row_of_each_kind_and_with_twenty(browse):
    editor, counts = browse("editor"), []
    for number in (1, 20):
        for build in (make.page, make.programme, make.partner, make.theme):
            for _ in range(number):
                build(body=linked("/nothing/"))
        run()
        editor.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            assert editor.get(LIST).status_code == 200
        counts.append(len(asked))

    assert counts[1] <= counts[0] <= 20

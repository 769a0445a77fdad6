"""What somebody whose rights are limited reads of things they may not see: that there is one, and never its name."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.backoffice.object_permissions import HIDDEN, called, hidden_from
from cms.publishing.models import MovedAddress
from cms.revisions import preview_links
from cms.revisions.models import Answer, Proposal
from programmes.models import Funding, Programme
from tests import make
from tests.cms.backoffice.publishable.test_bulk_actions import do
from tests.cms.backoffice.publishable.test_proposals_mixin import seen
from tests.cms.lib.test_xlsx import sheet_of
from tests.programmes.test_admin import address, as_form, fill

FIT = {"body": "<p>What it is.</p>", "running": "3-finished"}
DRAFT = {"title": "Hidden plan", "status": "draft"}
LINKS = {
    "led_to": make.programme,
    "themes": make.theme,
    "priority_areas": make.priority_area,
}


@pytest.fixture
def person(db):
    return make.staff("Editor", is_limited=True)


@pytest.fixture
def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def given(person):
    programme = make.programme(**FIT)
    programme.given_to.add(person)
    return programme


def linked(programme):
    """All that a programme can lead to, hidden from whoever is limited."""
    for name, build in LINKS.items():
        getattr(programme, name).add(build(**DRAFT))
    partner = make.partner(name="Hidden plan", status="draft")
    make.involvement(programme=programme, partner=partner)
    Funding.objects.create(programme=programme, amount=5, what="Everything", funder=partner)
    Programme.objects.filter(pk=programme.pk).update(instead=make.programme(**DRAFT | {"title": "Hidden plan two"}))
    programme.refresh_from_db()


def keys_of(programme):
    links = {name: set(getattr(programme, name).values_list("pk", flat=True)) for name in LINKS}
    rows = [list(rows.values_list("pk", "partner")) for rows in (programme.involvements,)]
    return links, rows, programme.instead_id, programme.funding.get().funder_id


def test_a_thing_is_called_by_its_name_only_where_it_may_be_seen(cast, person):
    draft, public = make.programme(**DRAFT), make.programme(title="Public")

    assert (called(person, draft), called(person, public)) == (HIDDEN, "Public")
    assert called(cast.editor, draft) == "Hidden plan"


def test_what_is_hidden_is_read_in_one_question(person, cast, django_assert_num_queries):
    make.programme(**DRAFT)

    with django_assert_num_queries(1):
        assert hidden_from(person) == hidden_from(person)
    with django_assert_num_queries(0):
        assert hidden_from(cast.editor) == set()


@pytest.mark.parametrize("query", ["", "?plain=1"])
@pytest.mark.parametrize("is_given", [True, False])
def test_a_form_names_nothing_that_is_hidden(browser, given, is_given, query):
    programme = given if is_given else make.programme(**FIT)
    linked(programme)

    page = browser.get(address(programme) + query).content.decode()

    assert "Hidden plan" not in page
    assert HIDDEN in page


@pytest.mark.parametrize("query", ["", "?plain=1"])
def test_boxes_and_lists_offer_nothing_that_is_hidden(browser, given, query):
    make.theme(**DRAFT)
    make.programme(**DRAFT)

    assert "Hidden plan" not in browser.get(address(given) + query).content.decode()


@pytest.mark.parametrize("query", ["", "?plain=1"])
def test_a_form_with_links_to_hidden_things_asks_little(browser, given, query):
    fill(given, 5)
    linked(given)
    browser.get(address(given) + query)

    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address(given) + query).status_code == 200

    assert len(asked) <= 20


def test_saving_keeps_the_links_to_what_is_hidden(browser, given):
    linked(given)
    before = keys_of(given)
    partner = given.involvements.get()
    rows = {
        "involvements-TOTAL_FORMS": 1,
        "involvements-INITIAL_FORMS": 1,
        "involvements-0-id": partner.pk,
        "involvements-0-programme": given.pk,
        "involvements-0-partner": partner.partner_id,
        "involvements-0-role": partner.role,
        "involvements-0-note": "Since 2019",
    }

    response = browser.post(address(given), as_form(given, title="Another") | rows)

    given.refresh_from_db()
    assert response.status_code == 302
    assert (given.title, given.involvements.get().note) == ("Another", "Since 2019")
    assert keys_of(given) == before


@pytest.mark.parametrize("button", [{}, {"_propose": 1}, {"_send": 1}, {"_preview": 1}, {"_check": 1}])
@pytest.mark.parametrize("name", [*LINKS, "instead"])
def test_a_made_up_key_tells_no_name(browser, given, name, button):
    hidden = LINKS.get(name, make.programme)(**DRAFT)
    chosen = hidden.pk if name == "instead" else [hidden.pk]

    response = browser.post(address(given), as_form(given, **{name: chosen}) | button | {"seen": seen(browser, given)})

    assert name in response.context["adminform"].form.errors
    assert "Hidden plan" not in response.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("button", [{}, {"_propose": 1}])
def test_a_made_up_key_in_a_row_tells_no_name(browser, given, button):
    hidden = make.partner(name="Hidden plan", status="draft")
    row = {"involvements-TOTAL_FORMS": 1, "involvements-0-partner": hidden.pk, "involvements-0-role": "1-lead"}

    response = browser.post(address(given), as_form(given) | row | button | {"seen": seen(browser, given)})

    assert response.status_code == 200
    assert "Hidden plan" not in response.content.decode()
    assert not Proposal.objects.exists()


def test_what_a_colleague_proposed_stays_in_their_change(browser, cast, given):
    hidden = make.theme(**DRAFT)
    proposal = make.proposal(given, by=cast.editor, themes=[str(hidden.pk)])
    path = f"{address(given)}?proposal={proposal.pk}"

    page = browser.get(path)
    form = page.context["adminform"].form
    marks = {name: form[name].value() for name in ("seen", "seen_at")}
    response = browser.post(path, as_form(given, title="Another", themes=form["themes"].value()) | marks)

    proposal.refresh_from_db()
    assert "Hidden plan" not in page.content.decode()
    assert response.status_code == 302
    assert (proposal.values["fields"]["title"], proposal.values["fields"]["themes"]) == ("Another", [str(hidden.pk)])


def test_who_is_not_limited_chooses_what_they_like(browse, given):
    hidden = make.programme(**DRAFT)

    browse("editor").post(address(given), as_form(given, led_to=[hidden.pk]))

    assert list(given.led_to.all()) == [hidden]
    assert "Hidden plan" in browse("moderator").get(address(given)).content.decode()


def test_a_list_offers_nothing_hidden_to_narrow_it_by(browser, browse, given):
    make.theme(**DRAFT)
    make.theme(title="Public theme")
    path = "/admin/programmes/programme/"

    assert "Hidden plan" in browse("editor").get(path).content.decode()
    page = browser.get(path).content.decode()
    assert ("Public theme" in page, "Hidden plan" in page) == (True, False)


def test_an_export_names_nothing_that_is_hidden(browser, given):
    linked(given)

    _, row = sheet_of(do(browser, "export", [given]))

    cells = {cell.value for cell in row}
    assert "Hidden plan" not in cells
    assert HIDDEN in cells


def test_an_answer_about_what_was_taken_from_somebody_does_not_name_it(browser, person):
    draft = make.programme(**DRAFT)
    draft.given_to.add(person)
    _, link = preview_links.make(draft, proposal=make.proposal(draft, by=person), for_whom="Anna", by=person)
    Answer.objects.create(link=link, name="Anna", verdict="approve", shown_at=draft.modified_at)

    before = browser.get("/admin/").content.decode()
    draft.given_to.clear()
    after = browser.get("/admin/").content.decode()

    assert ("Hidden plan" in before, "Hidden plan" in after) == (True, False)
    assert f"Anna, about “{HIDDEN}”" in after


@pytest.mark.parametrize("build", [make.programme, make.partner])
def test_what_goes_with_a_deletion_is_not_named(client, db, build):
    administrator = make.staff("Administrator", is_limited=True)
    thing = build()
    thing.given_to.add(administrator)
    hidden = {make.programme: make.partner, make.partner: make.programme}[build]
    name = {make.programme: {"name": "Hidden plan"}, make.partner: {"title": "Hidden plan"}}[build]
    other = hidden(status="draft", **name)
    both = {type(thing).__name__.lower(): thing, type(other).__name__.lower(): other}
    make.involvement(**both)
    client.force_login(administrator)

    response = client.get(f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/delete/")

    assert response.status_code == 200
    assert str(thing) in response.content.decode()
    assert "Hidden plan" not in response.content.decode()


def test_moved_addresses_of_what_is_hidden_are_not_listed(browser, browse, given):
    for title, thing in (("hidden", make.programme(slug="hidden-plan", **DRAFT)), ("given", given)):
        MovedAddress.objects.create(old_path=f"/programmes/old-{title}/", thing=thing)
    MovedAddress.objects.create(old_path="/programmes/by-hand/", new_path="/programmes/")
    path = "/admin/cms/movedaddress/"

    page, all_of_it = (client.get(path).content.decode() for client in (browser, browse("editor")))

    assert ("old-hidden" in all_of_it, "old-given" in all_of_it) == (True, True)
    assert ("old-hidden" in page, "hidden-plan" in page) == (False, False)
    assert ("old-given" in page, "by-hand" in page) == (True, True)


def test_an_administrator_who_is_limited_gives_nothing_away(client, given):
    administrator = make.staff("Administrator", is_limited=True)
    other = make.staff("Writer", is_limited=True)
    given.given_to.set([administrator])
    client.force_login(administrator)

    client.post(address(given), as_form(given, title="Another", given_to=[administrator.pk, other.pk]))

    given.refresh_from_db()
    assert given.title == "Another"
    assert list(given.given_to.all()) == [administrator]

"""All partners at a glance."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing.models import ReviewRequest, Suggestion
from partners.members import invitations
from tests import make

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/partners/partner/states/"


def names(response):
    return [str(partner) for partner in response.context["page"]]


def busy(cast, **fields):
    """A partner with one of everything."""
    partner = make.partner(**fields)
    make.member(partner)
    make.member(partner, role="contributor")
    invitations.invite(partner, email=f"new{partner.pk}@example.org", role="manager", by=cast.editor, from_council=True)
    make.proposal(partner, by=make.user(), status="waiting")
    day = datetime.date(2020, 1, 1)
    ReviewRequest.objects.create(thing=partner, review_on=day, reminded_at=timezone.now(), labelled_at=timezone.now())
    partner.review_on, partner.checked_on, partner.checked_by = day, day, "partner"
    partner.save()
    Suggestion.objects.create(thing=partner, title=str(partner), words="Other hours")
    return partner


def test_it_tells_all_of_a_partner_in_one_line(browse, cast):
    busy(cast, name="Mill Trust")

    page = " ".join(browse("editor").get(ADDRESS).content.decode().split())

    for words in (
        "1 manager, 1 contributor", "1 invited", "A change since", "1 suggestion", "by its own people", "no answer",
        "nobody confirmed it", "Public now",
    ):  # fmt: skip
        assert words in page


def test_it_costs_the_same_for_two_partners_and_for_two_hundred(browse, cast):
    client, counts = browse("editor"), []
    busy(cast), busy(cast)
    for more in (0, 198):
        make.many_partners(more)
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(ADDRESS)
        counts.append(len(asked))

    assert response.context["page"].paginator.count == 200
    assert counts[0] == counts[1] <= 30


def test_what_needs_attention_comes_first_and_other_orders_are_offered(browse, cast):
    make.member(make.partner(name="Quiet", checked_on="2026-01-01"))
    make.partner(name="Alone")
    busy(cast, name="Zealous")
    client = browse("editor")

    assert names(client.get(ADDRESS)) == ["Zealous", "Alone", "Quiet"]
    assert names(client.get(f"{ADDRESS}?order=name")) == ["Alone", "Quiet", "Zealous"]
    assert names(client.get(f"{ADDRESS}?order=confirmed")) == ["Alone", "Zealous", "Quiet"]
    assert len(names(client.get(f"{ADDRESS}?order=signed_in"))) == 3


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("nobody", ["Alone"]),
        ("waiting", ["Zealous"]),
        ("suggestions", ["Zealous"]),
        ("asked", ["Zealous"]),
        ("unconfirmed", ["Zealous"]),
        ("x\u0301'--", ["Zealous", "Alone", "Gone"]),
    ],
)
def test_it_is_narrowed(browse, cast, show, found):
    make.partner(name="Alone")
    make.partner(name="Gone", ended="2020")
    busy(cast, name="Zealous")

    assert names(browse("editor").get(ADDRESS, {"show": show})) == found


def test_it_is_paged_and_keeps_the_choice(browse):
    make.many_partners(60)

    response = browse("editor").get(f"{ADDRESS}?show=nobody&order=name")

    assert len(names(response)) == 50
    assert "?show=nobody&amp;order=name&amp;p=2" in response.content.decode()
    assert len(names(browse("editor").get(f"{ADDRESS}?p=2"))) == 10
    assert browse("editor").get(f"{ADDRESS}?p=999999999999999999999").status_code == 200


def test_the_last_sign_in_is_a_day_and_no_name(browse):
    person = make.member(make.partner()).person
    person.last_login = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
    person.save()

    page = browse("editor").get(ADDRESS).content.decode()

    assert "1 Mar 2026" in page
    assert person.email not in page


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302), ("writer", 403), ("moderator", 200)])
def test_who_may_see_it(browse, who, status):
    assert browse(who).get(ADDRESS).status_code == status


def test_limited_staff_see_what_they_were_given(browse, cast):
    make.partner(name="Another")
    make.partner(name="Given").given_to.add(cast.editor)
    cast.editor.is_limited = True
    cast.editor.save()

    assert names(browse("editor").get(ADDRESS)) == ["Given"]


def test_the_list_of_partners_leads_there(browse):
    assert ADDRESS in browse("editor").get("/admin/partners/partner/").content.decode()
    assert ADDRESS not in browse("writer").get("/admin/partners/partner/").content.decode()

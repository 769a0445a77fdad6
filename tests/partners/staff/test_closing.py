"""The end of a partnership."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.publishing.models import ReviewRequest
from partners import permissions
from partners.members import invitations
from partners.models import Member, Partner
from partners.staff import acting_grants, closing
from tests import make

pytestmark = pytest.mark.django_db


def address(partner):
    return f"/admin/partners/partner/{partner.pk}/end/"


def test_the_page_stays_and_says_so(browse, client):
    partner, heir = make.partner(name="Mill Trust"), make.partner(name="New Trust")

    response = browse("editor").post(
        address(partner), {"ended": "2026-03", "note": "It closed its doors.", "successor": heir.pk}
    )

    page = client.get(partner.get_absolute_url()).content.decode()
    assert response.headers["Location"] == f"/admin/partners/partner/{partner.pk}/change/"
    assert "Ended in March 2026. It closed its doors." in page
    assert "New Trust" in page
    line = AuditEvent.objects.get(action="ended")
    assert (line.note, line.new) == ("It closed its doors.", {"ended": "March 2026", "successor": "New Trust"})
    assert partner.history.first().history_user.email == "editor@example.org"


def test_nobody_speaks_for_it_any_more_at_once(cast):
    partner = make.partner()
    manager, contributor = make.member(partner).person, make.member(partner, role="contributor").person
    clients = [make.signed_in(person) for person in (manager, contributor)]
    acting_grants.begin(partner, by=cast.administrator, why="So")
    invitation = invitations.invite(partner, email="new@example.org", role="manager", by=cast.editor, from_council=True)

    closing.end(partner, by=cast.editor, ended="2026", note="It closed.")

    assert [client.get(f"/desk/{partner.slug}/").status_code for client in clients] == [302, 302]  # signed out
    assert not permissions.desks_of(manager).exists()
    assert permissions.acting_of(cast.administrator, partner) is None
    assert not partner.invitations.open().filter(pk=invitation.pk).exists()
    for person in (manager, contributor):
        assert "It closed." in Mail.objects.filter(to=person.email, subject__contains="has ended").get().text


def test_what_it_had_proposed_is_taken_back_and_what_staff_propose_stays(cast):
    partner = make.partner()
    theirs = make.proposal(partner, by=make.member(partner).person, status="waiting", summary="A")
    theirs.for_name = str(partner)
    theirs.save()
    ours = make.proposal(partner, by=cast.editor, status="waiting", summary="B")
    ReviewRequest.objects.create(thing=partner, review_on=datetime.date(2026, 1, 1))

    closing.end(partner, by=cast.editor, ended="2026", note="It closed.")

    theirs.refresh_from_db(), ours.refresh_from_db()
    assert (theirs.status, ours.status) == ("taken_back", "waiting")
    assert not ReviewRequest.objects.open().exists()


def test_it_is_undone_by_emptying_the_day(cast):
    partner = make.partner()
    member = make.member(partner)
    partner = closing.end(partner, by=cast.editor, ended="2026", note="A mistake.")

    partner.ended, partner.ended_note = "", ""
    partner.save()

    assert not Member.objects.current().filter(pk=member.pk).exists()  # its people are invited anew
    assert invitations.invite(partner, email=member.person.email, role="manager", by=cast.editor, from_council=True)


def test_it_ends_once(cast):
    partner = make.partner()
    closing.end(partner, by=cast.editor, ended="2026", note="It closed.")

    with pytest.raises(ValidationError):
        closing.end(partner, by=cast.editor, ended="2025", note="Again.")
    assert AuditEvent.objects.filter(action="ended").count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "errorlist"),
        ({"ended": "soon", "note": "So"}, "Write a year"),
        ({"ended": "2026-13", "note": "So"}, "Write a year"),
        ({"ended": "1990", "note": "So"}, "before the start"),
        ({"ended": "2026", "note": ""}, "errorlist"),
        ({"ended": "2026", "note": "\0"}, "errorlist"),
        ({"ended": "2026", "note": "So", "successor": "999"}, "errorlist"),
        ({"ended": "2026", "note": "So", "successor": "x"}, "errorlist"),
    ],
)
def test_wrong_input_changes_nothing_and_stays(browse, sent, words):
    partner = make.partner(started="2000")
    make.member(partner)

    response = browse("editor").post(address(partner), sent)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert Partner.objects.get().ended == ""
    assert Member.objects.current().exists()


@pytest.mark.parametrize(("who", "status"), [("anyone", 403), ("stranger", 403), ("writer", 403), ("moderator", 403)])
def test_who_may_not_end_it(browse, who, status):
    partner = make.partner()

    assert browse(who).post(address(partner), {"ended": "2026", "note": "So"}).status_code == status
    assert Partner.objects.get().ended == ""


def test_limited_staff_end_only_what_they_were_given(cast):
    given, other = make.partner(), make.partner()
    given.given_to.add(cast.editor)
    cast.editor.is_limited = True
    cast.editor.save()

    with pytest.raises(PermissionDenied):
        closing.end(other, by=cast.editor, ended="2026", note="So")
    assert closing.end(given, by=cast.editor, ended="2026", note="So").ended == "2026"

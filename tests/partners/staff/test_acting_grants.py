"""Staff who act for a partner."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from partners import permissions
from partners.models import ActingGrant
from partners.staff import acting_grants
from tests import make

pytestmark = pytest.mark.django_db


def address(partner):
    return f"/admin/partners/partner/{partner.pk}/act/"


def test_an_editor_acts_with_a_reason_that_everybody_can_read(browse, cast):
    partner = make.partner(name="Mill Trust")
    manager, other = make.member(partner).person, make.member(partner, role="contributor").person

    response = browse("editor").post(address(partner), {"why": "They telephoned", "minutes": "15"})

    found = ActingGrant.objects.get()
    assert response.headers["Location"] == f"/desk/{partner.slug}/"
    assert datetime.timedelta(minutes=14) < found.until - timezone.now() <= datetime.timedelta(minutes=15)
    assert permissions.acting_of(cast.editor, partner) == found
    line = AuditEvent.objects.get(action="acted")
    assert (line.by, line.note) == (cast.editor, "They telephoned")
    assert "They telephoned" in Mail.objects.get(to=manager.email).text
    assert not Mail.objects.filter(to=other.email).exists()


@pytest.mark.parametrize("sent", [{}, {"why": " "}, {"why": "x" * 201}, {"why": "So", "minutes": "600"}, {"why": "\0"}])
def test_without_a_good_reason_nobody_acts(browse, sent):
    partner = make.partner()

    response = browse("editor").post(address(partner), {"minutes": "60"} | sent)

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not ActingGrant.objects.exists()


def test_two_clicks_begin_once(browse):
    partner, client = make.partner(), browse("editor")
    make.member(partner)

    for _ in range(2):
        client.post(address(partner), {"why": "So", "minutes": "60"})

    assert ActingGrant.objects.count() == Mail.objects.count() == AuditEvent.objects.filter(action="acted").count() == 1


def test_it_ends_by_hand_once(cast):
    partner = make.partner()
    begun = acting_grants.begin(partner, by=cast.editor, why="So")

    acting_grants.end(begun)
    acting_grants.end(begun)

    assert permissions.acting_of(cast.editor, partner) is None
    assert AuditEvent.objects.filter(action="acted").count() == 2


def test_it_lasts_an_hour_at_most(cast):
    begun = acting_grants.begin(make.partner(), by=cast.editor, why="So", lasting=datetime.timedelta(days=1))

    assert begun.until <= timezone.now() + datetime.timedelta(hours=1)


def test_it_ends_at_once_when_the_right_is_taken_away(browse, cast):
    partner, client = make.partner(), browse("editor")
    acting_grants.begin(partner, by=cast.editor, why="So")
    assert client.get(f"/desk/{partner.slug}/").status_code == 200

    cast.editor.groups.clear()

    assert client.get(f"/desk/{partner.slug}/").status_code == 404


def test_nobody_acts_for_a_partner_that_has_ended(browse):
    partner = make.partner(ended="2020")

    response = browse("editor").post(address(partner), {"why": "So", "minutes": "60"})

    assert "ended" in response.content.decode()
    assert not ActingGrant.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("anyone", 403), ("stranger", 403), ("writer", 403), ("moderator", 403)])
def test_who_may_not_act(browse, who, status):
    partner = make.partner()

    assert browse(who).post(address(partner), {"why": "So", "minutes": "60"}).status_code == status
    assert not ActingGrant.objects.exists()


@pytest.mark.parametrize(("is_given", "status"), [(True, 302), (False, 403)])
def test_limited_staff_act_only_for_what_they_were_given(browse, cast, is_given, status):
    partner = make.partner()
    partner.given_to.set([cast.editor] if is_given else [])
    User.objects.filter(pk=cast.editor.pk).update(is_limited=True)
    cast.editor.refresh_from_db()

    assert browse("editor").post(address(partner), {"why": "So", "minutes": "60"}).status_code == status


def test_the_right_is_one_of_its_own(browse, cast):
    cast.moderator.user_permissions.add(Permission.objects.get(codename="act_for_partner"))
    partner = make.partner()

    assert browse("moderator").post(address(partner), {"why": "So", "minutes": "60"}).status_code == 302


def test_only_whoever_may_sees_the_tools(browse):
    partner = make.partner()
    form = f"/admin/partners/partner/{partner.pk}/change/"

    assert address(partner) in browse("editor").get(form).content.decode()
    assert address(partner) not in browse("writer").get(form).content.decode()

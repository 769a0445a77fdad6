"""How somebody's part at a partner changes and ends."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from partners import permissions
from partners.members import invitations, membership
from partners.models import ActingGrant, Member
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return make.partner(name="Book Club", slug="book-club")


@pytest.fixture
def manager(partner):
    return make.member(partner)


def acting(person, partner):
    return ActingGrant.objects.create(
        partner=partner, person=person, why="They asked", until=timezone.now() + datetime.timedelta(hours=1)
    )


def managers(partner):
    return partner.members.managers().count()


def test_a_manager_makes_a_contributor_a_manager(partner, manager):
    other = make.member(partner, role="contributor")

    membership.change_role(other, role="manager", by=manager.person)

    line = AuditEvent.objects.get()
    assert managers(partner) == 2
    assert (line.action, line.old["role"], line.new["role"]) == ("member_role", "contributor", "manager")
    assert Mail.objects.get().to == other.person.email


def test_the_same_role_again_is_no_change(partner, manager):
    membership.change_role(manager, role="manager", by=manager.person)

    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("do", ["change_role", "remove"])
@pytest.mark.parametrize("who", ["contributor", "elsewhere", "editor", "administrator"])
def test_only_managers_change_and_remove(partner, manager, do, who, cast):
    target = make.member(partner, role="contributor")
    by = {
        "contributor": lambda: make.member(partner, role="contributor").person,
        "elsewhere": lambda: make.member(make.partner()).person,
        "editor": lambda: cast.editor,
        "administrator": lambda: cast.administrator,
    }[who]()
    more = {"role": "manager"} if do == "change_role" else {}

    with pytest.raises(PermissionDenied):
        getattr(membership, do)(target, by=by, **more)

    assert Member.objects.get(pk=target.pk).role == "contributor"
    assert Member.objects.get(pk=target.pk).ended_at is None


def test_removing_ends_every_right_and_session_and_is_told(partner, manager):
    other = make.member(partner)
    was = other.person.get_session_auth_hash()

    membership.remove(other, by=manager.person)

    person = type(other.person).objects.get(pk=other.person.pk)
    assert permissions.rights_of(person, partner) == frozenset()
    assert not permissions.desks_of(person).exists()
    assert not person.needs_second_factor()
    assert person.get_session_auth_hash() != was
    assert {mail.to for mail in Mail.objects.all()} == {person.email, manager.person.email}
    assert AuditEvent.objects.get().action == "left"


def test_it_is_done_once(partner, manager):
    other = make.member(partner)
    membership.remove(other, by=manager.person)

    with pytest.raises(ValidationError, match="already"):
        membership.remove(other, by=manager.person)
    with pytest.raises(ValidationError, match="already"):
        membership.leave(other)


def test_somebody_who_left_can_come_back(partner, manager):
    other = make.member(partner, role="contributor")
    membership.leave(other)

    make.member(partner, person=other.person)

    assert permissions.may(other.person, "invite", partner)


@pytest.mark.parametrize(
    "do",
    [
        lambda last: membership.leave(last),
        lambda last: membership.remove(last, by=last.person),
        lambda last: membership.change_role(last, role="contributor", by=last.person),
    ],
    ids=["leave", "remove", "demote"],
)
def test_the_last_manager_stays(partner, manager, do):
    make.member(partner, role="contributor")
    # Somebody who cannot sign in any more manages nothing.
    gone = make.member(partner)
    gone.person.is_active = False
    gone.person.save()

    with pytest.raises(ValidationError):
        do(manager)

    assert managers(partner) == 1


def test_the_last_manager_is_told_so_instead_of_being_offered_to_leave(partner, manager):
    page = make.signed_in(manager.person).get("/desk/book-club/leave/").text

    assert "Make somebody else a manager first, then you can leave." in page
    assert ">Leave</button>" not in page
    make.member(partner)
    assert ">Leave</button>" in make.signed_in(manager.person).get("/desk/book-club/leave/").text


def test_a_contributor_may_leave_and_so_may_one_of_two_managers(partner, manager):
    membership.leave(make.member(partner, role="contributor"))
    membership.leave(make.member(partner))

    assert list(partner.members.current()) == [manager]


def test_staff_who_act_may_remove_the_last_manager(partner, manager, cast):
    acting(cast.editor, partner)

    membership.remove(manager, by=cast.editor)

    assert managers(partner) == 0
    assert AuditEvent.objects.get().by_words == "Edie Editor, for Book Club"


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_leave_at_once_cannot_both(partner, manager):
    both = [manager, make.member(partner)]
    start = threading.Barrier(2)
    stayed = []

    def leave(member):
        start.wait()
        try:
            membership.leave(member)
        except ValidationError:
            stayed.append(member)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[member]) for member in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(stayed) == 1
    assert managers(partner) == 1


def test_ending_all_leaves_nobody_and_no_invitation(partner, manager, cast):
    contributor = make.member(partner, role="contributor")
    invitations.invite(partner, email="new@example.org", role="manager", by=manager.person)

    ended = membership.end_all_of(partner, by=cast.editor)

    assert ended == [manager.person, contributor.person]
    assert not partner.members.current().exists()
    assert not partner.invitations.open().exists()
    assert AuditEvent.objects.filter(action="left").count() == 2


def test_another_partners_people_stay(partner, manager, cast):
    elsewhere = make.member(make.partner())

    membership.end_all_of(partner, by=cast.editor)

    assert permissions.may(elsewhere.person, "invite", elsewhere.partner)


def test_acting_ends_with_the_right_and_with_the_time(partner, cast):
    row = acting(cast.editor, partner)
    assert permissions.may(cast.editor, "invite", partner)
    assert list(permissions.desks_of(cast.editor)) == [partner]

    cast.editor.groups.clear()
    person = type(cast.editor).objects.get(pk=cast.editor.pk)
    assert not permissions.may(person, "invite", partner)
    assert not permissions.desks_of(person).exists()

    acting(cast.administrator, partner)
    ActingGrant.objects.filter(pk=row.pk).delete()
    ended = partner.actings.get()
    ended.since, ended.until = timezone.now() - datetime.timedelta(hours=2), timezone.now()
    ended.save()
    assert not permissions.may(cast.administrator, "invite", partner)

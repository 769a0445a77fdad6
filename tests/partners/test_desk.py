"""The desk of a partner: who finds it, what it shows, and that nobody reaches into another's."""

import datetime
import time

import pytest
from django.test import Client
from django.utils import timezone

from accounts import sessions
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.revisions.models import Proposal
from partners.members import invitations
from partners.models import ActingGrant, Invitation
from tests import make

pytestmark = pytest.mark.django_db

PARTS = ["", "members/", "happened/"]
FORMS = ["members/invite/", "leave/"]


@pytest.fixture
def partner():
    return make.partner(name="Book Club", slug="book-club")


@pytest.fixture
def manager(partner):
    return make.member(partner, person=make.user(name="Mina Manager"))


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk(manager):
    return signed_in(manager.person)


def words(response):
    return " ".join(response.content.decode().split())


def acts(person, partner):
    until = timezone.now() + datetime.timedelta(minutes=30)
    return ActingGrant.objects.create(partner=partner, person=person, why="They asked", until=until)


@pytest.mark.parametrize("part", PARTS + FORMS)
def test_every_page_is_there_for_a_manager_and_kept_by_nobody(desk, part):
    response = desk.get(f"/desk/book-club/{part}")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]


@pytest.mark.parametrize("part", PARTS + FORMS)
def test_whoever_is_not_signed_in_is_led_to_it_and_back(client, partner, part):
    response = client.get(f"/desk/book-club/{part}")

    assert response.headers["Location"] == f"/account/login/?next=/desk/book-club/{part}"


@pytest.mark.parametrize("part", PARTS + FORMS)
def test_anothers_desk_is_not_found(partner, part, cast):
    elsewhere = make.member(make.partner()).person
    left = make.member(partner, ended_at=timezone.now()).person

    for person in (elsewhere, left, cast.stranger, cast.editor, cast.administrator):
        assert signed_in(person).get(f"/desk/book-club/{part}").status_code == 404
        assert signed_in(person).post(f"/desk/book-club/{part}").status_code in (404, 405)


def test_one_desk_opens_at_once_several_are_to_choose_and_none_is_said_kindly(desk, manager, browse):
    assert desk.get("/desk/").headers["Location"] == "/desk/book-club/"

    make.member(make.partner(name="Chess Club"), person=manager.person)
    page = words(desk.get("/desk/"))
    assert "Book Club" in page
    assert "Chess Club" in page

    assert "You do not speak for an organisation" in words(browse("stranger").get("/desk/"))


def test_a_manager_without_a_second_factor_comes_no_further(partner):
    person = make.user()
    person.comes_without = True
    make.member(partner, person=person)

    response = signed_in(person).get("/desk/book-club/")

    assert response.headers["Location"] == "/account/second-factor/"


COMPILED = {"compiled_on": datetime.date(2026, 11, 21)}
CHECKED = {"checked_on": datetime.date(2026, 11, 25)}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Nobody has confirmed it yet."),
        (COMPILED, "The site team put it together from published sources on 21 November 2026. Nobody has confirmed it"),
        (COMPILED | CHECKED, "The council last checked it on 25 November 2026."),
        (COMPILED | CHECKED | {"checked_by": "partner"}, "You last confirmed it on 25 November 2026."),
    ],
    ids=["nobody", "compiled", "council", "partner"],
)
def test_the_desk_says_whose_word_the_page_is(desk, partner, fields, said):
    for name, value in fields.items():
        setattr(partner, name, value)
    partner.save()

    assert said in words(desk.get("/desk/book-club/"))
    assert said in words(desk.get("/desk/book-club/page/"))
    asks = "We put it together from published sources." in words(desk.get("/desk/book-club/"))
    assert asks == (fields == COMPILED)


def test_a_contributor_needs_none_and_sees_people_without_buttons(partner, manager):
    person = make.user(name="Cora")
    person.comes_without = True
    make.member(partner, person=person, role="contributor")
    invitations.invite(partner, email="new@example.org", role="manager", by=manager.person)
    client = signed_in(person)

    page = words(client.get("/desk/book-club/members/"))

    assert "Mina Manager" in page
    assert "Invite somebody" not in page
    assert "new@example.org" not in page
    assert "Remove" not in page


def test_addresses_of_members_are_for_managers_and_the_council_acting(partner, manager, cast):
    nameless = make.member(partner, person=make.user(email="nameless@example.org"), role="contributor").person
    acts(cast.editor, partner)

    pages = [words(signed_in(person).get("/desk/book-club/members/")) for person in (manager.person, cast.editor)]
    theirs = words(signed_in(nameless).get("/desk/book-club/members/"))

    for page in pages:
        assert manager.person.email in page
        assert "nameless@example.org" in page
    assert "Mina Manager" in theirs
    assert "No name given" in theirs
    assert "@example.org" not in theirs.partition("<main")[2]


def test_a_manager_invites_and_takes_it_back(desk, partner):
    response = desk.post("/desk/book-club/members/invite/", {"email": "New@example.org", "role": "contributor"})
    assert response.headers["Location"] == "/desk/book-club/members/"
    invitation = Invitation.objects.get()
    assert "new@example.org" in words(desk.get("/desk/book-club/members/"))

    desk.post(f"/desk/book-club/members/invitations/{invitation.pk}/revoke/")

    assert not partner.invitations.open().exists()
    assert "ended, before" in words(
        desk.post(f"/desk/book-club/members/invitations/{invitation.pk}/revoke/", follow=True)
    )


def test_inviting_says_the_same_for_every_address(desk, partner, cast):
    make.confirmed(cast.author)
    there = make.member(partner, role="contributor").person
    said = set()

    for email in (cast.author.email, "nobody@example.org", there.email):
        response = desk.post("/desk/book-club/members/invite/", {"email": email, "role": "contributor"}, follow=True)
        said.add(words(response).split("We are sending a mail to ")[1].replace(email, "…").split("</p>")[0])

    assert len(said) == 1
    assert Mail.objects.count() == 3


@pytest.mark.parametrize("data", [{"email": "x", "role": "contributor"}, {"email": "a@b.org", "role": "owner"}, {},
                                  {"email": "a\0@example.org", "role": "manager\0"}])  # fmt: skip
def test_bad_invitations_are_refused_in_words(desk, data):
    response = desk.post("/desk/book-club/members/invite/", data)

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert not Invitation.objects.exists()


def test_the_partner_comes_from_the_address_whatever_is_posted(desk, partner):
    other = make.partner()
    posted = {"email": "new@example.org", "role": "manager", "partner": other.pk, "partner_id": other.pk, "slug": "x"}

    desk.post("/desk/book-club/members/invite/", posted)

    assert Invitation.objects.get().partner == partner


def test_another_partners_people_and_invitations_are_not_found(desk):
    elsewhere = make.member(make.partner())
    invitations.invite(elsewhere.partner, email="new@example.org", role="manager", by=elsewhere.person)

    addresses = [
        f"members/{elsewhere.pk}/",
        f"members/{elsewhere.pk}/remove/",
        f"members/invitations/{Invitation.objects.get().pk}/revoke/",
        f"members/{2**70}/",
    ]

    for address in addresses:
        assert desk.post(f"/desk/book-club/{address}", {"role": "contributor"}).status_code == 404
    assert elsewhere.partner.members.managers().exists()
    assert elsewhere.partner.invitations.open().exists()


def test_a_contributor_finds_no_page_for_what_managers_do(partner, manager):
    client = signed_in(make.member(partner, role="contributor").person)
    invitations.invite(partner, email="new@example.org", role="manager", by=manager.person)
    revoke = f"members/invitations/{Invitation.objects.get().pk}/revoke/"

    for address in ("members/invite/", f"members/{manager.pk}/", f"members/{manager.pk}/remove/", revoke):
        assert client.post(f"/desk/book-club/{address}", {"role": "contributor"}).status_code == 404


def test_changing_a_role_and_removing(desk, partner):
    other = make.member(partner, role="contributor")

    desk.post(f"/desk/book-club/members/{other.pk}/", {"role": "manager"})
    other.refresh_from_db()
    assert other.is_manager

    desk.post(f"/desk/book-club/members/{other.pk}/remove/")
    other.refresh_from_db()
    assert other.ended_at


def test_the_only_manager_is_told_what_to_do_first(desk, manager):
    left = desk.post("/desk/book-club/leave/", follow=True)
    given_up = desk.post(f"/desk/book-club/members/{manager.pk}/", {"role": "contributor"})

    assert "Make somebody else a manager first" in words(left)
    assert "Make somebody else a manager first" in words(given_up)
    assert manager.partner.members.managers().count() == 1
    assert "Only one person manages this desk" in words(desk.get("/desk/book-club/"))


def test_leaving_ends_every_session_at_once(desk, manager, partner):
    make.member(partner)
    elsewhere = signed_in(manager.person)

    response = desk.post("/desk/book-club/leave/", follow=True)

    assert "You have left Book Club" in words(response)
    for client in (desk, elsewhere):
        assert client.get("/desk/book-club/").headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("address", ["members/invite/", "members/{}/", "members/{}/remove/"])
def test_who_may_speak_is_changed_only_by_somebody_who_has_just_shown_who_they_are(desk, partner, address, settings):
    other = make.member(partner, role="contributor")
    address = f"/desk/book-club/{address.format(other.pk)}"
    session = desk.session
    for proof in session["account_authentication_methods"]:
        proof["at"] = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1
    session.save()

    response = desk.post(address, {"role": "manager", "email": "new@example.org"})

    assert response.status_code == 302
    assert "/account/" in response.headers["Location"]
    other.refresh_from_db()
    assert (other.role, other.ended_at) == ("contributor", None)
    assert not Invitation.objects.exists()


def test_staff_who_act_see_that_they_do_and_can_end_it(browse, cast, partner, manager):
    acts(cast.editor, partner)
    client = browse("editor")

    assert "in the place of Book Club" in words(client.get("/desk/book-club/"))
    assert client.post("/desk/book-club/leave/").status_code == 404
    client.post("/desk/book-club/members/invite/", {"email": "new@example.org", "role": "contributor"})
    assert AuditEvent.objects.get(action="invited").by_words == "Edie Editor, for Book Club"

    client.post("/desk/book-club/end/")

    assert client.get("/desk/book-club/").status_code == 404


def test_a_member_has_nothing_to_end(desk):
    assert desk.post("/desk/book-club/end/").status_code == 404


def test_what_happened_names_members_and_never_staff(desk, manager, partner, cast):
    audit_log.write(
        "invited", partner, by=manager.person, by_words="Mina Manager, for Book Club", new={"role": "manager"}
    )
    audit_log.write("approved", partner, by=cast.editor, note="Between us: odd people")
    audit_log.write("proposed", partner, by=cast.editor, note="A secret plan")
    audit_log.write("exported", partner, by=cast.editor)
    audit_log.write("checked", partner, by=None, by_words="a manager by the link in a mail")
    audit_log.write("invited", make.partner(), by=manager.person, new={"role": "contributor"})

    page = words(desk.get("/desk/book-club/happened/"))

    assert "Mina Manager invited somebody as a manager." in page
    assert "A change of your page was published." in page
    assert "A manager by the link in a mail confirmed" in page
    for hidden in ("Edie", "odd people", "secret plan", "sent a change", "a contributor", "Exported"):
        assert hidden not in page


def test_what_somebody_did_who_has_deleted_their_account_is_not_the_councils(desk, partner):
    gone = make.user(name="Gone Gary")
    audit_log.write("direct", partner, by=gone, by_words="Gone Gary, for Book Club")
    gone.delete()

    page = words(desk.get("/desk/book-club/happened/"))

    assert "Somebody who has left changed the page." in page
    assert "Gary" not in page


def test_a_refusal_is_shown_where_it_was_of_their_own_change(desk, manager, partner, cast):
    audit_log.write("refused", partner, by=cast.editor)
    assert "did not publish" not in words(desk.get("/desk/book-club/happened/"))

    refused = make.proposal(partner, by=manager.person, status="refused")
    refused.for_name, refused.decided_at = "Book Club", timezone.now()
    refused.save()

    assert "did not publish" in words(desk.get("/desk/book-club/happened/"))
    assert "The council did not publish your last change" in words(desk.get("/desk/book-club/"))


@pytest.mark.parametrize("page", ["2", "nonsense", "-1", "999999999999999999999"])
def test_long_lists_are_paged(desk, partner, manager, page):
    for _ in range(30):
        audit_log.write("direct", partner, by=manager.person)

    assert desk.get("/desk/book-club/happened/", {"page": page}).status_code == 200


def test_a_draft_says_what_to_do(desk, partner):
    partner.status = "draft"
    partner.save()

    page = words(desk.get("/desk/book-club/"))

    assert "Your page is not public yet" in page
    assert "See it as readers do" not in page


def test_a_change_that_waits_is_said(desk, partner, manager):
    waiting = make.proposal(partner, by=manager.person, status="waiting")
    assert "A change waits" not in words(desk.get("/desk/book-club/"))

    Proposal.objects.filter(pk=waiting.pk).update(for_name="Book Club")

    assert "A change waits for the council" in words(desk.get("/desk/book-club/"))


@pytest.mark.parametrize("many", [1, 20])
def test_the_number_of_questions_does_not_grow(desk, partner, manager, many, django_assert_max_num_queries):
    for number in range(many):
        make.member(partner, role="contributor")
        invitations.invite(partner, email=f"n{number}@example.org", role="contributor", by=manager.person)
    for part in PARTS:
        with django_assert_max_num_queries(30):
            assert desk.get(f"/desk/book-club/{part}").status_code == 200


def test_a_link_to_a_desk_waits_through_the_sign_in(client, manager):
    response = client.get("/desk/book-club/members/", follow=True)

    assert response.status_code == 200
    assert "next" in response.request["QUERY_STRING"]


def test_a_desk_locks_when_nobody_was_there(desk, settings):
    session = desk.session
    session[sessions.SEEN_AT] = time.time() - settings.BACK_OFFICE_IDLE - 1
    session.save()

    response = desk.get("/desk/book-club/")

    assert "/account/" in response.headers["Location"]

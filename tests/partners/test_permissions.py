"""Who may do what for a partner: every kind of person, every action. docs/partners.md shows this table; a test fails
where the two differ."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cms.publishing.models import Suggestion
from cms.revisions.models import Proposal
from partners.members import invitations
from partners.models import ActingGrant, Invitation, JoinRequest, Member, Partner
from partners.page_editing import light_markup, own_page
from stories.models import Story
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db

# In the order of the letters below.
PEOPLE = (
    "anyone",
    "resident",
    "contributor",
    "manager",
    "manager of another partner",
    "editor",
    "editor acting for it",
    "moderator",
    "administrator",
)
# Some more who may do nothing of all this.
NOBODY = ("somebody who left", "manager without a second factor", "editor whose acting has ended", "closed account")


@dataclass(frozen=True)
class Row:
    """One thing to do. `who` has a letter for each: y may, - may not; `tried` says whether it could be done."""

    what: str
    who: str
    tried: Callable[[Client, SimpleNamespace], bool]


def desk(part=""):
    return lambda client, at: client.get(f"/desk/{at.partner.slug}/{part}").status_code == 200


def _post(client, at, part, data=None):
    return client.post(f"/desk/{at.partner.slug}/{part}", data or {})


def invited(client, at):
    _post(client, at, "members/invite/", {"email": "tried@example.org", "role": "contributor"})
    return Invitation.objects.filter(email="tried@example.org", partner=at.partner).exists()


def taken_back(client, at):
    _post(client, at, f"members/invitations/{at.invitation.pk}/revoke/")
    return not at.partner.invitations.open().filter(pk=at.invitation.pk).exists()


def role_given(client, at):
    _post(client, at, f"members/{at.colleague.pk}/", {"role": "manager"})
    return Member.objects.get(pk=at.colleague.pk).is_manager


def removed(client, at):
    _post(client, at, f"members/{at.colleague.pk}/remove/")
    return Member.objects.get(pk=at.colleague.pk).ended_at is not None


def left(client, at):
    before = at.partner.members.current().count()
    _post(client, at, "leave/")
    return at.partner.members.current().count() < before


def sent(client, at):
    page = own_page.shown(at.partner)
    typed = {
        "summary": "Another sentence.",
        "body": light_markup.to_text(page["body"]),
        "also_known_as": "",
        "website": "",
        "why": "",
        "seen": own_page.fingerprint(page),
        "written_in": "marks",
        "send": "",
    }
    _post(client, at, "page/", typed)
    return Proposal.objects.filter(object_id=at.partner.pk, status="waiting").exists()


def confirmed(client, at):
    _post(client, at, "page/still-right/")
    return Partner.objects.get(pk=at.partner.pk).checked_by == "partner"


def answered(client, at):
    _post(client, at, f"suggestions/{at.suggestion.pk}/", {"words": "Thank you, it is right now."})
    return Suggestion.objects.get(pk=at.suggestion.pk).answered_at is not None


def begun(client, at):
    _post(client, at, "stories/tell/")
    return Story.objects.filter(partner=at.partner, status="draft", way="partner").exists()


def answered_moderator(client, at):
    where = f"stories/{at.story.pk}/"
    _post(client, at, where, {"title": "Another title", "text": "More of it.", "language": "en", "check": ""})
    _post(client, at, f"{where}check/")
    return Story.objects.get(pk=at.story.pk).status == "submitted"


def approved(client, at):
    proposal = make.proposal(at.partner, by=at.colleague.person, status="waiting", summary="Approved.")
    client.post(f"/admin/cms/proposal/{proposal.pk}/decide/", {"step": "publish"})
    return Partner.objects.get(pk=at.partner.pk).summary == "Approved."


def decided(step, state):
    def tried(client, at):
        data = {"step": step, f"{step}-words": "Our words."}
        client.post(f"/admin/partners/joinrequest/{at.request.pk}/decide/", data)
        return JoinRequest.objects.get(pk=at.request.pk).state == state

    return tried


def staff_page(view):
    return lambda client, _: client.get(f"/admin/partners/partner/{view}").status_code == 200


def first_manager_invited(client, at):
    client.post(f"/admin/partners/partner/{at.partner.pk}/invite/", {"email": "tried@example.org", "role": "manager"})
    return Invitation.objects.filter(email="tried@example.org", is_from_council=True).exists()


def acted(client, at):
    client.post(f"/admin/partners/partner/{at.other.pk}/act/", {"why": "They asked us", "minutes": "30"})
    return at.other.actings.current().exists()


def merged(client, at):
    seen = f"{at.other.modified_at.isoformat()} {at.partner.modified_at.isoformat()}"
    address = f"/admin/partners/partner/{at.partner.pk}/merge/"
    client.post(address, {"keep": at.other.pk, "seen": seen})
    return not Partner.objects.filter(pk=at.partner.pk).exists()


def ended(client, at):
    client.post(f"/admin/partners/partner/{at.partner.pk}/end/", {"ended": "2026-10", "note": "It closed."})
    return Partner.objects.get(pk=at.partner.pk).has_ended


# who: anyone, resident, contributor, manager, manager of another, editor, editor acting, moderator, administrator
TABLE = [
    Row("See the desk", "--yy--y--", desk()),
    Row("See who speaks for it", "--yy--y--", desk("members/")),
    Row("See what happened", "--yy--y--", desk("happened/")),
    Row("Write its page, and send that to the council", "--yy--y--", sent),
    Row("Confirm that its page is still right", "--yy--y--", confirmed),
    Row("Answer a reader’s suggestion in its name", "--yy--y--", answered),
    Row("See its stories", "--yy--y--", desk("stories/")),
    Row("Tell a story for somebody, in its name", "--yy--y--", begun),
    Row("Answer a moderator about a story it sent", "--yy--y--", answered_moderator),
    Row("Invite somebody", "---y--y--", invited),
    Row("Take an invitation back", "---y--y--", taken_back),
    Row("Change somebody’s role", "---y--y--", role_given),
    Row("Remove somebody", "---y--y--", removed),
    Row("Leave", "--yy-----", left),
    Row("Publish what it sent", "-----yy-y", approved),
    Row("Accept an organisation that asks to join", "-----yy-y", decided("accept", "accepted")),
    Row("Decline an organisation that asks to join", "-----yy-y", decided("decline", "declined")),
    Row("Invite its first manager, as the council", "-----yy-y", first_manager_invited),
    Row("See the state of all partners", "-----yyyy", staff_page("states/")),
    Row("Act for a partner", "-----yy-y", acted),
    Row("Merge two records", "--------y", merged),
    Row("End a partnership", "-----yy-y", ended),
]


@pytest.fixture
def at():
    partner, other = make.partner(slug="ours", body="<p>Old.</p>"), make.partner(slug="theirs")
    manager = make.member(partner).person
    colleague = make.member(partner, role="contributor")
    make.member(partner)
    invitation = invitations.invite(partner, email="open@example.org", role="contributor", by=manager)
    suggestion = Suggestion.objects.create(thing=partner, title=str(partner), words="The number is old.")
    return SimpleNamespace(
        partner=partner,
        other=other,
        colleague=colleague,
        invitation=invitation,
        suggestion=suggestion,
        request=make.join_request(),
        story=told.story(status="change_asked", way="partner", partner=partner),
    )


def acting(at, minutes=30):
    person, now = make.staff("Editor"), timezone.now()
    made = ActingGrant.objects.create(
        partner=at.partner, person=person, why="They asked", until=now + datetime.timedelta(hours=1)
    )
    made.since, made.until = now - datetime.timedelta(hours=1), now + datetime.timedelta(minutes=minutes)
    made.save()
    return person


def without_factor(at):
    person = make.member(at.partner).person
    person.comes_without = True
    return person


def closed(at):
    person = make.member(at.partner).person
    person.is_active = False
    person.save()
    return person


MADE = {
    "anyone": lambda _: None,
    "resident": lambda _: make.user(),
    "contributor": lambda at: make.member(at.partner, role="contributor").person,
    "manager": lambda at: make.member(at.partner).person,
    "manager of another partner": lambda at: make.member(at.other).person,
    "editor": lambda _: make.staff("Editor"),
    "editor acting for it": acting,
    "moderator": lambda _: make.staff("Moderator"),
    "administrator": lambda _: make.staff("Administrator"),
    "somebody who left": lambda at: make.member(at.partner, ended_at=timezone.now()).person,
    "manager without a second factor": without_factor,
    "editor whose acting has ended": lambda at: acting(at, minutes=-1),
    "closed account": closed,
}


def can(who, row, at) -> bool:
    """Whether such a person can do it; whatever they did is undone."""
    client = Client()
    with transaction.atomic():
        person = MADE[who](at)
        if person is not None:
            client.force_login(person)
        could = row.tried(client, at)
        transaction.set_rollback(True)
    return could


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what)
def test_each_can_do_what_the_table_says_and_no_more(at, row):
    expected = {name: letter == "y" for name, letter in zip(PEOPLE, row.who, strict=True)}

    assert {name: can(name, row, at) for name in PEOPLE} == expected


@pytest.mark.parametrize("row", [row for row in TABLE if row.who[5] == "-"], ids=lambda row: row.what)
def test_whoever_has_lost_it_or_not_shown_enough_can_do_nothing_at_the_desk(at, row):
    assert [name for name in NOBODY if can(name, row, at)] == []


def test_there_are_at_least_as_many_refusals_as_permissions():
    letters = "".join(row.who for row in TABLE)

    assert letters.count("-") >= letters.count("y")


def as_markdown() -> str:
    head = f"| | {' | '.join(PEOPLE)} |\n|{' --- |' * (len(PEOPLE) + 1)}\n"
    words = {"y": "yes", "-": "no"}
    return head + "".join(f"| {row.what} | {' | '.join(words[letter] for letter in row.who)} |\n" for row in TABLE)


def test_the_guide_shows_the_table_that_is_tested():
    guide = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")

    assert as_markdown() in guide

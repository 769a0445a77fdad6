"""Two records of one organisation that become one."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.publishing.models import MovedAddress, Reminder, ReviewRequest, SeededRow, Suggestion
from cms.quality.models import DeadLink
from cms.revisions import preview_links
from cms.revisions.models import Editing, Proposal
from partners.members import invitations
from partners.models import ActingGrant, FormerName, Member, Partner, PersonInRole
from partners.staff import merging
from programmes.models import Funding, Involvement, Programme
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def address(partner, view="merge"):
    return f"/admin/partners/partner/{partner.pk}/{view}/"


def seen(kept, dropped):
    return f"{kept.modified_at.isoformat()} {dropped.modified_at.isoformat()}"


def funding(**fields):
    return Funding.objects.create(**{"programme": make.programme(), "amount": 5, "what": "Books"} | fields)


def acting_for(partner):
    return ActingGrant.objects.create(
        partner=partner, person=make.staff(), why="So", until=timezone.now() + datetime.timedelta(hours=1)
    )


# One row of every relation that leads to a partner. Who adds a relation adds a line here.
LEADING = {
    "partners.Member.partner": make.member,
    "partners.Invitation.partner": lambda partner: invitations.make(
        partner, email="a@b.example", role="manager", by=make.staff()
    ),
    "partners.ActingGrant.partner": acting_for,
    "partners.JoinRequest.partner": lambda partner: make.join_request(partner=partner),
    "partners.FormerName.partner": lambda partner: FormerName.objects.create(partner=partner, name="Once"),
    "partners.PersonInRole.partner": lambda partner: PersonInRole.objects.create(
        partner=partner, name="Ann", role="Chair", as_of="2018"
    ),
    "partners.Partner.successor": lambda partner: make.partner(successor=partner),
    "partners.Partner.parent": lambda partner: make.partner(parent=partner),
    "partners.Partner_wards.partner": lambda partner: partner.wards.add(make.ward()),
    "partners.Partner_sources.partner": lambda partner: partner.sources.add(make.source()),
    "partners.Partner_given_to.partner": lambda partner: partner.given_to.add(make.staff()),
    "news.NewsItem.said_by": lambda partner: make.news_item(said_by=partner),
    "news.NewsItem_partners.partner": lambda partner: make.news_item(partners=[partner]),
    "programmes.Involvement.partner": lambda partner: make.programme(lead=partner),
    "programmes.Funding.funder": lambda partner: funding(funder=partner),
    "stories.Call.host": lambda partner: told.call(host=partner),
    "stories.Story.partner": lambda partner: told.story(status="submitted", partner=partner),
    "stories.StoryIndex.partner": lambda partner: told.story(partner=partner),
}
ABOUT = {
    "cms.AccessToken": lambda partner: token_links.make(AccessToken.Purpose.STILL_RIGHT, partner, days=3),
    "cms.Suggestion": lambda partner: Suggestion.objects.create(thing=partner, title="x", words="x"),
    "cms.ReviewRequest": lambda partner: ReviewRequest.objects.create(
        thing=partner, review_on=datetime.date(2026, 1, 1)
    ),
    "cms.Proposal": lambda partner: make.proposal(partner, by=make.user(), status="waiting", summary="Other"),
    "cms.PreviewLink": lambda partner: preview_links.make(
        partner, proposal=None, for_whom="Ann", days=3, by=make.staff()
    ),
    "cms.MovedAddress": lambda partner: MovedAddress.objects.create(old_path="/older/", thing=partner),
    "cms.DeadLink": lambda partner: DeadLink.objects.create(
        thing=partner, field="website", address="https://x.example", problem="404", is_certain=True
    ),
    "cms.Reminder": lambda partner: Reminder.objects.create(
        content_type=ContentType.objects.get_for_model(Partner), object_id=partner.pk, owner=make.staff(),
        review_on=datetime.date(2026, 1, 1), kind="due",
    ),
    "cms.Editing": lambda partner: Editing.objects.create(
        content_type=ContentType.objects.get_for_model(Partner), object_id=partner.pk, person=make.staff(),
        since=timezone.now(), seen_at=timezone.now(),
    ),
}  # fmt: skip
STAYS = {"cms.AuditEvent", "admin.LogEntry"}  # say what was


def test_every_relation_is_tried_out_here():
    assert set(merging.relations()) == set(LEADING)
    assert set(merging.generic_kinds()) == set(ABOUT) | STAYS


def test_nothing_leads_to_the_dropped_record_any_more(cast):
    kept, dropped = make.partner(), make.partner()
    for make_one in (*LEADING.values(), *ABOUT.values()):
        make_one(dropped)
    LogEntry.objects.log_actions(cast.editor.pk, [dropped], 2, "Changed")
    was = {what for what, rows in merging.leading_to(dropped) if rows.exists()}
    assert was == set(LEADING) | set(ABOUT)
    forgotten = {"cms.DeadLink", "cms.Reminder", "cms.Editing"}

    merging.merge(kept, dropped, by=cast.administrator)

    assert not Partner.objects.filter(pk=dropped.pk).exists()
    assert {what for what, rows in merging.leading_to(dropped) if rows.exists()} == set()
    assert {what for what, rows in merging.leading_to(kept) if rows.exists()} == was - forgotten
    assert LogEntry.objects.filter(object_id=str(dropped.pk)).exists()


def test_news_about_both_names_the_one_that_stays_once(cast):
    kept, dropped = make.partner(), make.partner()
    item = make.news_item(partners=[kept, dropped], said_by=dropped)

    merging.merge(kept, dropped, by=cast.administrator)

    item.refresh_from_db()
    assert list(item.partners.all()) == [kept]
    assert item.said_by == kept


def test_whoever_speaks_for_both_keeps_the_higher_role(cast):
    kept, dropped = make.partner(), make.partner()
    both = make.member(kept, role="contributor").person
    make.member(dropped, role="manager", person=both)
    one = make.member(dropped, role="contributor").person

    merging.merge(kept, dropped, by=cast.administrator)

    assert {(member.person, member.role) for member in kept.members.current()} == {
        (both, "manager"), (one, "contributor"),
    }  # fmt: skip
    assert Member.objects.filter(person=both).count() == 2  # the other line is an ended one
    assert "one now" in Mail.objects.get(to=one.email).text


def test_the_same_part_in_a_programme_becomes_one(cast):
    kept, dropped, programme = make.partner(), make.partner(), make.programme()
    make.involvement(programme=programme, partner=kept)
    make.involvement(programme=programme, partner=dropped, note="With the schools")
    make.involvement(programme=programme, partner=dropped, role="4-funder")

    merging.merge(kept, dropped, by=cast.administrator)

    assert set(programme.involvements.values_list("partner", "role", "note")) == {
        (kept.pk, "1-lead", "With the schools"), (kept.pk, "4-funder", ""),
    }  # fmt: skip
    assert Involvement.history.filter(history_type="-").count() == 1


def test_what_the_kept_one_has_stays_and_what_it_lacks_is_taken_over(cast):
    logo = make.image()
    kept = make.partner(name="Mill Trust", summary="Ours.", website="")
    dropped = make.partner(name="The Mill Trust", summary="Theirs.", website="https://mill.example", logo=logo)

    kept = merging.merge(kept, dropped, by=cast.administrator)

    assert (kept.summary, kept.website, kept.logo) == ("Ours.", "https://mill.example", logo)
    assert kept.also_known_as == "The Mill Trust"


@pytest.mark.parametrize(
    ("own", "other", "dropped_name", "names", "former"),
    [
        ("Mill Trust", "", "Millers", "Millers", []),
        ("Mill Trust", "MT", "Millers", "MT; Millers", []),
        ("Mill Trust", "millers", "Millers", "millers", []),
        ("Mill Trust", "x" * 145, "Millers", "x" * 145, ["Millers"]),
    ],
)
def test_the_other_name_is_not_lost(cast, own, other, dropped_name, names, former):
    kept, dropped = make.partner(name=own, also_known_as=other), make.partner(name=dropped_name)

    kept = merging.merge(kept, dropped, by=cast.administrator)

    assert kept.also_known_as == names
    assert [one.name for one in kept.former_names.all()] == former


def test_old_addresses_lead_to_the_kept_page_at_once(cast, client, settings):
    settings.PAGE_CACHE_MB = 50
    kept, dropped = make.partner(slug="kept"), make.partner(slug="dropped")
    MovedAddress.objects.create(old_path="/partners/older/", thing=dropped)
    MovedAddress.objects.create(old_path="/by-hand/", new_path="/partners/dropped/")
    assert client.get("/partners/dropped/").status_code == 200

    merging.merge(kept, dropped, by=cast.administrator)

    for path in ("/partners/dropped/", "/partners/older/", "/by-hand/"):
        assert client.get(path).headers["Location"] == "/partners/kept/"
    assert client.get("/partners/kept/").status_code == 200


def test_the_other_way_round_nothing_goes_in_a_circle(cast, client):
    kept, dropped = make.partner(slug="kept"), make.partner(slug="dropped")
    MovedAddress.objects.create(old_path="/partners/kept/", thing=dropped)

    merging.merge(kept, dropped, by=cast.administrator)

    assert client.get("/partners/kept/").status_code == 200
    assert client.get("/partners/dropped/").headers["Location"] == "/partners/kept/"


def test_an_invitation_sent_before_is_accepted_after(cast):
    kept, dropped = make.partner(), make.partner()
    person = make.confirmed(make.user())
    invitations.make(dropped, email=person.email, role="manager", by=cast.editor)
    text = Mail.objects.get().text.partition("?key=")[2].split()[0]

    merging.merge(kept, dropped, by=cast.administrator)

    assert invitations.accept(text, person).partner == kept


def test_open_changes_are_taken_back_and_their_writers_told(cast):
    kept, dropped = make.partner(), make.partner()
    proposal = make.proposal(dropped, by=cast.writer, status="waiting", summary="Other")

    merging.merge(kept, dropped, by=cast.administrator)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.thing) == ("taken_back", kept)
    assert "taken back" in Mail.objects.get(to=cast.writer.email).text


def test_changes_beside_programmes_lead_to_the_kept_one(cast):
    kept, dropped = make.partner(), make.partner()
    programme = make.programme(lead=dropped)
    row = {"id": str(programme.involvements.get().pk), "partner": str(dropped.pk), "role": "1-lead", "note": "New"}
    proposal = make.proposal(
        programme, by=cast.writer, status="waiting", rows={"involvements": [row], "once_a_list": [{"id": "1"}]}
    )

    merging.merge(kept, dropped, by=cast.administrator)

    proposal.refresh_from_db()
    assert proposal.values["rows"]["involvements"][0]["partner"] == str(kept.pk)
    assert proposal.base["rows"]["involvements"][0]["partner"] == str(kept.pk)


@pytest.mark.parametrize("name", ["successor", "parent"])
def test_neither_leads_to_itself(cast, name):
    third = make.partner()
    dropped = make.partner(**{name: third})
    kept = make.partner(**{name: dropped})
    other = make.partner()
    merged = merging.merge(kept, dropped, by=cast.administrator)

    assert getattr(merged, name) == third
    kept = make.partner()
    setattr(merged, name, kept)
    merged.save()
    assert getattr(merging.merge(kept, merged, by=cast.administrator), name) is None
    assert Partner.objects.filter(pk=other.pk).exists()


def test_what_the_opening_content_calls_it_leads_to_the_kept_one(cast):
    kept, dropped = make.partner(), make.partner()
    SeededRow.objects.create(kind="partners.Partner", key="x", object_id=dropped.pk, digest="", content_digest="")

    merging.merge(kept, dropped, by=cast.administrator)

    assert SeededRow.objects.get().object_id == kept.pk


def test_the_record_names_both_and_the_history_of_the_dropped_one_is_read(cast, browse):
    kept, dropped = make.partner(name="Mill Trust"), make.partner(name="Millers")
    dropped.summary = "Words that were once here."
    dropped.save()
    older = make.partner(name="Old Mill")
    merging.merge(dropped, older, by=cast.administrator)

    merging.merge(kept, dropped, by=cast.administrator)

    line = AuditEvent.objects.filter(action="merged").first()
    assert (line.by, line.object_id, line.old["names"]) == (cast.administrator, kept.pk, ["Mill Trust", "Millers"])
    client = browse("editor")
    assert address(kept, f"merged/{dropped.pk}") in client.get(address(kept, "change")).content.decode()
    page = client.get(address(kept, f"merged/{dropped.pk}")).content.decode()
    assert "Words that were once here." in page
    assert address(kept, f"merged/{older.pk}") in page
    assert client.get(address(kept, f"merged/{older.pk}")).status_code == 200
    assert client.get(address(kept, f"merged/{kept.pk}")).status_code == 404
    assert browse("stranger").get(address(kept, f"merged/{dropped.pk}")).status_code == 302


def test_a_mistake_changes_nothing(cast):
    kept, dropped = make.partner(review_on=None), make.partner()
    make.member(dropped)
    Partner.objects.filter(pk=kept.pk).update(sector="")

    with pytest.raises(ValidationError):
        merging.merge(kept, dropped, by=cast.administrator)

    assert Partner.objects.filter(pk=dropped.pk).exists()
    assert dropped.members.current().exists()
    assert not Mail.objects.exists()


def test_one_record_is_not_merged_with_itself(cast):
    partner = make.partner()

    with pytest.raises(ValidationError):
        merging.merge(partner, partner, by=cast.administrator)


def test_only_administrators_merge_and_limited_ones_what_they_were_given(cast):
    kept, dropped = make.partner(), make.partner()
    with pytest.raises(PermissionDenied):
        merging.merge(kept, dropped, by=cast.editor)
    cast.administrator.is_limited = True
    cast.administrator.save()
    kept.given_to.add(cast.administrator)

    with pytest.raises(PermissionDenied):
        merging.merge(kept, dropped, by=cast.administrator)
    assert Partner.objects.count() == 2


def test_staff_choose_compare_and_merge(browse):
    kept, dropped = make.partner(name="Mill Trust"), make.partner(name="The Mill Trust")
    FormerName.objects.create(partner=make.partner(name="Another"), name="Old Weavers")
    make.programme(lead=dropped, title="Reading")
    client = browse("administrator")

    assert f"?keep={kept.pk}" in client.get(address(dropped)).content.decode()  # it looks the same
    assert "Another" in client.get(address(dropped), {"q": "weavers"}).content.decode()
    page = " ".join(client.get(address(dropped), {"keep": kept.pk}).content.decode().split())
    assert "also known as “The Mill Trust”" in page
    assert "Partners’ parts: 1" in page
    response = client.post(address(dropped), {"keep": kept.pk, "seen": seen(kept, dropped)})
    assert response.headers["Location"] == address(kept, "change")
    assert Programme.objects.get().involvements.get().partner == kept
    again = client.post(address(dropped), {"keep": kept.pk, "seen": seen(kept, dropped)})
    assert again.headers["Location"] == address(kept, "change")  # whoever clicks twice


def test_what_changed_meanwhile_is_shown_before_it_is_done(browse):
    kept, dropped = make.partner(), make.partner()
    before = seen(kept, dropped)
    dropped.save()

    response = browse("administrator").post(address(dropped), {"keep": kept.pk, "seen": before})

    assert response.status_code == 200
    assert "Read it again" in response.content.decode()
    assert Partner.objects.count() == 2


def test_whoever_merges_shows_again_who_they_are(cast):
    kept, dropped = make.partner(), make.partner()
    client = make.signed_in(cast.administrator)
    session = client.session
    shown = session["account_authentication_methods"]
    session["account_authentication_methods"] = [one | {"at": one["at"] - 3600} for one in shown]
    session.save()

    response = client.post(address(dropped), {"keep": kept.pk, "seen": seen(kept, dropped)})

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/")
    assert Partner.objects.count() == 2


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer", "moderator", "editor"])
def test_who_may_not_merge(browse, who):
    kept, dropped = make.partner(), make.partner()

    for answer in (
        browse(who).get(address(dropped)),
        browse(who).post(address(dropped), {"keep": kept.pk, "seen": seen(kept, dropped)}),
    ):
        assert answer.status_code in (302, 403)
    assert Partner.objects.count() == 2


@pytest.mark.parametrize("query", ["keep=x", "keep=999999", "keep=9999999999999999999999", "q=%27%20OR", "keep="])
def test_wrong_input_leads_back_to_choosing(browse, query):
    response = browse("administrator").get(f"{address(make.partner())}?{query}")

    assert "Which record stays?" in response.content.decode()


def test_comparing_costs_the_same_however_much_moves(browse):
    kept, dropped, client, counts = make.partner(), make.partner(), browse("administrator"), []
    for rows in (1, 20):
        for _ in range(rows):
            make.programme(lead=dropped)
            make.member(dropped)
        client.get(address(dropped), {"keep": kept.pk})
        with CaptureQueriesContext(connection) as asked:
            client.get(address(dropped), {"keep": kept.pk})
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 30
    assert Proposal.objects.count() == 0

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.revisions import workflow
from partners.members import invitations
from partners.models import FormerName, Partner, PersonInRole
from tests import make


def address(partner, view="change"):
    return f"/admin/partners/partner/{partner.pk}/{view}/"


def as_form(partner, **changes):
    sent = {}
    for field in Partner._meta.get_fields():
        if field.auto_created or not field.editable:
            continue
        value = field.value_from_object(partner)
        if field.many_to_many:
            sent[field.name] = [other.pk for other in value]
        elif value is not None and value is not False:
            sent[field.name] = value
    for rows in ("former_names", "people"):
        sent |= {f"{rows}-TOTAL_FORMS": 0, f"{rows}-INITIAL_FORMS": 0}
    return sent | changes


@pytest.mark.parametrize("who", ["editor", "moderator"])
def test_a_form_costs_the_same_with_one_row_of_each_and_with_thirty(browse, who):
    partner, client, counts = (
        make.partner(successor=make.partner(), parent=make.partner(), logo=make.image()),
        browse(who),
        [],
    )
    for rows in (1, 30):
        for _ in range(rows):
            FormerName.objects.create(partner=partner, name="Once")
            PersonInRole.objects.create(
                partner=partner, name="A Person", role="Chair", as_of="2018", source=make.source()
            )
        partner.wards.set([make.ward() for _ in range(rows)])
        partner.sources.set([make.source() for _ in range(rows)])
        client.get(address(partner))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address(partner)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def test_a_change_by_staff_is_public_at_once(browse, client):
    partner = make.partner()

    browse("editor").post(address(partner), as_form(partner, name="A new name"))

    assert "A new name" in client.get(partner.get_absolute_url()).content.decode()


def test_a_former_name_is_added(browse, cast):
    partner = make.partner()
    row = {"former_names-TOTAL_FORMS": 1, "former_names-0-name": "Once", "former_names-0-until": "2018"}

    browse("editor").post(address(partner), as_form(partner) | row)

    assert FormerName.history.get().history_user == cast.editor


def test_a_draft_is_previewed(browse, client):
    draft = make.partner(name="Not yet", status="draft")

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert "Not yet" in browse("moderator").get(address(draft, "preview/page")).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 5000}, "name"),
        ({"sector": "secret"}, "sector"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "http://["}, "website"),
        ({"ended": "2018-13"}, "ended"),
        ({"successor": "abc"}, "successor"),
        ({"logo": "999999"}, "logo"),
        ({"wards": ["abc"]}, "wards"),
    ],
)
def test_wrong_input_is_an_error_of_its_field(browse, changes, field):
    partner = make.partner()

    response = browse("editor").post(address(partner), as_form(partner, **changes))

    assert field in response.context["adminform"].form.errors


@pytest.mark.parametrize("field", ["successor", "parent"])
def test_a_partner_does_not_lead_to_itself(browse, field):
    partner = make.partner()

    response = browse("editor").post(address(partner), as_form(partner, **{field: partner.pk}))

    assert field in response.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("query", "found"),
    [("sector__exact=faith", {"Chapel"}), ("there=no", {"Chapel"}), ("there=yes", {"Club"}), ("q=Old+Mill", {"Club"})],
)
def test_the_list_is_narrowed(browse, query, found):
    make.partner(name="Chapel", sector="faith", ended="2018")
    FormerName.objects.create(partner=make.partner(name="Club"), name="The Old Mill Club")

    response = browse("editor").get(f"/admin/partners/partner/?{query}")

    assert {partner.name for partner in response.context["cl"].result_list} == found


def test_who_speaks_for_it_stands_on_its_form(browse, cast):
    partner = make.partner()
    person = make.member(partner).person
    gone = make.member(partner, ended_at="2026-01-01T00:00Z").person
    invitations.make(partner, email="new@example.org", role="contributor", by=cast.editor)

    page = browse("editor").get(address(partner)).content.decode()

    assert person.email in page
    assert gone.email not in page
    assert "new@example.org" in page
    assert address(partner, "invite") in page
    assert person.email in browse("moderator").get(address(partner)).content.decode()
    assert address(partner, "invite") not in browse("moderator").get(address(partner)).content.decode()
    assert person.email not in browse("writer").get(address(partner)).content.decode()


def test_its_form_costs_the_same_with_one_member_and_with_thirty(browse, cast):
    partner, client, counts = make.partner(), browse("editor"), []
    for rows in (1, 30):
        for number in range(rows):
            make.member(partner)
            invitations.make(partner, email=f"new{rows}-{number}@example.org", role="manager", by=make.staff())
        client.get(address(partner))
        with CaptureQueriesContext(connection) as asked:
            client.get(address(partner))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def test_the_first_manager_is_invited(browse, cast):
    partner = make.partner()

    browse("editor").post(address(partner, "invite"), {"email": "Anna@Mill.example", "role": "manager"})

    invitation = partner.invitations.open().get()
    assert (invitation.email, invitation.role, invitation.by) == ("anna@mill.example", "manager", cast.editor)
    assert invitation.is_from_council
    assert Mail.objects.get(to="anna@mill.example").is_secret


@pytest.mark.parametrize("sent", [{}, {"email": "x"}, {"email": "a\0@b.example"}, {"role": "king"}])
def test_a_wrong_invitation_is_told_and_sends_nothing(browse, sent):
    partner = make.partner()

    response = browse("editor").post(address(partner, "invite"), {"email": "", "role": "manager"} | sent)

    assert "errorlist" in response.content.decode()
    assert not Mail.objects.exists()


def test_an_invitation_is_taken_back_once(browse, cast):
    partner, other, client = make.partner(), make.partner(), browse("editor")
    invitation = invitations.make(partner, email="new@example.org", role="manager", by=cast.editor)

    assert client.post(address(other, "uninvite"), {"invitation": invitation.pk}).status_code == 404
    for _ in range(2):
        client.post(address(partner, "uninvite"), {"invitation": invitation.pk})

    assert not partner.invitations.open().exists()
    assert AuditEvent.objects.filter(action="uninvited").count() == 1
    assert client.get(address(partner, "uninvite")).status_code == 405


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer", "moderator"])
def test_who_may_not_invite_does_not(browse, cast, who):
    partner = make.partner()
    invitation = invitations.make(partner, email="new@example.org", role="manager", by=cast.editor)

    sent = {"email": "me@example.org", "role": "manager"}
    assert browse(who).post(address(partner, "invite"), sent).status_code in (302, 403)
    assert browse(who).post(address(partner, "uninvite"), {"invitation": invitation.pk}).status_code in (302, 403)
    assert partner.invitations.open().get() == invitation


def test_staff_say_what_its_people_may_change_at_once(browse):
    partner = make.partner(direct_fields=["website"])
    client = browse("editor")

    client.post(address(partner), as_form(partner, direct_fields=["summary", "wards"]))

    partner.refresh_from_db()
    assert sorted(partner.direct_fields) == ["summary", "wards"]
    assert "Summary, Wards served" in client.get(address(partner, "history")).content.decode()
    wrong = client.post(address(partner), as_form(partner, direct_fields=["name"]))
    assert "direct_fields" in wrong.context["adminform"].form.errors


def test_what_a_member_proposes_never_changes_what_they_may_change_at_once(cast):
    partner = make.partner(direct_fields=["website"])
    proposal = make.proposal(partner, by=make.member(partner).person, status="waiting", summary="Newer")
    partner.direct_fields = ["body"]
    partner.save()

    workflow.take("publish", proposal, by=cast.editor)

    partner.refresh_from_db()
    assert (partner.summary, partner.direct_fields) == ("Newer", ["body"])


def test_an_old_version_brings_back_words_and_no_rights(browse):
    partner = make.partner(summary="Once", direct_fields=["body"])
    old = partner.history.get().pk
    partner.summary, partner.direct_fields = "Now", []
    partner.save()

    browse("editor").post(address(partner, f"history/{old}"))

    partner.refresh_from_db()
    assert (partner.summary, partner.direct_fields) == ("Once", [])


def test_tools_of_an_ended_partner_are_those_that_still_mean_something(browse):
    page = browse("administrator").get(address(make.partner(ended="2020"))).content.decode()

    assert "/merge/" in page
    assert "/act/" not in page
    assert "/end/" not in page


GIVING = {
    "act": {"why": "They telephoned", "minutes": "15"},
    "end": {"ended": "2026-03", "note": "It closed."},
    "invite": {"email": "new@example.org", "role": "manager"},
    "uninvite": {},
}


@pytest.mark.parametrize("view", GIVING)
def test_who_speaks_for_a_partner_is_decided_only_by_who_has_just_shown_who_they_are(browse, cast, view):
    partner = make.partner()
    invitation = invitations.make(partner, email="old@example.org", role="manager", by=cast.editor)
    before = AuditEvent.objects.count()
    sent = GIVING[view] | ({"invitation": invitation.pk} if view == "uninvite" else {})
    client = make.long_ago(browse("editor"))

    response = client.post(address(partner, view), sent)

    assert response.headers["Location"].startswith("/account/")
    assert AuditEvent.objects.count() == before
    assert partner.invitations.open().get() == invitation

    client.post(response.headers["Location"], {"password": "correct horse battery"})

    assert AuditEvent.objects.count() > before  # what was typed was done then


@pytest.mark.parametrize("view", GIVING)
def test_who_may_not_is_refused_before_they_are_asked_who_they_are(browse, view):
    client = make.long_ago(browse("moderator"))

    assert client.post(address(make.partner(), view), GIVING[view]).status_code == 403

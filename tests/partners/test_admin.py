import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
        ({"website": "https://example.org/\0"}, "website"),
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

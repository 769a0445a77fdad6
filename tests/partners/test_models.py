import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from partners.models import FormerName, Partner, PersonInRole
from tests import make


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Derby County Community Trust", "DC"),
        ("The Hub", "HU"),
        ("University of Derby", "UD"),
        ("Rolls-Royce", "RR"),
        ("QUAD", "QU"),
        ("Baby People", "BP"),
        ("Museum & Gallery", "MG"),
        ("Ministry of the Arts in Derby", "MA"),
        ("École de Danse", "ÉD"),
        ("X", "X"),
        ("The", ""),
        ("a b", "AB"),
    ],
)
def test_the_mark_has_the_letters_that_carry_the_name(name, initials):
    assert Partner(name=name).initials == initials


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Derby Museums", "D"),
        ("The Hub", "H"),
        ("Theatre", "T"),
        ("The", "T"),
        ("école", "E"),
        ("Ölmühle", "O"),
        ("quad", "Q"),
        ("4Children", "4"),
        ("Łódź", "L"),
        ("Øst", "O"),
    ],
)
def test_a_name_stands_under_the_letter_a_library_would_choose(name, letter):
    assert Partner(name=name).letter == letter


def test_the_same_name_has_the_same_pattern_everywhere():
    patterns = {Partner(slug=f"partner-{number}").pattern for number in range(100)}

    assert patterns == {1, 2, 3, 4, 5, 6}
    assert Partner(slug="derby-city-council").pattern == 3


@pytest.mark.parametrize(
    ("started", "ended", "since", "until", "has_ended"),
    [
        ("", "", "", "", False),
        ("2018", "", "2018", "", False),
        ("2018-09", "2020-03-31", "September 2018", "31 March 2020", True),
        ("", "2020", "", "2020", True),
    ],
)
def test_a_partner_tells_when_it_was_there(started, ended, since, until, has_ended):
    partner = Partner(started=started, ended=ended)

    assert (partner.started_words, partner.ended_words, partner.has_ended) == (since, until, has_ended)


@pytest.mark.django_db
def test_partners_are_listed_as_a_library_lists_them():
    for name in (
        "Zed",
        "The Hub",
        "quad",
        "École",
        "eagle",
        "Älpha",
        "alpha",
        "Theatre",
        "Hub Two",
        "The Abbey",
        "HUA",
    ):
        make.partner(name=name)

    names = [partner.name for partner in Partner.objects.a_to_z()]

    assert names[:3] in (["The Abbey", "Älpha", "alpha"], ["The Abbey", "alpha", "Älpha"])
    assert names[3:] == ["eagle", "École", "HUA", "The Hub", "Hub Two", "quad", "Theatre", "Zed"]


@pytest.mark.django_db
def test_names_under_one_letter_stand_together():
    for name in ("Over", "Øst", "Orbit", "Ænima", "Arc", "Azure", "The Ark", "the lower", "Łódź", "Lark", "Luna"):
        make.partner(name=name)

    letters = [partner.letter for partner in Partner.objects.a_to_z()]

    assert len([one for one, before in zip(letters, [None, *letters], strict=False) if one != before]) == len(
        set(letters)
    )


@pytest.mark.django_db
def test_a_card_reads_only_what_it_shows(django_assert_num_queries):
    make.partner(name="Hub", body="<p>Long.</p>")

    with django_assert_num_queries(1):
        [partner] = Partner.objects.for_cards()
        assert (partner.name, partner.ended_words, partner.get_sector_display()) == ("Hub", "", "Charity or community")
    assert "body" in partner.get_deferred_fields()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"started": "2020", "ended": "2019"}, "The end must not be before the start"),
        ({"started": "2020-05", "ended": "2020-04"}, "The end must not be before the start"),
        ({"started": "sometime"}, "Write a year"),
        ({"ended": "2020-13"}, "Write a year"),
        ({"sector": "other"}, "not a valid choice"),
        ({"website": "not an address"}, "valid URL"),
        ({"website": "javascript:alert(1)"}, "valid URL"),
        ({"name": ""}, "cannot be blank"),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes, words):
    partner = make.partner()
    for name, value in changes.items():
        setattr(partner, name, value)

    with pytest.raises(ValidationError, match=words):
        partner.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("relation", ["successor", "parent"])
def test_a_partner_follows_and_sets_up_others_only(relation):
    partner = make.partner()
    setattr(partner, relation, partner)

    with pytest.raises(ValidationError, match="its own successor or parent"):
        partner.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        partner.save()


@pytest.mark.django_db
def test_the_database_knows_that_nothing_ends_before_it_starts():
    with pytest.raises(IntegrityError, match="partner_ends_after_it_starts"), transaction.atomic():
        make.partner(started="2020", ended="2019")


@pytest.mark.django_db
@pytest.mark.parametrize("same", ["name", "slug"])
def test_no_two_partners_share_a_name_or_an_address(same):
    make.partner(**{same: "hub"})

    with pytest.raises(IntegrityError), transaction.atomic():
        make.partner(**{same: "hub"})


@pytest.mark.django_db
def test_a_partner_that_has_a_part_in_something_cannot_be_deleted():
    partner = make.partner()
    make.programme(lead=partner)

    with pytest.raises(ProtectedError):
        partner.delete()


@pytest.mark.django_db
def test_when_a_successor_goes_the_partner_stays():
    partner = make.partner(successor=make.partner())

    partner.successor.delete()

    partner.refresh_from_db()
    assert partner.successor is None


@pytest.mark.django_db
def test_parts_in_programmes_lead_first_and_then_from_a_to_z():
    partner = make.partner()
    funded, led_b, led_a = (make.programme(title=title) for title in ("A funded", "B led", "A led"))
    make.involvement(programme=funded, partner=partner, role="4-funder")
    make.involvement(programme=led_b, partner=partner)
    make.involvement(programme=led_a, partner=partner)
    make.involvement(programme=make.programme(status="draft"), partner=partner)
    make.involvement(programme=make.programme(), partner=make.partner())

    assert [(part.role, part.programme.title) for part in partner.parts()] == [
        ("1-lead", "A led"),
        ("1-lead", "B led"),
        ("4-funder", "A funded"),
    ]


@pytest.mark.django_db
def test_one_programme_may_have_two_parts_for_a_partner():
    partner = make.partner()
    programme = make.programme(lead=partner)
    make.involvement(programme=programme, partner=partner, role="4-funder")

    assert [part.role for part in partner.parts()] == ["1-lead", "4-funder"]


@pytest.mark.django_db
def test_everything_of_a_page_comes_in_one_question(django_assert_num_queries):
    parent, successor = make.partner(name="Parent"), make.partner(name="Successor")
    partner = make.partner(name="Hub", parent=parent, successor=successor, logo=make.image())
    make.partner(name="Child", parent=partner)
    make.partner(name="Before", successor=partner, ended="2018")
    partner.wards.add(make.ward(name="Abbey"))
    partner.sources.add(make.source(title="Report"))
    FormerName.objects.create(partner=partner, name="Old Hub", until="2018-09")

    with django_assert_num_queries(1):
        found = Partner.objects.for_page().get(pk=partner.pk)
        lists = {
            "parent": found.parent_list, "successor": found.successor_list, "child": found.child_list,
            "predecessor": found.predecessor_list, "ward": found.ward_list, "former": found.former_list,
        }  # fmt: skip
        assert found.logo.alternative_text

    names = {key: [row["name"] for row in rows] for key, rows in lists.items()}
    assert names == {
        "parent": ["Parent"], "successor": ["Successor"], "child": ["Child"], "predecessor": ["Before"],
        "ward": ["Abbey"], "former": ["Old Hub"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (PersonInRole(name="Ada", role="Chair", as_of="early 2018"), "Ada, Chair (early 2018)"),
        (FormerName(name="Old Hub", until="2018-09"), "Old Hub"),
        (Partner(name="Hub"), "Hub"),
    ],
)
def test_each_is_called_by_what_staff_know_it_by(thing, words):
    assert str(thing) == words


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["name", "role", "as_of"])
def test_a_person_is_always_somebody_in_a_role_at_a_date(missing):
    person = PersonInRole(partner=make.partner(), name="Ada", role="Chair", as_of="2018")
    setattr(person, missing, "")

    with pytest.raises(ValidationError) as refused:
        person.full_clean()

    assert set(refused.value.message_dict) == {missing}

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from programmes.models import Audience, Funding, GoodPractice, HeadlineFigure, Involvement, Period, Programme, Step
from tests import make

RUNNING, CHECKING, FINISHED = "1-running", "2-unconfirmed", "3-finished"


@pytest.mark.parametrize(
    ("running", "started", "ended", "note", "when"),
    [
        (RUNNING, "2018", "", "", "Since 2018"),
        (RUNNING, "2018-09", "", "", "Since September 2018"),
        (RUNNING, "2018-09-25", "", "", "Since 25 September 2018"),
        (RUNNING, "", "", "", "Start not known"),
        (CHECKING, "2018", "", "", "Since 2018"),
        (CHECKING, "", "", "", "Start not known"),
        (FINISHED, "2018", "2020", "", "2018 to 2020"),
        (FINISHED, "2018-09", "2020-03-31", "", "September 2018 to 31 March 2020"),
        (FINISHED, "2018", "", "", "From 2018, end not known"),
        (FINISHED, "", "2020", "", "Until 2020"),
        (FINISHED, "", "", "", "Dates not known"),
        (RUNNING, "2018", "", "Every summer", "Every summer"),
        (FINISHED, "2018", "2020", "Two school years", "Two school years"),
    ],
)
def test_when_it_is_or_was(running, started, ended, note, when):
    assert Programme(running=running, started=started, ended=ended, dates_note=note).when == when


@pytest.mark.parametrize(
    ("age_from", "age_to", "note", "ages"),
    [
        (None, None, "", "All ages"),
        (5, 11, "", "5 to 11"),
        (0, 5, "", "0 to 5"),
        (None, 5, "", "0 to 5"),
        (16, None, "", "16 and over"),
        (0, None, "", "0 and over"),
        (5, 5, "", "5 to 5"),
        (5, 11, "about 4 to 11", "about 4 to 11"),
        (None, None, "School age", "School age"),
    ],
)
def test_for_what_ages(age_from, age_to, note, ages):
    assert Programme(age_from=age_from, age_to=age_to, ages_note=note).ages == ages


@pytest.mark.parametrize(
    ("running", "ended", "words", "kind"),
    [
        (RUNNING, "", "Running now", "running"),
        (CHECKING, "", "We are checking if it still runs", "unconfirmed"),
        (CHECKING, "2020", "We are checking if it still runs", "unconfirmed"),
        (FINISHED, "", "Finished", "finished"),
        (FINISHED, "2020", "Finished in 2020", "finished"),
        (FINISHED, "2020-03", "Finished in March 2020", "finished"),
        (FINISHED, "2020-03-31", "Finished on 31 March 2020", "finished"),
    ],
)
def test_whether_it_runs_in_words(running, ended, words, kind):
    programme = Programme(running=running, ended=ended)

    assert (programme.status_words, programme.status_kind) == (words, kind)


def test_nothing_is_said_to_run_unless_somebody_says_so():
    assert Programme().running == CHECKING
    assert Programme().status == "draft"


@pytest.mark.django_db
def test_the_list_has_what_runs_then_what_we_check_then_the_past_and_flagships_first_in_each():
    for title, running, flagship in (
        ("Old", FINISHED, None),
        ("Unsure", CHECKING, None),
        ("B runs", RUNNING, None),
        ("A runs", RUNNING, None),
        ("Second", RUNNING, 2),
        ("First", FINISHED, 1),
    ):
        make.programme(title=title, running=running, flagship=flagship)

    titles = [programme.title for programme in Programme.objects.in_list_order()]
    assert titles == ["Second", "A runs", "B runs", "Unsure", "First", "Old"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"age_from": 11, "age_to": 5}, "The second age must not be lower than the first"),
        ({"started": "2020", "ended": "2019"}, "The end must not be before the start"),
        ({"started": "soon"}, "Write a year"),
        ({"running": "maybe"}, "not a valid choice"),
        ({"thread": "pink"}, "not a valid choice"),
        ({"art": "../secret"}, "not a valid choice"),
        ({"audience": ""}, "cannot be blank"),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes, words):
    programme = make.programme()
    for name, value in changes.items():
        setattr(programme, name, value)

    with pytest.raises(ValidationError, match=words):
        programme.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "law"),
    [
        ({"age_from": 11, "age_to": 5}, "programme_ages_run_upwards"),
        ({"started": "2020", "ended": "2019"}, "programme_ends_after_it_starts"),
    ],
)
def test_the_database_refuses_it_too(fields, law):
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        make.programme(**fields)


@pytest.mark.django_db
@pytest.mark.parametrize("same", [{"title": "Reading"}, {"slug": "reading"}, {"flagship": 1}])
def test_no_two_programmes_share_a_title_an_address_or_a_place_in_front(same):
    make.programme(**same)

    with pytest.raises(IntegrityError), transaction.atomic():
        make.programme(**same)


@pytest.mark.django_db
def test_a_partner_has_each_part_once():
    programme, partner = make.programme(), make.partner()
    make.involvement(programme=programme, partner=partner, role="1-lead")
    make.involvement(programme=programme, partner=partner, role="4-funder")

    with pytest.raises(IntegrityError, match="each_partner_has_each_role_once"), transaction.atomic():
        make.involvement(programme=programme, partner=partner, role="1-lead")


@pytest.mark.django_db
def test_what_led_to_what_is_known_from_both_sides_and_goes_one_way():
    before, after = make.programme(), make.programme()

    before.led_to.add(after)

    assert list(after.grew_from.all()) == [before]
    assert not after.led_to.exists()


@pytest.mark.django_db
def test_what_belongs_to_a_programme_goes_with_it_and_what_does_not_stays():
    partner, source = make.partner(), make.source()
    programme = make.programme(lead=partner, sources=[source])
    make.figure(programme=programme, source=source)
    Step.objects.create(programme=programme, when="2018", what="It began.")
    Funding.objects.create(programme=programme, amount=5, what="Books", funder=partner)

    programme.delete()

    assert not [model for model in (HeadlineFigure, Step, Funding, Involvement) if model.objects.exists()]
    partner.refresh_from_db()
    source.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["funder", "source"])
def test_who_paid_and_who_says_so_cannot_be_deleted(link):
    thing = make.partner() if link == "funder" else make.source()
    Funding.objects.create(programme=make.programme(), amount=5, what="Books", **{link: thing})

    with pytest.raises(ProtectedError):
        thing.delete()


@pytest.mark.django_db
def test_everything_of_a_page_comes_in_one_question(django_assert_num_queries):
    theme, area, ward, source = make.theme(), make.priority_area(), make.ward(), make.source()
    partner, audience, now = make.partner(), make.audience(), make.programme(title="Now")
    programme = make.programme(
        lead=partner, themes=[theme], priority_areas=[area], wards=[ward], sources=[source], audiences=[audience],
        led_to=[now], instead=now, picture=make.image(),
    )  # fmt: skip
    before = make.programme(title="Before", led_to=[programme])
    Step.objects.create(programme=programme, when="2018", what="It began.", source=source)
    Period.objects.create(programme=programme, label="2018/19")
    Funding.objects.create(programme=programme, amount="1500.50", what="Books", funder=partner, source=source)
    GoodPractice.objects.create(programme=programme, problem="<p>A</p>", source=source)

    with django_assert_num_queries(1):
        found = Programme.objects.for_page().get(pk=programme.pk)
        assert found.picture_list[0]["image__width"] == 2000
        assert found.good_practice.source.title == source.title

    assert found.theme_list == [{"title": theme.title, "slug": theme.slug}]
    assert found.area_list == [{"title": area.title, "slug": area.slug}]
    assert found.ward_list == [{"name": ward.name, "slug": ward.slug}]
    assert found.audience_list == [{"title": audience.title, "slug": audience.slug}]
    assert found.led_to_list == found.instead_list == [{"title": "Now", "slug": now.slug}]
    assert found.grew_from_list == [{"title": "Before", "slug": before.slug}]
    assert found.partner_list == [{"role": "1-lead", "note": "", "name": partner.name, "slug": partner.slug}]
    assert found.period_list == [{"label": "2018/19"}]
    assert found.step_list[0]["key"] == source.key
    assert found.funding_list[0]["funder"] == partner.name
    assert Decimal(str(found.funding_list[0]["amount"])) == Decimal("1500.50")
    assert found.source_list[0]["key"] == source.key


@pytest.mark.django_db
def test_rows_stand_in_the_order_staff_gave_them():
    programme = make.programme()
    for when, order in (("last", 2), ("first", 0), ("middle", 1)):
        Step.objects.create(programme=programme, when=when, what="x", order=order)
        Funding.objects.create(programme=programme, what=when, amount=1, order=order)
    for label, started in (("later", "2019"), ("earlier", "2018")):
        Period.objects.create(programme=programme, label=label, started=started)
    for name, role in (("Funder", "4-funder"), ("Lead", "1-lead"), ("Helper", "3-delivery")):
        make.involvement(programme=programme, partner=make.partner(name=name), role=role)

    found = Programme.objects.for_page().get(pk=programme.pk)

    assert [row["when"] for row in found.step_list] == ["first", "middle", "last"]
    assert [row["what"] for row in found.funding_list] == ["first", "middle", "last"]
    assert [row["label"] for row in found.period_list] == ["earlier", "later"]
    assert [row["name"] for row in found.partner_list] == ["Lead", "Helper", "Funder"]


@pytest.mark.parametrize(
    ("amount", "written"),
    [("1500.00", "£1,500"), ("1250000.00", "£1,250,000"), ("99.50", "£99.50"), ("0.00", "£0")],
)
def test_money_is_written_as_money(amount, written):
    assert Funding(amount=Decimal(amount)).written == written


@pytest.mark.django_db
def test_each_is_called_by_what_staff_know_it_by():
    partner, programme = make.partner(name="Hub"), make.programme(title="Reading")

    assert str(programme) == "Reading"
    assert str(Involvement(partner=partner, role="1-lead")) == "Hub: Leads it"
    assert str(Period(label="2018/19")) == "2018/19"
    assert str(Step(when="2018", what="It began.")) == "2018: It began."
    assert str(Funding(amount=Decimal("5.00"), what="for books")) == "£5 for books"
    assert str(GoodPractice(programme=programme)) == "Good practice: Reading"
    assert str(Audience(title="Everyone")) == "Everyone"
    assert programme.get_absolute_url() == f"/programmes/{programme.slug}/"

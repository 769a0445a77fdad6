import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from city.models import Page, PageFigure, PriorityArea, Theme, Ward
from tests import make

# Figures


def figure(**fields):
    return PageFigure(**{"value": Decimal("12.00"), "unit": "people", "what": "people"} | fields)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        ("33.00", "schools", "33"),
        ("12500.00", "people", "12,500"),
        ("1250000.00", "£", "£1,250,000"),
        ("1.80", "%", "1.8%"),
        ("100.00", "%", "100%"),
        ("0.00", "%", "0%"),
        ("0.00", "people", "0"),
        ("0.05", "%", "0.05%"),
        ("-1.50", "%", "-1.5%"),
        ("999999999999.99", "people", "999,999,999,999.99"),
        ("1E+3", "people", "1,000"),
        ("10.00", "per cent", "10"),
    ],
)
def test_a_number_is_written_as_a_reader_expects(value, unit, written):
    assert figure(value=Decimal(value), unit=unit).number == written


@pytest.mark.parametrize(
    ("value", "unit", "written"), [("12500", "people", "12,500+"), ("5", "£", "£5+"), ("90", "%", "90%+")]
)
def test_more_than_is_a_plus(value, unit, written):
    assert figure(value=Decimal(value), unit=unit, is_more_than=True).number == written


def test_pounds_with_pence_keep_both_places():
    assert figure(value=Decimal("99.50"), unit="£").number == "£99.50"


@pytest.mark.parametrize(("before", "written"), [(None, ""), (Decimal("0.00"), "0%"), (Decimal("61.20"), "61.2%")])
def test_nought_before_is_a_value_and_nothing_before_is_none(before, written):
    assert figure(before=before, unit="%").number_before == written


def test_a_figure_names_its_source_where_it_has_one():
    assert (figure().source_name, figure().source_key) == ("", "")
    assert str(figure(what="children")) == "12 children"


@pytest.mark.django_db
def test_a_figure_with_a_source_names_it():
    source = make.source(key="report", publisher="Office of Reports")

    found = make.page_figure(source=source)

    assert (found.source_name, found.source_key) == ("Office of Reports", "report")


@pytest.mark.django_db
def test_figures_stand_in_the_order_staff_gave_them():
    page = make.page()
    second, third, first = (make.page_figure(page=page, order=order) for order in (1, 1, 0))

    assert list(page.figures.all()) == [first, second, third]


# Sources


@pytest.mark.django_db
def test_a_source_that_something_rests_on_cannot_be_deleted():
    source = make.source()
    make.theme(source=source)

    with pytest.raises(ProtectedError):
        source.delete()


@pytest.mark.django_db
def test_a_source_has_a_place_on_the_list_of_sources():
    source = make.source(key="report-2018", title="Report", publisher="Office")

    assert source.get_absolute_url() == "/sources/#report-2018"
    assert str(source) == "Report (Office)"


# Wards


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Abbey", "Abb"),
        ("Mackworth & New Zealand", "MNZ"),
        ("Darley", "Dar"),
        ("Chellaston & Shelton Lock", "CSL"),
        ("Oak", "Oak"),
    ],
)
def test_a_ward_has_a_code_of_up_to_three_letters(name, code):
    assert Ward(name=name).short_code == code


def ward(q, r):
    return Ward(hex_q=q, hex_r=r)


@pytest.mark.parametrize(
    ("row", "neighbours"),
    [
        (0, {(1, 0), (3, 0), (1, -1), (2, -1), (1, 1), (2, 1)}),
        (1, {(1, 1), (3, 1), (2, 0), (3, 0), (2, 2), (3, 2)}),
        (-1, {(1, -1), (3, -1), (2, -2), (3, -2), (2, 0), (3, 0)}),
    ],
)
def test_a_tile_has_six_neighbours(row, neighbours):
    here = ward(2, row)

    around = {(q, r) for q in range(-2, 7) for r in range(row - 3, row + 4) if here.touches(ward(q, r))}

    assert around == neighbours


@pytest.mark.parametrize(("q", "r"), [(q, r) for q in range(3) for r in range(3)])
def test_neighbours_are_neighbours_of_each_other(q, r):
    here = ward(1, 1)

    assert here.touches(ward(q, r)) is ward(q, r).touches(here)


@pytest.mark.django_db
@pytest.mark.parametrize("same", [{"hex_q": 1, "hex_r": 1}, {"code": "E05001"}, {"slug": "abbey"}])
def test_no_two_wards_share_a_tile_a_code_or_an_address(same):
    make.ward(code="E05001", slug="abbey", hex_q=1, hex_r=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        make.ward(**same)


# Everything that has a page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("thing", "address"),
    [
        (lambda: make.page(slug="privacy"), "/privacy/"),
        (lambda: make.ward(slug="abbey"), "/wards/abbey/"),
        (lambda: make.theme(slug="equity"), "/themes/equity/"),
        (lambda: make.priority_area(slug="skills"), "/priority-areas/skills/"),
    ],
)
def test_everything_has_its_address(thing, address):
    assert thing().get_absolute_url() == address


@pytest.mark.django_db
@pytest.mark.parametrize("maker", [make.page, make.ward, make.theme, make.priority_area])
def test_two_things_of_a_kind_cannot_share_an_address(maker):
    maker(slug="same")

    with pytest.raises(IntegrityError), transaction.atomic():
        maker(slug="same")


@pytest.mark.django_db
def test_lists_have_an_order_of_their_own():
    make.theme(title="B", kind="policy", order=1)
    make.theme(title="A", kind="policy", order=1)
    make.theme(title="Z", kind="policy", order=0)
    make.theme(title="G", kind="goal", order=9)
    make.priority_area(title="Second", order=2)
    make.priority_area(title="First", order=1)
    make.ward(name="Zed")
    make.ward(name="Abbey")

    assert "".join(str(theme) for theme in Theme.objects.all()) == "GZAB"
    assert [str(area) for area in PriorityArea.objects.all()] == ["First", "Second"]
    assert [str(ward) for ward in Ward.objects.all()] == ["Abbey", "Zed"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("maker", "fields"),
    [
        (make.page, {"layout": "poster"}),
        (make.page, {"summary": ""}),
        (make.page, {"slug": "not a slug"}),
        (make.theme, {"kind": "other"}),
        (make.ward, {"valid_from": None}),
    ],
)
def test_what_a_page_needs_is_asked_for(maker, fields):
    thing = maker()
    for name, value in fields.items():
        setattr(thing, name, value)

    with pytest.raises(ValidationError):
        thing.full_clean()


@pytest.mark.django_db
def test_who_changed_what_is_kept():
    page = make.page(title="Before")
    source = make.source()

    page.title = "After"
    page.save()
    page.sources.add(source)

    assert [record.title for record in page.history.order_by("history_id")] == ["Before", "After", "After"]
    assert page.history.latest().sources.get().source == source


@pytest.mark.django_db
def test_a_new_page_is_a_draft():
    page = Page.objects.create(title="New", slug="new", summary="Words.")

    assert page.status == "draft"
    assert page.checked_on is None
    assert page.created_at.date() == datetime.datetime.now(datetime.UTC).date()

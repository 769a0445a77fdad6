import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.figures import Change, read
from city.models import PageFigure
from programmes.models import HeadlineFigure
from tests import make


def figure(value, question="", pk=None, **fields):
    return PageFigure(pk=pk, value=Decimal(str(value)), question=question, what="schools", unit="schools", **fields)


def described(figures):
    agreed, disputed = read(figures)
    return [one.number for one in agreed], {
        dispute.question: [[one.number for one in claim.figures] for claim in dispute.claims] for dispute in disputed
    }


@pytest.mark.parametrize(
    ("figures", "agreed", "disputed"),
    [
        ([], [], {}),
        ([figure(33, pk=1)], ["33"], {}),
        ([figure(33, pk=1), figure(33, pk=2), figure(5, pk=3)], ["33", "33", "5"], {}),
        ([figure(33, "How many?", 1)], ["33"], {}),
        ([figure(33, "How many?", 1), figure(33, "How many?", 2)], ["33"], {}),
        ([figure(33, "How many?", 1), figure("33.00", "How many?", 2)], ["33"], {}),
        ([figure(33, "How many?", 1), figure(32, "How many?", 2)], [], {"How many?": [["33"], ["32"]]}),
        (
            [figure(33, "How many?", 1), figure(32, "How many?", 2), figure(33, "How many?", 3)],
            [],
            {"How many?": [["33", "33"], ["32"]]},
        ),
        ([figure(33, "How many?", 1), figure(32, "Since when?", 2)], ["33", "32"], {}),
        (
            [figure(5, pk=1), figure(33, "How many?", 2), figure(6, pk=3), figure(32, "How many?", 4)],
            ["5", "6"],
            {"How many?": [["33"], ["32"]]},
        ),
    ],
)
def test_figures_that_agree_are_one_and_those_that_differ_are_all_kept(figures, agreed, disputed):
    assert described(figures) == (agreed, disputed)


def test_a_disagreement_says_all_its_numbers_in_the_order_of_the_page():
    _, [dispute] = read([figure(33, "How many?", 1), figure(32, "How many?", 2), figure(40, "How many?", 3)])

    assert dispute.numbers == "33 or 32 or 40"
    assert dispute.first.number == "33"


@pytest.mark.django_db
def test_figures_of_a_page_and_of_a_programme_are_not_taken_for_one():
    """They may have the same number in their own tables."""
    of_page, of_programme = make.page_figure(value=12), make.figure(value=33)
    PageFigure.objects.filter(pk=of_page.pk).update(id=7001)
    HeadlineFigure.objects.filter(pk=of_programme.pk).update(id=7001)

    agreed, disputed = read([PageFigure.objects.get(), HeadlineFigure.objects.get()])

    assert [one.number for one in agreed] == ["12", "33"]
    assert not disputed


@pytest.mark.django_db
def test_two_programmes_with_different_numbers_do_not_contradict_each_other():
    for value in (33, 10):
        make.figure(programme=make.programme(), value=value, question="How many schools?")

    agreed, disputed = read(HeadlineFigure.objects.select_related("programme"))

    assert [one.number for one in agreed] == ["33", "10"]
    assert not disputed


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "A?", "B?"])), max_size=12))
def test_no_value_is_ever_lost(rows):
    figures = [figure(value, question, pk) for pk, (value, question) in enumerate(rows, start=1)]

    agreed, disputed = read(figures)

    shown = [(one.question, one.value) for one in agreed]
    shown += [(one.question, one.value) for dispute in disputed for claim in dispute.claims for one in claim.figures]
    assert {(one.question, one.value) for one in figures} == set(shown)
    assert sorted(one.pk for one in figures if not one.question) == sorted(one.pk for one in agreed if not one.question)
    assert all(len(dispute.claims) > 1 for dispute in disputed)


# The chart of before and after


def change(before, after, unit="%"):
    return Change(PageFigure(value=Decimal(after), before=Decimal(before), unit=unit, what="children"))


@pytest.mark.parametrize(
    ("before", "after", "scale"),
    [
        ("40.00", "60.00", "20% to 80%"),
        ("60.00", "40.00", "20% to 80%"),
        ("0.00", "10.00", "0% to 20%"),
        ("61.20", "62.00", "60% to 63%"),
        ("1.50", "1.80", "1% to 2.5%"),
        ("5.00", "5.00", "0% to 10%"),
        ("0.00", "0.00", "0% to 1%"),
        ("-5.00", "5.00", "-10% to 10%"),
    ],
)
def test_the_line_runs_from_one_round_number_to_another(before, after, scale):
    assert change(before, after).scale == scale


def test_the_scale_is_written_as_the_figure_is():
    assert change("1000.00", "3000.00", "£").scale == "£0 to £4,000"
    assert change("10.00", "30.00", "schools").scale == "0 to 40"


def test_the_chart_is_told_in_words():
    assert change("61.20", "62.00").in_words == "61.2% before, 62% after."


amounts = st.decimals(min_value=-999999, max_value=999999, places=2, allow_nan=False, allow_infinity=False)


@given(amounts, amounts)
def test_every_change_can_be_drawn(before, after):
    chart = change(before, after)

    assert chart.low < chart.high
    assert 6 <= chart.before_at <= 94
    assert 6 <= chart.after_at <= 94
    assert (chart.before_at < chart.after_at) <= (before < after)
    if min(before, after) >= 0:
        assert chart.low >= 0


@given(amounts, amounts)
def test_the_ends_of_the_line_have_few_digits(before, after):
    """A reader sees 0.3, never 0.30000000000000004."""
    for end in change(before, after, "schools").scale.split(" to "):
        assert re.fullmatch(r"-?[\d,]+(\.\d{1,3})?", end)


@pytest.mark.django_db
def test_a_change_leads_from_the_old_to_the_new(client):
    programme = make.programme()
    make.figure(programme=programme, value=62, before=61, unit="%", what="children who read well")

    html = client.get(programme.get_absolute_url()).content.decode()

    assert '<desc id="change-1-d">61% before, 62% after.</desc>' in html
    assert 'role="img" aria-labelledby="change-1-t change-1-d"' in html

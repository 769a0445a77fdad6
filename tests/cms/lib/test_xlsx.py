import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from cms.lib import xlsx
from cms.lib.xlsx import Column

UTC = datetime.UTC


def sheet_of(response):
    return list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.iter_rows())


def written(value, column=None):
    with xlsx.xlsx([column or Column("Value")], [[value]]) as file:
        rows = list(openpyxl.load_workbook(file).active.iter_rows(min_row=2))
    return rows[0][0] if rows else None


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-1",
        '=HYPERLINK("https://example.org","x")',
        "https://example.org/",
        "mailto:a@example.org",
        "{=1}",
        "1",
        "2026-05-03",
        "TRUE",
        "two\nlines",
        "  ",
        "🐏",
    ],
)
def test_what_somebody_typed_is_only_ever_text(text):
    cell = written(text)

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7, 7), (-1, -1), (0, 0), (1.5, 1.5), (Decimal("3.25"), 3.25), (True, True), (False, False)],
)
def test_numbers_and_truths_keep_their_type(value, shown):
    cell = written(value)

    assert cell.value == shown
    assert cell.data_type == ("b" if isinstance(value, bool) else "n")


@pytest.mark.parametrize("value", [10**20, float("nan"), float("inf"), Decimal("NaN"), Decimal("1e40")])
def test_a_number_no_sheet_can_hold_is_text(value):
    assert written(value).data_type == "s"


def test_days_are_days():
    cell = written(datetime.date(2026, 5, 3))

    assert cell.is_date
    assert cell.value.isoformat() == "2026-05-03T00:00:00"


@pytest.mark.parametrize(("column", "hour"), [(Column("When (Derby time)"), 9), (Column("When (UTC)", is_utc=True), 8)])
def test_moments_are_those_of_derby_or_utc_as_labelled(column, hour):
    cell = written(datetime.datetime(2026, 7, 1, 8, 30, 15, tzinfo=UTC), column)

    assert cell.is_date
    assert cell.value.isoformat() == f"2026-07-01T{hour:02}:30:15"


@pytest.mark.parametrize("value", [datetime.date(1842, 1, 1), datetime.datetime(1842, 1, 1, tzinfo=UTC)])
def test_a_day_before_spreadsheets_count_is_text(value):
    cell = written(value)

    assert cell.data_type == "s"
    assert cell.value.startswith("18")


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_an_empty_cell(value):
    assert written(value) is None


def test_letters_that_no_sheet_can_hold_are_left_out():
    assert written("a\0b\x1bc\ud800d\uffffe").value == "a b c d e"


def test_a_text_is_cut_where_a_cell_ends():
    assert len(written("x" * 40_000).value) == 32_767


def test_titles_are_text_and_stay_in_sight():
    with xlsx.xlsx([Column("=1+1")], []) as file:
        sheet = openpyxl.load_workbook(file).active

    assert (sheet["A1"].value, sheet["A1"].data_type, sheet.freeze_panes) == ("=1+1", "s", "A2")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)

    with pytest.raises(ValueError, match="more rows"):
        xlsx.xlsx([Column("Value")], [[1], [2], [3]])


def test_a_download_is_kept_by_nobody():
    response = xlsx.download(io.BytesIO(b"x"), "programmes")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="programmes 20')
    assert response.headers["Content-Type"].startswith("application/vnd.openxmlformats")

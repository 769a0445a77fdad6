"""Spreadsheets for staff. What somebody typed is only ever text; it can become no formula and no link."""

import datetime
import math
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from xlsxwriter.worksheet import Worksheet

from cms.text import text_cleaning

MOST_LETTERS = 32_767  # that one cell may hold
MOST_ROWS = 1_048_575  # below the row of titles
_FIRST_DAY = datetime.date(1900, 3, 1)  # before it spreadsheets count days in different ways
_EXACT = 10**15  # spreadsheets keep fifteen digits of a number


@dataclass(frozen=True)
class Column:
    title: str
    is_utc: bool = False  # of moments, which are Derby time otherwise
    width: int = 24


def xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A workbook of one sheet as an open file, written row by row, so that a long one takes no more memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            _fill(book, columns, rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(book: xlsxwriter.Workbook, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet()
    title = book.add_format({"bold": True})
    formats = {
        datetime.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        datetime.date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, title)
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise ValueError("more rows than a sheet can hold")
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, number, place, _for_cell(value, column), formats)


def _for_cell(value: Any, column: Column) -> Any:
    if isinstance(value, datetime.datetime):
        zone = datetime.UTC if column.is_utc else timezone.get_default_timezone()
        value = value.astimezone(zone).replace(tzinfo=None)
        return value if value.date() >= _FIRST_DAY else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return value if value >= _FIRST_DAY else value.isoformat()
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (int, float, Decimal)) and not -_EXACT < value < _EXACT:
        return str(value)
    return value


def _write(sheet: Worksheet, row: int, place: int, value: Any, formats: dict) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, place, value, formats[type(value)])
    else:
        sheet.write_string(row, place, text_cleaning.for_xml(str(value))[:MOST_LETTERS])


def download(file: IO[bytes], name: str) -> FileResponse:
    """Sent as it is read, and kept by nobody on the way."""
    response = FileResponse(file, as_attachment=True, filename=f"{name} {timezone.localdate():%Y-%m-%d}.xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response

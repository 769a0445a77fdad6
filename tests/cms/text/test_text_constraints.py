"""Every column of text of every table of ours refuses what is no text, however it is written."""

import pytest
from django.db import IntegrityError, connection, transaction

from cms.text import text_constraints
from tests import make

pytestmark = pytest.mark.django_db
REFUSED = [
    "\x01",
    "\x0b",
    "\x0c",
    "\r",
    "\x1f",
    "\x7f",
    "\x85",
    "\x9f",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\ufffe",
]


def made():
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c'")
        return {name for (name,) in cursor.fetchall()}


def test_every_text_column_has_its_check():
    wanted = {text_constraints.name_of(field) for field in text_constraints.text_fields()}

    assert len(wanted) > 200  # with what history keeps
    assert wanted <= made()


@pytest.mark.parametrize("letter", REFUSED, ids=lambda letter: f"U+{ord(letter):04X}")
def test_what_is_no_text_is_refused(letter):
    page = make.page()

    with pytest.raises(IntegrityError, match="is_text"), transaction.atomic():
        type(page).objects.filter(pk=page.pk).update(title=f"Trams{letter}and trolleybuses")


@pytest.mark.parametrize("text", ["a\tb\nc", "نوکری می‌خواهم", "👩‍🚀", "Łódź", "\u200fعربي"])
def test_text_is_taken(text):
    assert make.page(title=text).title == text


def test_rows_that_are_there_are_put_right():
    page = make.page()
    field = type(page)._meta.get_field("title")
    body = type(page)._meta.get_field("summary")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for one in (field, body):
            cursor.execute(f'ALTER TABLE city_page DROP CONSTRAINT "{text_constraints.name_of(one)}"')
        cursor.execute(
            "UPDATE city_page SET title = E'Canals\\u000band\\u202e locks\\u0001', summary = E'one\\r\\ntwo'"
        )

    missing = text_constraints.make()

    page.refresh_from_db()
    assert (missing, page.title) == (2, "Canals and locks")
    assert "\r" not in page.summary


def test_nothing_is_made_twice():
    assert text_constraints.make() == 0

"""The last net: PostgreSQL refuses a control character, a carriage return or a turned direction in every column of text
of ours, whoever writes it: a form, a command, `update()`, or SQL by hand.

A check on each column is made after every `migrate`, so a new table or field needs no line of its own. What the rows
that are there already hold is put right first; a row that refuses to change (a line of the record) stays as it is.
"""

import logging
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.utils import truncate_name

from cms.text.text_cleaning import NEVER_STORED

log = logging.getLogger(__name__)
_PATTERN = f"[{NEVER_STORED}]"
_SOFT_BREAKS = r"\r\n|[\u000b-\u000d\u0085\u2028\u2029]"
_MADE = """
    SELECT rel.relname, con.conname FROM pg_constraint con JOIN pg_class rel ON rel.oid = con.conrelid
    WHERE con.contype = 'c' AND rel.relnamespace = current_schema()::regnamespace
"""
_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"


def text_fields() -> list[models.Field]:
    """Every field of ours that holds text: of the models of this project's apps and of their history."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        if is_ours(model) and model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField)
    ]


def is_ours(model: type[models.Model]) -> bool:
    folder = Path(model._meta.app_config.path)
    return folder.parent == settings.BASE_DIR


def name_of(field: models.Field) -> str:
    return truncate_name(f"{field.model._meta.db_table}_{field.column}_is_text", 63)


def make(*, using: str = "default") -> int:
    """Makes the checks that are missing; says how many there were."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_MADE)
        made = set(cursor.fetchall())
        cursor.execute(_COLUMNS)
        columns = set(cursor.fetchall())
    missing = [
        field
        for field in text_fields()
        if ((table := field.model._meta.db_table), field.column) in columns and (table, name_of(field)) not in made
    ]
    for field in missing:
        _put_right(field, using)
    by_table: dict[str, list[models.Field]] = {}
    for field in missing:
        by_table.setdefault(field.model._meta.db_table, []).append(field)
    quote = connection.ops.quote_name
    for table, fields in by_table.items():
        # not valid: rows that may not change are not looked at; every later write is
        checks = (
            f"ADD CONSTRAINT {quote(name_of(field))} CHECK ({quote(str(field.column))} !~ '{_PATTERN}') NOT VALID"
            for field in fields
        )
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end of a transaction holds tables
            cursor.execute(f"ALTER TABLE {quote(table)} {', '.join(checks)}")
    return len(missing)


def _put_right(field: models.Field, using: str) -> None:
    """By the same rule as the door: soft breaks are line ends, or a space where one line is meant."""
    connection = connections[using]
    quote = connection.ops.quote_name
    table, column = quote(field.model._meta.db_table), quote(str(field.column))
    line_end = "\n" if isinstance(field, models.TextField) else " "
    is_wrong = f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} ~ %s)"  # noqa: S608 - names of our own tables
    statement = (
        f"UPDATE {table} SET {column} = regexp_replace(regexp_replace({column}, %s, %s, 'g'), %s, '', 'g') "  # noqa: S608
        f"WHERE {column} ~ %s"
    )
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute(is_wrong, [_PATTERN])
            if cursor.fetchone() == (True,):  # an update of no row would count as a change of what is public
                cursor.execute(statement, [_SOFT_BREAKS, line_end, _PATTERN, _PATTERN])
    except DatabaseError as error:
        log.warning("%s: some rows keep letters that are no text (%s)", name_of(field), type(error).__name__)


def after_migrate(*, using: str, plan=(), **kwargs) -> None:
    make(using=using)

"""Ways to ask the database less often: a row with its lists, several lists at once, a row without all its fields.

And what may be asked for at all: a key that somebody sent."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import CharField, DateField, Model, QuerySet, Value
from django.db.models.functions import JSONObject

M = TypeVar("M", bound=Model)

_MOST_DIGITS = 18  # that any key of the database may have


def number(text: str | None) -> int | None:
    """What somebody sent as a key or a place. No number, or more digits than the database holds, is nothing."""
    return int(text) if text and len(text) <= _MOST_DIGITS and text.isdecimal() else None


def listed(queryset: QuerySet, **fields: str) -> ArraySubquery:
    """The queryset's rows as a list of dictionaries, in its own order.

    The queryset names the outer row with OuterRef; `fields` maps each dictionary key to a field path.
    """
    return ArraySubquery(queryset.values(row=JSONObject(**fields)))


def partial(model: type[M], values: Mapping[str, object]) -> M:
    """A row of which only these fields were read; touching another one asks the database for it."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    return model.from_db(None, names, [values[name] for name in names])


def _with_dates(model: type[Model], row: dict[str, Any]) -> dict[str, Any]:
    dates = (field for field in model._meta.concrete_fields if isinstance(field, DateField))
    return row | {field.attname: field.to_python(row[field.attname]) for field in dates}


def together(querysets: Mapping[str, QuerySet]) -> dict[str, list[Any]]:
    """The rows of several short lists in one question, each in its own order, with their plain fields.

    For showing only: numbers in them are as JSON writes them.
    """
    parts, parameters = [], []
    for queryset in querysets.values():
        names = [field.attname for field in queryset.model._meta.concrete_fields]
        sql, given = queryset.values(*names).query.get_compiler(connection=connection).as_sql()
        parts.append(f"ARRAY(SELECT to_jsonb(listed) FROM ({sql}) AS listed)")  # noqa: S608 - Django wrote it
        parameters += given
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), parameters)
        found = cursor.fetchone()
    return {
        name: [partial(queryset.model, _with_dates(queryset.model, json.loads(row))) for row in rows]
        for (name, queryset), rows in zip(querysets.items(), found, strict=True)
    }


def read_links(thing, *, whole: bool) -> None:
    """Loads all many-to-many links of one thing in one question; unless whole, only their keys."""
    names = [field.name for field in thing._meta.many_to_many if field.remote_field.through._meta.auto_created]
    if not names:
        return
    found = together({name: getattr(thing, name).all() for name in names}) if whole else _read_keys(thing, names)
    cache = {}
    for name in names:
        cache[name] = getattr(thing, name).all()
        cache[name]._result_cache = found[name]
        cache[name]._prefetch_done = True
    thing._prefetched_objects_cache = cache


def _read_keys(thing, names):
    questions = []
    for name in names:
        field = thing._meta.get_field(name)
        rows = field.remote_field.through._base_manager.filter(**{field.m2m_field_name(): thing.pk})
        questions.append(rows.order_by().values_list(Value(name, CharField()), f"{field.m2m_reverse_field_name()}_id"))
    found: dict[str, list] = {name: [] for name in names}
    for name, key in questions[0].union(*questions[1:], all=True):
        found[name].append(thing._meta.get_field(name).related_model(pk=key))
    return found

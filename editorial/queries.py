"""Ways to ask the database less often: a row with its lists, several lists at once, a row without all its fields."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import JSONObject

M = TypeVar("M", bound=Model)


def listed(queryset: QuerySet, **fields: str) -> ArraySubquery:
    """The queryset's rows as a list of dictionaries, in its own order.

    The queryset names the outer row with OuterRef; `fields` maps each dictionary key to a field path.
    """
    return ArraySubquery(queryset.values(row=JSONObject(**fields)))


def partial(model: type[M], values: Mapping[str, object]) -> M:
    """A row of which only these fields were read; touching another one asks the database for it."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    return model.from_db(None, names, [values[name] for name in names])


def together(querysets: Mapping[str, QuerySet]) -> dict[str, list[Any]]:
    """The rows of several short lists in one question, each in its own order, with their plain fields.

    For showing only: dates and numbers in them are as JSON writes them.
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
        name: [partial(queryset.model, json.loads(row)) for row in rows]
        for (name, queryset), rows in zip(querysets.items(), found, strict=True)
    }

"""Ways to ask the database less often: lists together with their row, rows without all their fields."""

from collections.abc import Mapping
from typing import TypeVar

from django.contrib.postgres.expressions import ArraySubquery
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

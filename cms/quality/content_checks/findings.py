"""One thing to look at, and what a check is given to look at."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models

STOP = "stop"
ADVICE = "advice"


@dataclass(frozen=True)
class Finding:
    """`details` are the words in the text that caused it."""

    level: str
    field: str
    words: str
    details: tuple[str, ...] = ()
    where: str = ""
    anchor: str = ""


def fields_of(form: forms.ModelForm) -> dict[str, models.Field]:
    """Those fields of a form that are fields of its table, by name."""
    found = {}
    for name, shown in form.fields.items():
        if isinstance(shown, forms.models.InlineForeignKeyField):
            continue
        try:
            field = form._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, models.Field) and not field.many_to_many:
            found[name] = field
    return found


def values_of(form: forms.ModelForm) -> dict[str, Any]:
    """What was typed, as far as it could be read; what is stored, if nothing was typed yet."""
    if form.is_bound:
        return getattr(form, "cleaned_data", {})
    return {name: getattr(form.instance, name) for name in fields_of(form)}

"""What a thing's form holds, as plain values that can be kept, compared, and filled in again.

    {"fields": {"title": "Reading", "themes": ["3", "7"], …}, "rows": {"steps": [{"id": "12", "when": "2019", …}, …]}}

A moment is kept in UTC, a number as it is written, a link as the key it leads to. A row without an id is new.
"""

import datetime
import decimal
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

Values = dict[str, Any]

_Many = forms.ModelMultipleChoiceField

# They belong to one saving, or to who may do what, not to what the thing says.
_NOT_KEPT = {"change_reason", "seen_at", "seen", "given_to", DELETION_FIELD_NAME}


def shown(form: forms.BaseModelForm, formsets: Iterable[BaseInlineFormSet]) -> Values:
    """What forms that nobody has typed into show: the thing as it is saved."""
    return {
        "fields": {name: plain(form[name].initial) for name in names_of(form)},
        "rows": {
            rows.prefix: [
                {"id": str(row.instance.pk)} | {name: plain(row[name].initial) for name in names_of(row)}
                for row in rows.initial_forms
            ]
            for rows in formsets
        },
    }


def typed(form: forms.BaseModelForm, formsets: Iterable[BaseInlineFormSet]) -> Values:
    """What somebody typed, right or wrong. Rows they deleted or left empty are left out; so are lists they may only
    read."""
    found: Values = {"fields": _typed(form), "rows": {}}
    for rows in formsets:
        if not getattr(rows, "is_writable", True):
            continue
        kept = found["rows"][rows.prefix] = []
        for row in rows.forms:
            if row.add_prefix(DELETION_FIELD_NAME) in row.data:
                continue
            pk = row.instance.pk or row.data.get(row.add_prefix(row.instance._meta.pk.name), "")
            if pk or row.has_changed():
                kept.append({"id": str(pk)} | _typed(row))
    return found


def _typed(form) -> dict[str, Any]:
    found = {}
    for name in names_of(form):
        raw = form[name].data
        if isinstance(form.fields[name], forms.ModelChoiceField):  # keys are what they are; nothing is looked up
            found[name] = plain([] if raw is None and isinstance(form.fields[name], _Many) else raw)
            continue
        try:
            found[name] = plain(form.fields[name].clean(raw))
        except ValidationError:
            found[name] = plain(raw)
    return found


def names_of(form) -> list[str]:
    own = {form._meta.model._meta.pk.name, getattr(getattr(form, "fk", None), "name", None)}
    linked = {name for name, field in form.fields.items() if isinstance(field, forms.models.InlineForeignKeyField)}
    return [name for name in form.fields if name not in _NOT_KEPT | own | linked]


def plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat() if timezone.is_aware(value) else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return f"{value.normalize():f}" if value.is_finite() else str(value)
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return sorted(plain(one) for one in value)
    return str(value).replace("\r\n", "\n").strip()


def fingerprint(values: Values) -> str:
    """Enough to tell later what was changed since, without the words themselves."""
    marks = {
        "fields": {name: _mark(value) for name, value in values["fields"].items()},
        "rows": {prefix: {row["id"]: _mark(row) for row in rows} for prefix, rows in values["rows"].items()},
    }
    return json.dumps(marks, separators=(",", ":"))


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Clash:
    """One place that two people changed differently. For a row, `name` is empty."""

    prefix: str
    name: str
    row: str
    theirs: Any
    mine: Any


def merge(base: Values, mine: Values, theirs: Values) -> tuple[Values, list[Clash]]:
    """My changes since the base, on top of theirs; where both changed the same, mine, and it is told."""
    return _merge(_Base(base=base), mine, theirs)


def merge_marked(fingerprint: str, mine: Values, theirs: Values) -> tuple[Values, list[Clash]]:
    """The same where of the base only a fingerprint is left. What is not one counts as all changed by me."""
    try:
        marks = json.loads(fingerprint)
        base = _Base(marks={"fields": dict(marks["fields"]), "rows": {k: dict(v) for k, v in marks["rows"].items()}})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        base = _Base(marks={"fields": {}, "rows": {}})
    return _merge(base, mine, theirs)


class _Base:
    def __init__(self, base: Values | None = None, marks: Mapping[str, Any] | None = None):
        self.marks = marks or json.loads(fingerprint(base or {"fields": {}, "rows": {}}))

    def has(self, name: str, value: Any) -> bool:
        return self.marks["fields"].get(name) == _mark(value)

    def has_row(self, prefix: str, row: Mapping[str, Any]) -> bool:
        return self.marks["rows"].get(prefix, {}).get(row["id"]) == _mark(row)

    def knew(self, prefix: str, pk: str) -> bool:
        return pk in self.marks["rows"].get(prefix, {})


def _merge(base: _Base, mine: Values, theirs: Values) -> tuple[Values, list[Clash]]:
    clashes = []
    fields = dict(theirs["fields"])
    for name, value in mine["fields"].items():
        if name not in fields or value == fields[name] or base.has(name, value):
            continue
        if not base.has(name, fields[name]):
            clashes.append(Clash("", name, "", fields[name], value))
        fields[name] = value
    rows = {}
    for prefix, there in theirs["rows"].items():
        rows[prefix], found = _merge_rows(base, prefix, mine["rows"].get(prefix, there), there)
        clashes += found
    return {"fields": fields, "rows": rows}, clashes


def _merge_rows(base: _Base, prefix: str, mine: list, theirs: list) -> tuple[list, list[Clash]]:
    clashes, merged = [], []
    here = {row["id"]: row for row in mine if row["id"]}
    for row in theirs:
        own = here.pop(row["id"], None)
        if own is None:
            if not base.knew(prefix, row["id"]) or not base.has_row(prefix, row):
                merged.append(row)  # they added it; or they changed what I deleted, which is shown again
                if base.knew(prefix, row["id"]):
                    clashes.append(Clash(prefix, "", row["id"], row, None))
        elif own == row or base.has_row(prefix, own):
            merged.append(row)
        else:
            merged.append(own)
            if not base.has_row(prefix, row):
                clashes.append(Clash(prefix, "", row["id"], row, own))
    for row in here.values():  # they deleted these; those I changed come back as new ones
        if not base.has_row(prefix, row):
            merged.append(row | {"id": ""})
            clashes.append(Clash(prefix, "", row["id"], None, row))
    merged += [row for row in mine if not row["id"]]
    return merged, clashes


def as_posted(values: Values, live: Values) -> MultiValueDict:
    """As a browser would send it: every live row in its place, those that are to go marked so, then the new ones."""
    data: MultiValueDict = MultiValueDict()
    _fill(data, "", values["fields"])
    for prefix, there in live["rows"].items():
        wanted = values["rows"].get(prefix, there)
        kept = {row["id"]: row for row in wanted if row["id"]}
        rows = [kept.get(row["id"], row | {DELETION_FIELD_NAME: True}) for row in there]
        known = {row["id"] for row in there}
        rows += [row | {"id": ""} for row in wanted if row["id"] not in known]
        data[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(rows))
        data[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(there))
        for number, row in enumerate(rows):
            _fill(data, f"{prefix}-{number}-", row)
    return data


def _fill(data: MultiValueDict, prefix: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, bool):
            if value:
                data[prefix + name] = "on"
        elif isinstance(value, list):
            data.setlist(prefix + name, value)
        else:
            data[prefix + name] = value

"""What somebody typed into a form that nobody could take: named as the form names it, without what is secret."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import unwrap

from django import forms
from django.db import models
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.text import capfirst

_LONG = 80  # letters; what is longer is shown, whatever it is
_SECRET = re.compile(r"passw|csrf|secret|credential|token|(^|_)otp|(^|_|-)code$", re.IGNORECASE)
_DROPPED = {"csrfmiddlewaretoken", "given_back"}
# What nobody typed: a draft's own secret, the count of rows, a moment, which button was pressed.
_MACHINE = re.compile(
    r"(draft|do|again|about|asked_as|shown_as|consent_how|wording|shown|sure|shown_at|seen|seen_at|_seen|written_in|next|action|more|look|later|index"
    r"|select_across|initial-.*|_.*|.*__prefix__.*|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS|.*-id)$"
)
_ROW = re.compile(r"([A-Za-z_]*?)-?(\d+)-(.+)$")  # a field of a row: steps-0-when, p12-description
_TYPED_INTO = (forms.TextInput, forms.EmailInput, forms.URLInput, forms.NumberInput, forms.Textarea)


@dataclass(frozen=True)
class Posted:
    name: str
    value: str
    label: str
    is_shown: bool  # to be read, and mended; the rest goes along unseen
    is_long: bool


@dataclass(frozen=True)
class _Known:
    """What is known of a field by its name."""

    label: str
    is_typed: bool


def read(request: HttpRequest) -> list[Posted]:
    """All but secrets and tokens, in the order they came."""
    known = dict(_known_fields(request))
    found = []
    for name, values in request.POST.lists():
        if name in _DROPPED or _SECRET.search(name):
            continue
        for value in map(str, values):
            is_long = "\n" in value or len(value) > _LONG
            is_shown = bool(value.strip()) and _is_typed(name, value, known.get(name), is_long=is_long)
            found.append(Posted(name, value, _label(name, known.get(name)), is_shown, is_long))
    return found


def secrets(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and labels of what is to be typed again."""
    known = dict(_known_fields(request))
    found = [name for name in request.POST if _SECRET.search(name) and name not in _DROPPED]
    return [(name, _label(name, known.get(name))) for name in found if "credential" not in name]


def labels(request: HttpRequest, names: Iterable[str]) -> list[str]:
    known = dict(_known_fields(request))
    return [_label(name, known.get(name)) for name in names]


def _is_typed(name: str, value: str, known: _Known | None, *, is_long: bool) -> bool:
    if _MACHINE.match(name):
        return False
    if known is None:  # a name is all there is: rather too much on the page than too little
        return value != "on"
    return known.is_typed or is_long


def _label(name: str, known: _Known | None) -> str:
    if known is not None and known.label:
        return capfirst(known.label)
    if row := _ROW.match(name):
        list_, number, part = row.groups()
        where = f"{_readable(list_)} {int(number) + 1}: " if len(list_) > 1 else ""
        return where + _readable(part)
    return _readable(name)


def _readable(name: str) -> str:
    return capfirst(" ".join(re.split(r"[_\-]+", name)).strip())


def _known_fields(request: HttpRequest) -> Iterator[tuple[str, _Known]]:
    """Of the forms that the view's module knows; in the admin, of its form and of the model."""
    match = getattr(request, "resolver_match", None) or _resolved(request)
    if match is None:
        return
    model_admin = getattr(match.func, "model_admin", None)
    if model_admin is not None:
        yield from _of_form(model_admin.form)
        yield from _of_model(model_admin.model)
        return
    module = sys.modules.get(unwrap(match.func).__module__)
    for value in list(vars(module).values()) if module else []:
        if isinstance(value, type) and issubclass(value, forms.BaseForm):
            yield from _of_form(value)


def _of_form(form: type[forms.BaseForm]) -> Iterator[tuple[str, _Known]]:
    for name, field in getattr(form, "base_fields", {}).items():
        widget = getattr(field.widget, "widget", field.widget)
        is_typed = isinstance(widget, _TYPED_INTO)
        yield name, _Known(str(field.label or ""), is_typed)


def _of_model(model: type[models.Model]) -> Iterator[tuple[str, _Known]]:
    for field in model._meta.get_fields():
        if isinstance(field, models.Field):
            is_typed = not field.choices and not field.is_relation and not isinstance(field, models.BooleanField)
            yield field.name, _Known(str(field.verbose_name), is_typed)


def _resolved(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None

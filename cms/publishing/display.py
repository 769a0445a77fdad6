"""Says what a field holds as staff know it, whether it comes from an old version, a proposal or a form."""

import datetime
import decimal
import re
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import dateparse, formats
from django.utils.html import strip_tags
from django.utils.text import capfirst

from cms.lib import datetime_fields
from cms.lib.dates import PartialDateField, in_words
from cms.publishing.models import Publishable
from cms.text.richtext import RichTextField

NOTHING = "nothing"
HIDDEN = "a page you may not see"
GONE = "something that is not there any more"
_BLOCK = re.compile(r"<(p|br|h2|h3|ul|ol|li|blockquote)\b")
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def name_of(model: type[models.Model], field_name: str) -> str:
    field: Any = model._meta.get_field(field_name)
    return capfirst(str(field.verbose_name))


class Words:
    """Looks up what links lead to in one question for each kind, however many there are: `need` them first."""

    def __init__(self, *, only_public: bool = False, hidden: Collection[tuple[str, Any]] = ()) -> None:
        """`hidden` are things whose names the reader may not learn, each as label of its model and key."""
        self.only_public = only_public
        self.hidden = hidden
        self._wanted: dict[type[models.Model], set] = defaultdict(set)
        self._found: dict[type[models.Model], dict] = {}

    def need(self, field: Any, value: Any) -> None:
        if field.is_relation and value not in (None, ""):
            keys = value if isinstance(value, (list, tuple)) else [value]
            self._wanted[field.related_model].update(_key(field.related_model, key) for key in keys)

    def found(self, model: type[models.Model], key: Any) -> models.Model | None:
        if model not in self._found:
            rows = model._base_manager.all()
            if self.only_public and issubclass(model, Publishable):
                rows = model._default_manager.published()
            self._found[model] = rows.in_bulk(self._wanted[model] - {None})
        return self._found[model].get(_key(model, key))

    def say(self, field: Any, value: Any) -> str:
        if field.many_to_many:
            return ", ".join(self._called(field.related_model, key) for key in value or ()) or NOTHING
        if value in (None, ""):
            return NOTHING
        if field.is_relation:
            return self._called(field.related_model, value)
        if isinstance(field, ArrayField):
            called = dict(field.base_field.flatchoices)
            return ", ".join(str(called.get(one, one)) for one in value) or NOTHING
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(field, models.DateTimeField):
            at = dateparse.parse_datetime(value) if isinstance(value, str) else value
            return datetime_fields.in_words(at) if at else str(value)
        if isinstance(field, models.DateField):
            day = _day(value)
            return formats.date_format(day, "j F Y") if day else str(value)
        if isinstance(field, models.DecimalField):
            return _number(value)
        if isinstance(field, PartialDateField):
            return in_words(value)
        return plain(value) if isinstance(field, RichTextField) else str(value)

    def _called(self, model, key) -> str:
        return HIDDEN if self.hides(model, key) else str(self.found(model, key) or GONE)

    def hides(self, model, key) -> bool:
        return bool(self.hidden) and (model._meta.label_lower, _key(model, key)) in self.hidden


def _key(model, key):
    try:
        return model._meta.pk.to_python(key)
    except Exception:  # typed by somebody, and no key at all
        return None


def _day(value) -> datetime.date | None:
    try:
        return dateparse.parse_date(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _number(value) -> str:
    try:
        return f"{decimal.Decimal(value).normalize():,f}"
    except decimal.InvalidOperation:
        return str(value)


def plain(html: str | None) -> str:
    """Rich text as text: a paragraph a line, and where its links lead, so that a changed address is seen."""
    text = _BLOCK.sub(r"\n\g<0>", _LINK.sub(r"\2 [\1]", html or ""))
    return "\n".join(" ".join(line.split()) for line in strip_tags(text).split("\n") if line.strip())

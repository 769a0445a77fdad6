"""What was done to a thing, told so that anybody can follow: who, when, and what changed from what to what.

The records are django-simple-history's. A save writes one for the thing, one more for each list of links, and one for
each of its rows (a step, a figure); here they become one entry again, with only what differs.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as kept
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from simple_history.utils import get_m2m_reverse_field_name

from editorial.dates import PartialDateField, in_words
from editorial.richtext import RichTextField

NOTHING = "nothing"
GONE = "something that is not there any more"
_NOT_TOLD = {"id", "created_at", "modified_at"}
_ONE_SAVE = datetime.timedelta(seconds=5)
_LONG = 160  # letters; longer texts are shown around what changed
_AROUND = 8  # words
_BLOCK = re.compile(r"<(p|br|h2|h3|ul|ol|li|blockquote)\b")


@dataclass(frozen=True)
class Change:
    what: str
    old: str
    new: str


@dataclass
class Event:
    """One record, told."""

    at: datetime.datetime
    by: models.Model | None
    why: str
    title: str
    changes: list[Change]
    version: int | None = None


@dataclass
class Save:
    """What one person did at one moment."""

    at: datetime.datetime
    by: models.Model | None
    why: str = ""
    events: list[Event] = kept(default_factory=list)
    version: int | None = None


def tell(thing: models.Model, rows: Iterable[type[models.Model]] = ()) -> list[Save]:
    """Every save of the thing and of its rows, newest first."""
    story = _Story(thing)
    story.read(thing._meta.model, {thing._meta.pk.attname: thing.pk})
    for model in rows:
        if hasattr(model, "history"):
            story.read(model, {_link_to(model, thing).attname: thing.pk})
    return _gathered(story.events())


def version_in_words(record) -> list[tuple[str, str]]:
    """Everything one old version held: name of the field, and what it said."""
    story = _Story(record.instance)
    model = record.instance_type
    story.add(model, [record])
    values = story.values[record.history_id, model]
    return [
        (_name(model, name), story.words(model, name, values[name], around=None))
        for name in values
        if name not in _NOT_TOLD
    ]


def _link_to(model, thing):
    return next(
        field for field in model._meta.concrete_fields if field.is_relation and isinstance(thing, field.related_model)
    )


def _name(model, name):
    return capfirst(model._meta.get_field(name).verbose_name)


class _Story:
    def __init__(self, thing):
        self.thing = thing
        self.records: list[tuple[type[models.Model], Any]] = []
        self.values: dict[tuple[int, type[models.Model]], dict] = {}
        self.wanted: dict[type[models.Model], set] = defaultdict(set)
        self._found: dict[type[models.Model], dict] = {}

    def read(self, model, narrowed):
        records = model.history.filter(**narrowed).select_related("history_user").order_by("history_date", "history_id")
        self.add(model, list(records))

    def add(self, model, records):
        links = {field.name: self._links(field, records) for field in model.history.model._history_m2m_fields}
        plain = [field for field in model.history.model.tracked_fields if field.name not in _NOT_TOLD]
        for record in records:
            values = {field.name: getattr(record, field.attname) for field in plain}
            values |= {name: links[name][record.history_id] for name in links}
            self.values[record.history_id, model] = values
            self.records.append((model, record))
            for field in plain:
                if field.is_relation and values[field.name] is not None:
                    self.wanted[field.related_model].add(values[field.name])
        for name in links:
            related = model._meta.get_field(name).related_model
            self.wanted[related].update(pk for pks in links[name].values() for pk in pks)

    @staticmethod
    def _links(field, records) -> dict[int, tuple]:
        """The targets of one many-to-many field at each record."""
        through = getattr(records[0], field.name).model if records else None
        found = defaultdict(list)
        if through:
            target = f"{get_m2m_reverse_field_name(field)}_id"
            told = through.objects.filter(history__in=[record.history_id for record in records]).order_by(target)
            for history_id, pk in told.values_list("history_id", target):
                found[history_id].append(pk)
        return {record.history_id: tuple(found[record.history_id]) for record in records}

    def found(self, model, pk):
        if model not in self._found:
            self._found[model] = model._base_manager.in_bulk(self.wanted[model])
        return self._found[model].get(pk)

    def events(self) -> Iterator[Event]:
        before: dict[tuple, dict] = {}
        for model, record in self.records:
            own = model is self.thing._meta.model
            key = (model, record.id)
            values = self.values[record.history_id, model]
            changes = []
            if record.history_type == "~" and key in before:
                changes = list(self._differences(model, before[key], values))
                if not changes and not record.history_change_reason:
                    continue
            before[key] = values
            yield Event(
                at=record.history_date,
                by=record.history_user,
                why=record.history_change_reason or "",
                title=self._title(model, record, own),
                changes=changes,
                version=record.history_id if own else None,
            )

    def _title(self, model, record, own):
        done = {"+": "added", "-": "deleted", "~": "changed"}[record.history_type]
        if own:
            return {"added": "Made this page", "deleted": "Deleted this page"}.get(done, "")
        row = record.instance
        for field in model._meta.concrete_fields:
            if field.is_relation:
                pk = getattr(row, field.attname)
                other = (
                    self.thing if isinstance(self.thing, field.related_model) else self.found(field.related_model, pk)
                )
                if other is not None:
                    setattr(row, field.name, other)
                elif pk is not None:
                    return f"{capfirst(model._meta.verbose_name)} {done}"
        return f"{capfirst(model._meta.verbose_name)} {done}: {row}"

    def _differences(self, model, old, new) -> Iterator[Change]:
        for name, value in new.items():
            if value != old[name]:
                around = old[name], value
                yield Change(
                    _name(model, name),
                    self.words(model, name, old[name], around),
                    self.words(model, name, value, around[::-1]),
                )

    def words(self, model, name, value, around) -> str:
        """A value as staff know it. With `around`, (this, other), a long text is cut to what differs."""
        field = model._meta.get_field(name)
        if field.many_to_many:
            return ", ".join(str(self.found(field.related_model, pk) or GONE) for pk in value) or NOTHING
        if value in (None, ""):
            return NOTHING
        if field.is_relation:
            return str(self.found(field.related_model, value) or GONE)
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, datetime.datetime):
            return formats.date_format(timezone.localtime(value), "j F Y, H:i")
        if isinstance(value, datetime.date):
            return formats.date_format(value, "j F Y")
        if isinstance(field, PartialDateField):
            return in_words(value)
        if isinstance(field, RichTextField):
            value, around = _plain(value), around and tuple(map(_plain, around))
        text = str(value)
        return _cut(text, str(around[1])) if around and len(text) > _LONG else text


def _plain(html: str | None) -> str:
    return " ".join(strip_tags(_BLOCK.sub(r" \g<0>", html or "")).split())


def _cut(text: str, other: str) -> str:
    """A long text without what it begins and ends with in common with the other, but for a few words."""
    words, others = text.split(), other.split()
    shortest = min(len(words), len(others))
    start = next((k for k in range(shortest) if words[k] != others[k]), shortest)
    end = next((k for k in range(shortest - start) if words[-1 - k] != others[-1 - k]), shortest - start)
    first, last = max(0, start - _AROUND), len(words) - max(0, end - _AROUND)
    return " ".join([*(["…"] if first else []), *words[first:last], *(["…"] if last < len(words) else [])]) or NOTHING


def _gathered(events: Iterable[Event]) -> list[Save]:
    saves: list[Save] = []
    for event in sorted(events, key=lambda event: event.at):
        last = saves[-1] if saves else None
        if not last or last.by != event.by or event.at - last.at > _ONE_SAVE:
            last = Save(event.at, event.by)
            saves.append(last)
        last.events.append(event)
        last.why = last.why or event.why
        last.version = event.version or last.version
    return saves[::-1]

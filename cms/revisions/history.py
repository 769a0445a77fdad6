"""What was done to a thing, told so that anybody can follow: who, when, and what changed from what to what.

The records are django-simple-history's. A save writes one for the thing, one more for each list of links, and one for
each of its rows (a step, a figure); here they become one entry again, with only what differs.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as kept
from typing import Any

from django.db import models
from django.utils.text import capfirst
from simple_history.utils import get_m2m_reverse_field_name

from cms.publishing.display import Words, name_of
from cms.revisions.diff_text import Difference

_NOT_TOLD = {"id", "created_at", "modified_at"}
_ONE_SAVE = datetime.timedelta(seconds=5)


@dataclass
class Event:
    """One record, told."""

    at: datetime.datetime
    by: models.Model | None
    why: str
    title: str
    changes: list[Difference]
    version: int | None = None


@dataclass
class Save:
    """What one person did at one moment."""

    at: datetime.datetime
    by: models.Model | None
    why: str = ""
    events: list[Event] = kept(default_factory=list)
    version: int | None = None


def tell(thing: models.Model, rows: Iterable[type[models.Model]] = (), hidden: Collection = ()) -> list[Save]:
    """Every save of the thing and of its rows, newest first; without the names of what is hidden (display.py)."""
    story = _Story(thing, hidden)
    story.read(thing._meta.model, {thing._meta.pk.attname: thing.pk})
    for model in rows:
        if hasattr(model, "history"):
            story.read(model, {_link_to(model, thing).attname: thing.pk})
    return _gathered(story.events())


def version_in_words(record, hidden: Collection = ()) -> list[tuple[str, str]]:
    """Everything one old version held: name of the field, and what it said."""
    story = _Story(record.instance, hidden)
    model = record.instance_type
    story.add(model, [record])
    values = story.values[record.history_id, model]
    return [
        (name_of(model, name), story.words.say(model._meta.get_field(name), values[name]))
        for name in values
        if name not in _NOT_TOLD
    ]


def _link_to(model, thing):
    return next(
        field for field in model._meta.concrete_fields if field.is_relation and isinstance(thing, field.related_model)
    )


class _Story:
    def __init__(self, thing, hidden):
        self.thing = thing
        self.records: list[tuple[type[models.Model], Any]] = []
        self.values: dict[tuple[int, type[models.Model]], dict] = {}
        self.words = Words(hidden=hidden)

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
                self.words.need(field, values[field.name])
            for name in links:
                self.words.need(model._meta.get_field(name), values[name])

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
                if self.words.hides(field.related_model, pk):
                    return f"{capfirst(model._meta.verbose_name)} {done}"
                is_own = isinstance(self.thing, field.related_model)
                other = self.thing if is_own else self.words.found(field.related_model, pk)
                if other is not None:
                    setattr(row, field.name, other)
                elif pk is not None:
                    return f"{capfirst(model._meta.verbose_name)} {done}"
        return f"{capfirst(model._meta.verbose_name)} {done}: {row}"

    def _differences(self, model, old, new) -> Iterator[Difference]:
        for name, value in new.items():
            if value != old[name]:
                field = model._meta.get_field(name)
                before, after = self.words.say(field, old[name]), self.words.say(field, value)
                yield Difference(name_of(model, name), before, after)


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

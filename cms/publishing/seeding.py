"""Loads the opening content, and leaves alone whatever staff have touched.

A thing is written with everything that belongs to it: its fields, its many-to-many links and its own rows (figures,
steps …). After writing, a digest of what the database then holds is kept. Next time:

    no digest, no row       it is new: written
    digest, no row          staff deleted it: left deleted, and left out where the content links to it
    digest matches          nobody touched it: brought up to date, if the content changed
    digest differs          staff changed it: left as it is
    row, no digest          staff made it themselves: left as it is
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from cms.publishing.models import Publishable, SeededRow
from cms.text import text_cleaning

_NOT_COMPARED = {"id", "created_at", "modified_at", "checked_by"}  # who checked goes with the day
_ONLY_PEOPLE_SAY = {"checked_on", "checked_by"}
_COMPARED_WHEN_SET = {
    "given_to",
    "pictures",
    "direct_fields",
    "compiled_on",
}  # came after digests were first written, so an empty one must not count


class Mistake(Exception):
    """Something in the content that cannot be loaded; the message says which row and why."""


@transaction.atomic
def load(model: type[models.Model], rows: Iterable[dict], *, later: tuple[str, ...] = ()) -> Counter:
    """Writes rows given as field names and plain values. Links are given by the slug or key of what they lead to.

    `later` names links to rows of the same model, set once all rows are there. Returns how many rows were made,
    updated, or left because staff changed or deleted them.
    """
    done: Counter = Counter()
    rows = text_cleaning.clean_within(list(rows))
    written = []
    for row in rows:
        thing, outcome = _load_one(model, row, later)
        done[outcome] += 1
        if outcome in ("made", "updated"):
            written.append((thing, row))
    for thing, row in written:
        _write(thing, {name: row[name] for name in later if name in row})
        SeededRow.objects.update_or_create(
            kind=model._meta.label,
            key=row[_key_name(model)],
            defaults={"object_id": thing.pk, "digest": digest(thing), "content_digest": _hash(row)},
        )
    return done


def _key_name(model) -> str:
    """The field that people know a row by."""
    for name in ("slug", "key"):
        try:
            return model._meta.get_field(name).name
        except FieldDoesNotExist:
            continue
    raise LookupError(f"{model._meta.label} has neither slug nor key")


def _load_one(model, row, later):
    name = _key_name(model)
    try:
        key = row[name]
    except KeyError:
        raise Mistake(f"a {model._meta.verbose_name} has no {name}: {row}") from None
    seeded = SeededRow.objects.filter(kind=model._meta.label, key=key).first()
    thing = _known(model, key)
    if thing is None and seeded:
        return None, "left deleted"
    if thing is not None and (not seeded or seeded.digest != digest(thing)):
        return thing, "left as staff have it"
    if seeded and seeded.content_digest == _hash(row):
        return thing, "unchanged"
    for said in _ONLY_PEOPLE_SAY & row.keys():
        raise Mistake(f"{_called(model(), row)}: {said} is for people to say; content says compiled_on")
    row = {name: value for name, value in row.items() if name not in later}
    outcome = "made" if thing is None else "updated"
    thing = thing or model()
    if isinstance(thing, Publishable):
        row = {"status": Publishable.Status.PUBLISHED} | row
    _write(thing, row)
    return thing, outcome


def _write(thing, row):
    """Sets plain fields first, then what needs the row to be there."""
    model = type(thing)
    links, own_rows = {}, {}
    for name, value in row.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            raise Mistake(f"{_called(thing, row)}: there is no field “{name}”") from None
        if field.one_to_many or (field.one_to_one and field.auto_created):
            own_rows[name] = value if isinstance(value, list) else [value]
        elif field.many_to_many:
            found = (_find(field.related_model, key, _called(thing, row)) for key in value)
            links[name] = [other for other in found if other]
        elif field.is_relation:
            setattr(thing, name, _find(field.related_model, value, _called(thing, row)) if value else None)
        else:
            setattr(thing, name, _read(field, value, _called(thing, row)))
    try:
        thing.full_clean()
    except ValidationError as error:
        raise Mistake(f"{_called(thing, row)}: {error}") from error
    thing.save()
    for name, found in links.items():
        getattr(thing, name).set(found)
    for name, values in own_rows.items():
        relation = model._meta.get_field(name)
        relation.related_model.objects.filter(**{relation.field.name: thing}).delete()
        for value in values:
            try:
                if not _leads_nowhere(relation.related_model, value, _called(thing, row)):
                    _write(relation.related_model(**{relation.field.name: thing}), value)
            except Mistake as mistake:
                raise Mistake(f"{_called(thing, row)}: {mistake}") from mistake


def _leads_nowhere(model, row, wanted_by) -> bool:
    """Whether an own row needs something that staff deleted, so that it cannot be written."""
    needed = (field for field in model._meta.concrete_fields if field.is_relation and not field.null)
    return any(
        row.get(field.name) and _find(field.related_model, row[field.name], wanted_by) is None for field in needed
    )


def _called(thing, row) -> str:
    """For somebody who looks for the row in the content. A thing that is half set cannot always say its name."""
    known = vars(thing) | row
    return f"{type(thing)._meta.verbose_name} “{known.get('slug') or known.get('key') or row}”"


def _read(field, value, wanted_by):
    try:
        return field.to_python(str(value) if isinstance(value, float) else value)
    except ValidationError as error:
        raise Mistake(f"{wanted_by}: {field.name}: {error}") from error


def _known(model, key):
    """The thing the content calls so, also where staff have given it another name since."""
    seeded = SeededRow.objects.filter(kind=model._meta.label, key=key).first()
    if seeded:
        return model._default_manager.filter(pk=seeded.object_id).first()
    return model._default_manager.filter(**{_key_name(model): key}).first()


def _find(model, key, wanted_by):
    """What the content links to; nothing if staff deleted what the content once brought."""
    found = _known(model, key)
    if found is None and not SeededRow.objects.filter(kind=model._meta.label, key=key).exists():
        raise Mistake(f"{wanted_by} names the {model._meta.verbose_name} “{key}”, which is not there")
    return found


def digest(thing: models.Model) -> str:
    """Of everything staff could change on this thing, as the database holds it now."""
    return _hash(_state(type(thing)._default_manager.get(pk=thing.pk)))


def _hash(state: dict) -> str:
    return hashlib.sha256(json.dumps(state, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def _state(thing, leaving_out: str = "") -> dict:
    """Fields, links by primary key, and rows that belong to the thing and to nothing else."""
    meta = type(thing)._meta
    state = {
        field.name: field.value_from_object(thing)
        for field in meta.concrete_fields
        if field.name not in _NOT_COMPARED
        and field.name != leaving_out
        and (field.value_from_object(thing) or field.name not in _COMPARED_WHEN_SET)
    } | getattr(type(thing), "SEEDED_BEFORE", {})
    if isinstance(thing, Publishable) and not thing.checked_on:
        # Digests were first written when content called the day it was put together one on which it was checked.
        state["checked_on"] = state.pop("compiled_on", None)
    for field in meta.many_to_many:
        if field.remote_field.through._meta.auto_created:
            links = sorted(link.pk for link in field.value_from_object(thing))
            if links or field.name not in _COMPARED_WHEN_SET:
                state[field.name] = links
    if leaving_out:
        return state
    for relation in meta.related_objects:
        if (
            relation.on_delete is models.CASCADE
            and hasattr(relation.related_model, "history")
            and not relation.related_model._meta.auto_created
        ):
            rows = relation.related_model._default_manager.filter(**{relation.field.name: thing}).order_by("pk")
            states = [_state(row, leaving_out=relation.field.name) for row in rows]
            if states or relation.name not in _COMPARED_WHEN_SET:
                state[relation.name] = states
    return state

"""An old version of a thing, lists and all, as values that its form could hold (see cms/revisions/snapshot.py)."""

import datetime
from typing import Any

from simple_history.utils import get_m2m_reverse_field_name

from cms.revisions import snapshot
from cms.revisions.kinds import Kind
from cms.revisions.snapshot import Values

# They say who sees the page and when, and who may do what, not what it says; an old version never changes that.
STAYS = ("status", "publish_at", "unpublish_at", "owner", "checked_on", "review_on", "direct_fields")
_ONE_SAVE = datetime.timedelta(seconds=5)  # the rows of a page are written just after the page


def values_at(kind: Kind, thing: Any, record: Any) -> Values:
    """Everything the version held. What has no history is as it is today."""
    form, formsets = kind.build(thing)
    live = snapshot.shown(form, formsets)
    links = {field.name: field for field in record._history_m2m_fields}
    kept = {field.name for field in record.tracked_fields}
    fields = {}
    for name, today in live["fields"].items():
        if name in links:
            target = f"{get_m2m_reverse_field_name(links[name])}_id"
            fields[name] = snapshot.plain(list(getattr(record, name).values_list(target, flat=True)))
        elif name in kept:
            fields[name] = snapshot.plain(getattr(record, kind.model._meta.get_field(name).attname))
        else:
            fields[name] = today
    end = _end_of(record)
    rows = {formset.prefix: _rows_at(formset, thing, end, live["rows"][formset.prefix]) for formset in formsets}
    return {"fields": fields, "rows": rows}


def _end_of(record) -> datetime.datetime:
    """The moment at which all of this version was written, and nothing of the next."""
    end = record.history_date + _ONE_SAVE
    later = type(record).objects.filter(id=record.id, history_date__gt=record.history_date).order_by("history_date")
    following = later.values_list("history_date", flat=True).first()
    return min(end, following - datetime.timedelta(microseconds=1)) if following else end


def _rows_at(formset, thing, at, today) -> list[dict[str, Any]]:
    model = formset.model
    if not hasattr(model, "history"):
        return today
    names = snapshot.names_of(formset.empty_form)
    found = model.history.as_of(at).filter(**{f"{formset.fk.attname}": thing.pk})
    rows = [
        {"id": str(row.pk)}
        | {name: snapshot.plain(getattr(row, model._meta.get_field(name).attname)) for name in names}
        for row in found
    ]
    return sorted(rows, key=lambda row: int(row["id"]))


def as_it_was(old: Values, live: Values) -> Values:
    """What the thing would hold with the old version back: all it said then, seen by whoever sees it today."""
    stays = {name: live["fields"][name] for name in STAYS if name in live["fields"]}
    return {"fields": old["fields"] | stays, "rows": old["rows"]}

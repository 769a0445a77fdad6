"""What differs between two sets of values of a thing, in the words staff know its fields by."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst

from cms.backoffice.object_permissions import hidden_from
from cms.publishing.display import Words, name_of
from cms.revisions.diff_text import Difference
from cms.revisions.kinds import Kind
from cms.revisions.snapshot import Values


def differences_between(
    kind: Kind, old: Values, new: Values, *, person: Any = None, leaving_out: Iterable[str] = ()
) -> list[Difference]:
    """Field by field in the order of the form, then row by row, as this person of staff may read it; without one, as
    the public may, to whom links lead to published things only."""
    apart = [found for found in _apart(old, new) if found[1] not in leaving_out]
    return describe(kind, apart, person=person)


def _apart(old: Values, new: Values):
    for name, value in new["fields"].items():
        if value != old["fields"].get(name, ""):
            yield "", name, old["fields"].get(name, ""), value
    for prefix, rows in new["rows"].items():
        before = {row["id"]: row for row in old["rows"].get(prefix, ())}
        for row in rows:
            was = before.pop(row["id"], None) if row["id"] else None
            if was != row:
                yield prefix, "", was, row
        for was in before.values():
            yield prefix, "", was, None


def describe(kind: Kind, found: Iterable[tuple[str, str, Any, Any]], *, person: Any = None) -> list[Difference]:
    """(prefix of the list, name of the field, before, after) in words; for a row the name is empty.

    A field or a list that was in the form once and is no more is left out: nothing could say it in words.
    """
    words = Words(hidden=hidden_from(person)) if person else Words(only_public=True)
    rows = {rows.prefix(kind.model): rows.model for rows in kind.rows}
    names = {field.name for field in kind.model._meta.get_fields()}
    found = [one for one in found if (one[0] in rows if one[0] else one[1] in names)]
    for prefix, name, *both in found:
        for value in both:
            for field, part in _parts(rows[prefix] if prefix else kind.model, name, value):
                words.need(field, part)
    differences = []
    for prefix, name, old, new in found:
        if not prefix:
            field = kind.model._meta.get_field(name)
            what = name_of(kind.model, name)
            differences.append(Difference(what, words.say(field, old), words.say(field, new)))
        else:
            model = rows[prefix]
            what = capfirst(str(model._meta.verbose_name))
            note = "added" if old is None else "removed" if new is None else ""
            differences.append(Difference(what, _row(words, model, old), _row(words, model, new), note))
    return differences


def _parts(model, name, value):
    if name:
        yield model._meta.get_field(name), value
    elif value:
        known = {field.name for field in model._meta.get_fields()}
        for part, inner in value.items():
            if part != "id" and part in known:
                yield model._meta.get_field(part), inner


def _row(words, model, row) -> str:
    """What a row says, a line for each field that says something."""
    if row is None:
        return ""
    said = [
        f"{name_of(model, field.name)}: {words.say(field, value)}"
        for field, value in _parts(model, "", row)
        if value not in ("", [], False)
    ]
    return "\n".join(said)

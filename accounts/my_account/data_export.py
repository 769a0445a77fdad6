"""All that the portal holds about one person, found by walking the tables, so that a new table is never forgotten.

    a row that would go with the person, or holds their address   what stands in it
    any other row that names them                                 which thing, what they were to it, and when

A table whose rows are somebody's in another way says so itself: `theirs(person, addresses)` is which, and `untold`
names fields that are about others, or are not told to them.

No secret, and nothing about anybody else.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import CASCADE, Q, QuerySet
from django.utils.text import capfirst

from accounts.models import User
from cms.audit.models import AuditEvent

# Parts of names of fields that hold a secret, or something that is one to the right reader.
_SECRET = ("password", "secret", "digest", "key", "token", "seed", "data", "message_id", "html", "sign_outs")


def of(person: User) -> dict[str, Any]:
    typed = set(EmailAddress.objects.filter(user=person).values_list("email", flat=True)) | {person.email}
    proved = set(EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True))
    held: dict[str, list[Any]] = {}
    done: dict[str, list[Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model in (User, Session) or model._meta.proxy:
            continue
        if about := _about(model, person, proved):
            held[_called(model)] = [_whole(row, person, typed) for row in about]
        if traces := _traces(model, person, proved):
            done[_called(model)] = traces
    return {
        "you": _whole(person, person, typed),
        "about_you": held,
        "what_you_did": done,
        "what_was_decided_about_your_account": _decided(person),
    }


def _called(model: type[models.Model]) -> str:
    return f"{capfirst(str(model._meta.verbose_name_plural))} ({model._meta.label})"


def _links(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is User
    ]


def _goes_with_them(field: models.ForeignKey) -> bool:
    return field.remote_field.on_delete is CASCADE


def _is_theirs(model: type[models.Model], person: User, addresses: set[str]) -> Q | None:
    """The rows that are about this person, also by an address they have confirmed; None where a table has none of that
    kind. Addresses are kept small and compared as they are: the database takes other letters for the same."""
    if hasattr(model, "theirs"):
        return model.theirs(person, addresses)
    found = [Q(**{field.name: person}) for field in _links(model) if _goes_with_them(field)]
    if not hasattr(model, "history_user"):
        found += [Q(**{field.name: address}) for field in _emails(model) for address in addresses]
    condition: Q | None = None
    for each in found:
        condition = each if condition is None else condition | each
    return condition


def _emails(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if isinstance(field, models.EmailField)]


def _about(model: type[models.Model], person: User, addresses: set[str]) -> QuerySet | None:
    condition = _is_theirs(model, person, addresses)
    return None if condition is None else model._default_manager.filter(condition).order_by("pk")


def _whole(row: models.Model, person: User, addresses: set[str]) -> dict[str, Any]:
    told, untold = {}, getattr(row, "untold", ())
    for field in row._meta.concrete_fields:
        if any(part in field.name for part in _SECRET) or field.primary_key or field.name in untold:
            continue
        if field.name == "text" and getattr(row, "is_secret", False):
            continue
        value = field.value_from_object(row)
        if isinstance(field, models.EmailField) and value not in addresses:
            continue
        told[str(field.verbose_name)] = _in_words(row, field, value, person)
    return told


def _in_words(row: models.Model, field: models.Field, value: Any, person: User) -> Any:
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        if field.related_model is User:
            return "you" if value == person.pk else "somebody else"
        return str(getattr(row, field.name))
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return value


def _traces(model: type[models.Model], person: User, addresses: set[str]) -> list[dict[str, Any]]:
    """Rows that name the person beside something that is not theirs."""
    told = []
    links = [field for field in _links(model) if not _goes_with_them(field)]
    shown = [
        field
        for field in model._meta.concrete_fields
        if field.name not in getattr(model, "untold", ())
        and (isinstance(field, models.DateField) or (field.choices and not isinstance(field, models.ForeignKey)))
    ]
    theirs = _is_theirs(model, person, addresses)
    for link in links:
        rows = model._default_manager.filter(**{link.name: person}).order_by("pk")
        for row in rows.exclude(theirs) if theirs is not None else rows:
            line = {"which": _name_of(row), "you_were": str(link.verbose_name)}
            for field in shown:
                line[str(field.verbose_name)] = _in_words(row, field, field.value_from_object(row), person)
            told.append(line)
    for field in _emails(model) if hasattr(model, "theirs") else ():  # of somebody else's, but with their address
        rows = model._default_manager.filter(**{f"{field.name}__in": addresses}).order_by("pk")
        told += [{"which": _name_of(row), "you_were": str(field.verbose_name)} for row in rows.exclude(theirs)]
    return told


def _name_of(row: models.Model) -> str:
    """What it is called, unless it is called after somebody else's address."""
    name = row.object_words if isinstance(row, AuditEvent) else str(row)
    return "" if "@" in name else name


def _decided(person: User) -> list[dict[str, Any]]:
    lines = AuditEvent.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=person.pk)
    return [
        {"when": line.at, "what": line.get_action_display(), "from": line.old, "to": line.new, "why": line.note}
        for line in lines.order_by("pk")
    ]

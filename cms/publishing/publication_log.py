"""The audit log of what became public, was scheduled or was taken down by saving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import PermissionsMixin

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.publishing import scheduled_events
from cms.publishing.models import Publishable
from cms.publishing.states import STATES, state

_MOMENTS = {"publish_at": "publish at", "unpublish_at": "take down at"}


@contextmanager
def recorded(thing: Publishable, *, by: PermissionsMixin | None) -> Iterator[None]:
    """Around saving a published object: writes a line if what the public has of it changes. `by` is None for the
    system. What happened by itself since is written down first, since afterwards nobody could tell."""
    if thing.pk:
        scheduled_events.log_scheduled_events(thing)
    before = _standing(thing)
    yield
    _note(thing, before, by=by)


def _standing(thing: Publishable) -> dict[str, Any]:
    """What the public has of it now, by the database's clock; nothing of what is not stored yet."""
    rows = type(thing)._default_manager.order_by().filter(pk=thing.pk).annotate(state=state())
    return (rows.values("state", *_MOMENTS).first() if thing.pk else None) or {}


def _note(thing, before, *, by) -> None:
    after = _standing(thing)
    was, now, due_at = before.get("state", "draft"), after["state"], None
    is_moved = any(before.get(name) != after[name] for name in _MOMENTS)
    if now == "public" and was != "public":
        action, due_at = AuditEvent.Action.PUBLISHED, after["publish_at"]
    elif was in ("public", "scheduled") and now in ("draft", "down"):
        action, due_at = AuditEvent.Action.TAKEN_DOWN, after["unpublish_at"] if now == "down" else None
    elif now in ("public", "scheduled") and (is_moved or was != now):
        action = AuditEvent.Action.SCHEDULED
    else:
        return
    audit_log.write(action, thing, by=by, old=_in_words(before), new=_in_words(after), due_at=due_at if by else None)


def _in_words(standing: dict) -> dict[str, str]:
    if not standing:
        return {}
    moments = {_MOMENTS[name]: standing[name].isoformat() for name in _MOMENTS if standing[name]}
    return {"the public sees": STATES[standing["state"]]} | moments

"""Writes down what staff decide in the admin: what became public or went, what was deleted, who was given what."""

from django.contrib import admin
from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.list_filters import STATES, state
from cms.publishing import scheduled_events

_MOMENTS = {"publish_at": "publish at", "unpublish_at": "take down at"}


class DeletionRecordingMixin(admin.ModelAdmin):
    """For everything staff can delete."""

    def log_deletions(self, request, queryset):
        for thing in queryset:
            audit_log.write(AuditEvent.Action.DELETED, thing, by=request.user)
        return super().log_deletions(request, queryset)

    def response_action(self, request, queryset):
        """What is done to many at once, and what is written down about it, is done together or not at all."""
        with transaction.atomic():
            return super().response_action(request, queryset)


class RecordingMixin(admin.ModelAdmin):
    """For everything that is published."""

    def log_deletions(self, request, queryset):
        for thing in queryset:
            scheduled_events.log_scheduled_events(thing)
        return super().log_deletions(request, queryset)

    def save_model(self, request, obj, form, change):
        if change:
            scheduled_events.log_scheduled_events(obj)
        before = _standing(obj)
        super().save_model(request, obj, form, change)
        _note_publication(obj, before, by=request.user if request.user.pk else None)

    def save_related(self, request, form, formsets, change):
        if "given_to" not in form.changed_data:
            super().save_related(request, form, formsets, change)
            return
        old = _given(form.instance)
        super().save_related(request, form, formsets, change)
        audit_log.write(AuditEvent.Action.ROLE, form.instance, by=request.user, old=old, new=_given(form.instance))


def _given(thing) -> dict[str, list[str]]:
    return {"given to": sorted(str(person) for person in thing.given_to.order_by("pk"))}


def _standing(thing) -> dict:
    """What the public has of it now, by the database's clock; nothing of what is not stored yet."""
    rows = type(thing)._default_manager.order_by().filter(pk=thing.pk).annotate(state=state())
    return (rows.values("state", *_MOMENTS).first() if thing.pk else None) or {}


def _note_publication(thing, before, *, by) -> None:
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

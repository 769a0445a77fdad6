"""Writes down what staff decide in the admin: what became public or went, what was deleted, who was given what."""

from django.contrib import admin
from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.publishing import scheduled_events
from cms.revisions import kinds


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


class KindMixin(admin.ModelAdmin):
    """For a model whose kind is registered: the admin shows its form, and its kind saves it."""

    def save_model(self, request, obj, form, change):
        """Saved with its rows, when Django asks for these."""

    def save_related(self, request, form, formsets, change):
        kinds.of(self.model).write(form, formsets, actor=request.user)


class RecordingMixin(KindMixin):
    """For everything that is published."""

    def log_deletions(self, request, queryset):
        for thing in queryset:
            scheduled_events.log_scheduled_events(thing)
        return super().log_deletions(request, queryset)

    def save_related(self, request, form, formsets, change):
        if "given_to" not in form.changed_data:
            super().save_related(request, form, formsets, change)
            return
        old = _given(form.instance)
        super().save_related(request, form, formsets, change)
        audit_log.write(AuditEvent.Action.ROLE, form.instance, by=request.user, old=old, new=_given(form.instance))


def _given(thing) -> dict[str, list[str]]:
    people = thing.given_to.order_by("pk") if thing.pk else []
    return {"given to": sorted(str(person) for person in people)}

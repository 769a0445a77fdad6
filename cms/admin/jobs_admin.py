"""What the worker has to do and what it sends, for those who look after the portal."""

import json
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.outbox import mail
from cms.outbox.job_queue import Job, worker_is_alive
from cms.outbox.models import Mail

EVENTS = {
    "deferred": "Queued",
    "started": "Started",
    "deferred_for_retry": "Did not succeed; will be tried again",
    "failed": "Given up",
    "succeeded": "Done",
    "cancelled": "Cancelled",
    "abort_requested": "Asked to break off",
    "aborted": "Broken off",
    "scheduled": "Given a time",
    "retried": "Tried again by hand",
}

admin.site.unregister(ProcrastinateJob)


class StateFilter(admin.SimpleListFilter):
    """What is done is of little interest: it shows only when asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return model_admin.model.State.choices

    def choices(self, changelist):
        everything, *states = super().choices(changelist)
        return [everything | {"display": "All that is not done"}, *states]

    def queryset(self, request, queryset):
        if self.value() in Job.State.values:
            return queryset.filter(status=self.value())
        return queryset.exclude(status=Job.State.SUCCEEDED)


class TaskFilter(admin.SimpleListFilter):
    title = "what it does"
    parameter_name = "task"

    def lookups(self, request, model_admin):
        found = [(name, str(Job(task_name=name))) for name in app.tasks if name.partition(".")[0] != "procrastinate"]
        return sorted(found, key=lambda pair: pair[1])

    def queryset(self, request, queryset):
        return queryset.filter(task_name=self.value()) if self.value() else queryset


class MachineryAdmin(ReadOnlyMixin, BaseAdmin):
    """To be read; and tried again, if it was given up."""

    actions = None
    show_full_result_count = False
    change_form_template = "admin/machinery.html"

    def has_retry_permission(self, request):
        return request.user.has_perm(f"{self.opts.app_label}.retry_{self.opts.model_name}")

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.try_again))
        return [path("<int:pk>/again/", view, name=f"cms_{self.opts.model_name}_again"), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may = obj is not None and self.is_given_up(obj) and self.has_retry_permission(request)
        context["try_again_url"] = self._address("again", obj.pk) if may else ""
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def try_again(self, request, pk):
        if not (self.has_view_permission(request) and self.has_retry_permission(request)):
            raise PermissionDenied
        try:
            with transaction.atomic():
                thing = get_object_or_404(self.model._default_manager.select_for_update(of=("self",)), pk=pk)
                if self.is_given_up(thing):
                    self.queue_again(thing)
                    audit_log.write(AuditEvent.Action.RETRIED, thing, by=request.user)
                    messages.success(request, "It will be tried again in a moment.")
                else:
                    messages.warning(request, "It was not given up, so there is nothing to try again.")
        except UniqueViolation:  # of some kinds only one may wait
            messages.warning(request, "The next of its kind waits already, and does what this one has left.")
        return HttpResponseRedirect(self._address("change", pk))

    def _address(self, view, *arguments):
        return reverse(f"{self.admin_site.name}:cms_{self.opts.model_name}_{view}", args=arguments)

    def is_given_up(self, thing) -> bool:
        raise NotImplementedError

    def queue_again(self, thing) -> None:
        raise NotImplementedError


@admin.register(Job)
class JobAdmin(MachineryAdmin):
    list_display = ["what", "state_shown", "attempts", "due", "last_event"]
    list_filter = [StateFilter, TaskFilter]
    fields: ClassVar[Any] = ["what", "state_shown", "attempts", "due", "given", "events"]
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(last_at=Max("procrastinateevent__at"))

    def changelist_view(self, request, extra_context=None):
        if not worker_is_alive():
            messages.warning(request, "No worker is running: nothing here will be done until one is.")
        return super().changelist_view(request, extra_context)

    def is_given_up(self, thing):
        return thing.status == Job.State.FAILED

    def queue_again(self, thing):
        app.job_manager.retry_job_by_id(thing.pk, retry_at=timezone.now())

    @admin.display(description="What it does", ordering="task_name")
    def what(self, job):
        return str(job)

    @admin.display(description="State", ordering="status")
    def state_shown(self, job):
        if job.status == Job.State.TODO and job.attempts:
            return "Waiting to be tried again"
        return Job.State(job.status).label if job.status in Job.State.values else job.status

    @admin.display(description="Due", ordering="scheduled_at", empty_value="At once")
    def due(self, job):
        return _moment(job.scheduled_at) if job.scheduled_at else None

    @admin.display(description="Last heard of", ordering="last_at")
    def last_event(self, job):
        return _moment(job.last_at) if job.last_at else None

    @admin.display(description="What it was given")
    def given(self, job):
        return json.dumps(job.args)

    @admin.display(description="What happened")
    def events(self, job):
        happened = job.procrastinateevent_set.order_by("at", "pk").values_list("at", "type")
        rows = ((_moment(at), EVENTS.get(kind, kind)) for at, kind in happened)
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}: {}</li>", rows))


@admin.register(Mail)
class MailAdmin(MachineryAdmin):
    list_display = ["subject", "to", "state", "problem", "created_at", "sent_at"]
    list_filter = ["state"]
    date_hierarchy = "created_at"
    search_fields = ["to", "subject"]
    search_help_text = "Searches addresses and subjects."
    fields: ClassVar[Any] = ["subject", "to", "state", "problem", "created_at", "sent_at", "words"]
    readonly_fields = fields

    @admin.display(description="Text")
    def words(self, written):
        """A code or a key is for its reader alone: with it, whoever reads mails could sign in as somebody else."""
        return "It holds a code or a key, and is shown to nobody but its reader." if written.is_secret else written.text

    def is_given_up(self, thing):
        """Unless what it says has ended, or is gone."""
        has_ended = thing.useless_at is not None and thing.useless_at <= timezone.now()
        return thing.state == Mail.State.FAILED and bool(thing.text) and not has_ended

    def queue_again(self, thing):
        mail.try_again(thing)


def _moment(at) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i:s")

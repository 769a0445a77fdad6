"""The history of a thing in the admin: read and compared by whoever may view it, brought back by whoever may publish.

The rights to an old version are those to the thing itself, asked anew by every view here.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from simple_history.admin import SimpleHistoryAdmin

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.object_permissions import hidden_from, refuse_hidden_links
from cms.backoffice.publishable.diff_fields import differences_between
from cms.lib import datetime_fields
from cms.lib.queries import number
from cms.revisions import history, kinds, versions


class HistoryMixin(SimpleHistoryAdmin):
    has_history_permission: Callable[[Any, Any], bool]  # of BaseAdmin
    _may_bring_back: Callable[[Any, Any], bool]

    def get_urls(self):
        view = self.admin_site.admin_view(self.compare_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_compare"
        return [path("<path:object_id>/history/compare/", view, name=name), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        obj._history_user = request.user if request.user.pk else None
        super(SimpleHistoryAdmin, self).save_model(request, obj, form, change)

    def _thing(self, request, object_id):
        key = unquote(object_id)
        thing = self.get_queryset(request).filter(pk=number(key) or 0).first()
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        if not self.has_history_permission(request, thing):
            raise Http404
        return thing

    def _record(self, thing, key: str):
        records = self.model.history.select_related("history_user").filter(**{self.opts.pk.attname: thing.pk})
        found = records.filter(pk=number(key) or 0).first()
        if found is None:
            raise Http404
        return found

    def _context(self, request, thing, **more):
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": thing,
            "change_url": reverse(self._name("change"), args=[thing.pk]),
            "history_url": reverse(self._name("history"), args=[thing.pk]),
            "list_url": reverse(self._name("changelist")),
            **more,
        }

    def _name(self, view):
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{view}"

    def history_view(self, request, object_id, extra_context=None):
        thing = self._thing(request, object_id)
        saves = history.tell(thing, [inline.model for inline in self.inlines], hidden_from(request.user))
        context = self._context(
            request,
            thing,
            title=f"History of {thing}",
            page=Paginator(saves, 30).get_page(request.GET.get("p")),
            version_name=self._name("simple_history"),
            compare_url=reverse(self._name("compare"), args=[thing.pk]),
        )
        return render(request, "admin/history.html", context)

    def compare_view(self, request, object_id):
        thing = self._thing(request, object_id)
        asked = [self._record(thing, request.GET.get(name, "")) for name in ("a", "b")]
        older, newer = sorted(asked, key=lambda record: (record.history_date, record.history_id))
        old, new = (versions.values_at(kinds.of(thing), thing, record) for record in (older, newer))
        context = self._context(
            request,
            thing,
            title=f"What changed in {thing}",
            older=older,
            newer=newer,
            differences=differences_between(kinds.of(thing), old, new, person=request.user),
        )
        return render(request, "admin/compare.html", context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        thing = self._thing(request, object_id)
        found = self._record(thing, version_id)
        if request.method == "POST":
            return self._bring_back(request, thing, found)
        kind = kinds.of(thing)
        live = kind.snapshot(thing)
        old = versions.values_at(kind, thing, found)
        context = self._context(
            request,
            thing,
            title=f"{thing}, as it was on {datetime_fields.in_words(found.history_date)}",
            record=found,
            fields=history.version_in_words(found, hidden_from(request.user)),
            differences=differences_between(kind, live, versions.as_it_was(old, live), person=request.user),
            may_bring_back=self._may_bring_back(request, thing),
        )
        return render(request, "admin/version.html", context)

    def _bring_back(self, request, thing, found):
        """Through the same form that judges every other change."""
        if not self._may_bring_back(request, thing):
            raise PermissionDenied
        when = datetime_fields.in_words(found.history_date)
        try:
            with transaction.atomic():
                thing, kind = kinds.locked(thing), kinds.of(thing)
                live = kind.snapshot(thing)
                wanted = versions.as_it_was(versions.values_at(kind, thing, found), live)
                refuse_hidden_links(request.user, kind, live, wanted)
                reason = f"Brought back the version of {when}"
                kind.save(thing, wanted, actor=request.user, reason=reason, live=live)
        except ValidationError as error:
            for mistake in error.messages:
                messages.error(request, mistake)
            messages.error(request, "Nothing was changed.")
            return HttpResponseRedirect(request.path)
        audit_log.write(AuditEvent.Action.RESTORED, thing, by=request.user, new={"version of": when})
        messages.success(request, f"The version of {when} is back.")
        return HttpResponseRedirect(reverse(self._name("change"), args=[thing.pk]))

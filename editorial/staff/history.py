"""The history of a thing in the admin: read by whoever may view it, brought back by whoever may change it."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from simple_history.admin import SimpleHistoryAdmin

from editorial import history

# They say who sees the page and when, not what it says; an old version never changes that.
_STAYS = {"status", "publish_at", "unpublish_at", "owner", "checked_on", "review_on"}


class HistoryMixin(SimpleHistoryAdmin):
    def _thing(self, request, object_id):
        key = unquote(object_id)
        thing = self.get_queryset(request).filter(pk=key).first() if key.isdecimal() else None
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        return thing

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
        saves = history.tell(thing, [inline.model for inline in self.inlines])
        page = Paginator(saves, 30).get_page(request.GET.get("p"))
        context = self._context(
            request, thing, title=f"History of {thing}", page=page, version_name=self._name("simple_history")
        )
        return render(request, "admin/history.html", context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        thing = self._thing(request, object_id)
        if not version_id.isdecimal():
            raise Http404
        record = self.model.history.filter(
            pk=min(int(version_id), 2**63 - 1), **{self.opts.pk.attname: thing.pk}
        ).first()
        if record is None:
            raise Http404
        if request.method == "POST":
            return self._bring_back(request, thing, record)
        context = self._context(
            request,
            thing,
            title=f"{thing}, as it was on {_moment(record.history_date)}",
            record=record,
            fields=history.version_in_words(record),
            may_bring_back=self.has_change_permission(request, thing),
        )
        return render(request, "admin/version.html", context)

    def _bring_back(self, request, thing, record):
        """Through the same form that judges every other change."""
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        with transaction.atomic():
            form_class = self.get_form(request, thing, change=True)
            form = form_class(self._data(form_class, thing, record), instance=thing)
            if not form.is_valid():
                for name, errors in form.errors.items():
                    label = form.fields[name].label if name in form.fields else "This version"
                    messages.error(request, f"{label}: {' '.join(errors)}")
                messages.error(request, "Nothing was changed.")
                return HttpResponseRedirect(request.path)
            self.save_model(request, form.save(commit=False), form, change=True)
            form.save_m2m()
            self.log_change(request, thing, self.construct_change_message(request, form, []))
        messages.success(request, f"The version of {_moment(record.history_date)} is back.")
        return HttpResponseRedirect(reverse(self._name("change"), args=[thing.pk]))

    def _data(self, form_class, thing, record):
        names = [name for name in form_class.base_fields if name in {field.name for field in self.opts.get_fields()}]
        links = {field.name: field for field in record._history_m2m_fields}
        data = {"change_reason": f"Brought back the version of {_moment(record.history_date)}"}
        for name in names:
            field = self.opts.get_field(name)
            if name in links:
                target = f"{field.m2m_reverse_field_name()}_id"
                data[name] = list(getattr(record, name).values_list(target, flat=True))
            elif field.many_to_many:
                data[name] = list(getattr(thing, name).values_list("pk", flat=True))
            else:
                data[name] = getattr(thing if name in _STAYS else record, field.attname)
        return data


def _moment(at) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i")

"""Any list and form of staff's, whatever it is about."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import IntegrityError

from cms.backoffice.audit_mixin import DeletionRecordingMixin
from cms.backoffice.checks_mixin import unjudged
from cms.backoffice.form_fields import Choosing, FieldsMixin, is_plain, read_choices
from cms.backoffice.forms import StaffForm
from cms.backoffice.stale_form import MeanwhileMixin
from cms.lib import database_errors
from cms.lib.queries import number, read_links, together
from cms.revisions.kinds import MOST_ROWS

# What becomes of what was typed: saved on the page, kept beside it, or only looked at.
SAVED, KEPT, SKETCHED = "saved", "kept", "sketched"
EMPTY_ROWS = 2  # of each kind in a form without scripts


def is_kept_beside(request) -> bool:
    """Whether what was typed is not saved on the page itself (cms/backoffice/publishable/proposals_mixin.py)."""
    return getattr(request, "kept_beside", SAVED) != SAVED


def _left_alone(rows):
    """Rows that are only shown are not compared with each other either."""


class RowInline(FieldsMixin, admin.StackedInline):
    """Rows that belong to a thing. Folded until somebody wants them, because there are many kinds."""

    form = StaffForm
    extra = 0
    max_num = MOST_ROWS
    classes = ["collapse"]

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **{"absolute_max": MOST_ROWS} | kwargs)
        formset.form.is_kept_beside = is_kept_beside(request)
        formset.is_writable = self.has_change_permission(request, obj)
        if getattr(request, "is_only_shown", False):
            formset.form, formset.clean = unjudged(formset.form), _left_alone
        return formset

    def get_extra(self, request, obj=None, **kwargs):
        """Without scripts no button adds a row."""
        return EMPTY_ROWS if is_plain(request) else super().get_extra(request, obj, **kwargs)

    def get_queryset(self, request):
        names = [name for name in self.get_autocomplete_fields(request) if self.model._meta.get_field(name).many_to_one]
        rows = super().get_queryset(request)
        return rows.select_related(*names) if names else rows


def read_row_choices(formsets) -> None:
    """The names of what filled-in rows have chosen, for all rows in one question."""
    asked: dict[Any, set] = {}
    widgets = []
    for row in [row for rows in formsets if rows.is_bound for row in rows.forms]:
        for name, field in row.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, Choosing) and not widget.allow_multiple_selected:
                asked.setdefault(field.queryset.model, set()).update(widget.real(filter(None, [row[name].value()])))
                widgets.append((widget, field.queryset.model))
    found = together({str(model): model._base_manager.filter(pk__in=keys) for model, keys in asked.items() if keys})
    for widget, model in widgets:
        widget.found = {str(row.pk): row for row in found.get(str(model), ())}


class ReadOnlyMixin(admin.options.BaseModelAdmin):
    """For what the portal itself writes down: staff read it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class BaseAdmin(MeanwhileMixin, DeletionRecordingMixin, FieldsMixin, admin.ModelAdmin):
    """Any list and form of ours."""

    list_per_page = 50
    list_max_show_all = 200
    show_facets = admin.ShowFacets.NEVER  # a count beside each choice would cost a question each
    form: type[forms.ModelForm] = StaffForm
    form_select_related: Sequence[str] = ()

    class Media:
        js = ["js/admin/paste.js", "js/admin/editor.js", "js/admin/names.js"]

    def get_object(self, request, object_id, from_field=None):
        field = self.opts.pk if from_field is None else self.opts.get_field(from_field)
        things = self.get_queryset(request)
        if self.form_select_related:
            things = things.select_related(*self.form_select_related)
        try:
            thing = things.get(**{field.name: field.to_python(object_id)})
        except (self.model.DoesNotExist, ValidationError, ValueError):
            return None
        if request.method == "GET":
            read_links(thing, whole=not self.has_change_permission(request, thing))
        return thing

    def has_history_permission(self, request, obj) -> bool:
        return self.has_view_permission(request, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if "_saveasnew" in request.POST:  # no form of ours offers a copy, so nobody gets one
            raise PermissionDenied
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            if not database_errors.is_duplicate(error):
                raise
        # All of it is undone. Now the form sees what somebody else saved in that moment, and says so at the field.
        for file in request.FILES.values():
            file.seek(0)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        request.about = obj
        return super().get_form(request, obj, change=change, **kwargs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_read_history"] = obj is not None and self.has_history_permission(request, obj)
        context["plain_url"] = "" if is_plain(request) else f"?{request.GET.urlencode()}&plain=1"
        if self.has_change_permission(request, obj):
            read_choices(context["adminform"].form)
            read_row_choices([shown.formset for shown in context["inline_admin_formsets"]])
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def _may_bring_back(self, request, thing) -> bool:
        return self.has_change_permission(request, thing)

    def get_deleted_objects(self, objs, request):
        """Without the rows that only link two things, which mean nothing to anybody."""
        to_delete, *rest = super().get_deleted_objects(objs, request)
        return _without_links(to_delete), *rest

    def changelist_view(self, request, extra_context=None):
        if None in map(number, request.POST.getlist("_selected_action")):
            raise BadRequest("a chosen row is not a number")
        return super().changelist_view(request, extra_context)


def _without_links(told: list) -> list:
    return [
        _without_links(item) if isinstance(item, list) else item
        for item in told
        if isinstance(item, list) or " relationship: " not in item
    ]

"""Whoever saves second is told, for everything that has no way of its own to show both versions (edit_conflict.py)."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError

from cms.lib.queries import read_links
from cms.publishing.models import Publishable
from cms.revisions import snapshot

_WORDS = (
    "Somebody else saved this while you had it open, so nothing of yours is saved yet. Open it in a second window "
    "to see what they changed. If you save here once more, what you typed replaces it."
)


class MeanwhileMixin(BaseModelAdmin):
    _create_formsets: Callable[..., Any]  # of ModelAdmin

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        posted = request.POST.get("_seen")
        if posted and object_id and not issubclass(self.model, Publishable):
            thing = self.get_object(request, unquote(object_id))
            if thing is not None and self.has_change_permission(request, thing):
                request.is_changed_meanwhile = posted != self._mark_of(request, thing)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _mark_of(self, request, thing) -> str:
        saved = self.model._default_manager.get(pk=thing.pk)  # what is typed may be written on the thing already
        read_links(saved, whole=False)
        opened = copy(request)
        opened.method = "GET"
        form = self.get_form(opened, saved, change=True)(instance=saved)
        formsets, _ = self._create_formsets(opened, saved, change=True)
        return snapshot.fingerprint(snapshot.shown(form, formsets))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if not getattr(request, "is_changed_meanwhile", False):
            return form_class

        class Refused(form_class):
            def clean(self):
                super().clean()
                raise ValidationError(_WORDS, code="changed_meanwhile")

        return Refused

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["seen_mark"] = ""
        if change and not issubclass(self.model, Publishable) and self.has_change_permission(request, obj):
            form = context["adminform"].form
            rows = [inline.formset for inline in context["inline_admin_formsets"]]
            shown = self._mark_of(request, obj) if form.is_bound else snapshot.fingerprint(snapshot.shown(form, rows))
            context["seen_mark"] = shown
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

"""Shows beside the form what a reader would stumble over, before it is published."""

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.forms.utils import ErrorDict

from cms.quality.content_checks import advice


def shown_only(form_class: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """The same form, only to be looked at: it reads what was typed, and never lets Django's view save it."""

    class Shown(form_class):  # type: ignore[valid-type, misc]  # a class made at run time
        def is_valid(self):
            super().is_valid()
            return False

    return Shown


def unjudged(form_class: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """The same form, filled in and not judged yet: it asks the database nothing, and is never saved."""

    class Unjudged(form_class):  # type: ignore[valid-type, misc]  # a class made at run time
        def full_clean(self):
            self._errors, self.cleaned_data = ErrorDict(), {}

        def is_valid(self):
            return False

    return Unjudged


class ChecksMixin(BaseModelAdmin):
    """“Check now” posts the form like any other button, and nothing is saved."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        return shown_only(form_class) if "_check" in request.POST else form_class

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        context["may_check"] = may_write
        context["is_typed"] = form.is_bound
        context["findings"] = advice.look_at(form, _rows(context)) if may_write and (obj or form.is_bound) else None
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)


def _rows(context) -> list[forms.ModelForm]:
    """Those that will stay, of every list the form shows."""
    forms_shown = [form for inline in context["inline_admin_formsets"] for form in inline.formset.forms]
    return [
        form
        for form in forms_shown
        if (form.is_bound or form.instance.pk) and not (form.is_bound and form.cleaned_data.get("DELETE"))
    ]

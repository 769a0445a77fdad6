"""The fields of staff's forms, and of the rows within them."""

from collections.abc import Sequence
from functools import cache, partial
from itertools import chain
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.safestring import mark_safe

from cms.backoffice.forms import DateInput
from cms.backoffice.object_permissions import called, is_limited
from cms.lib.datetime_fields import MomentField, MomentInput
from cms.lib.queries import number, together
from cms.publishing.models import Publishable
from cms.text.richtext import RichTextField

MOST_IN_A_LIST = 2000  # choices without scripts; nobody reads more
LONG = 200  # letters a text may have before one line is too short to read it in
_ONLY_IN_FORMS = {"change_reason", "seen_at", "seen"}


def is_plain(request) -> bool:
    """Whether somebody without scripts asked for lists to choose from instead of fields to search with."""
    return "plain" in request.GET


class Choosing:
    """Looks no label up that the thing has loaded, and takes a made-up key for what it is: nothing."""

    allow_multiple_selected: bool
    thing = None
    found: dict[str, models.Model] | None = None

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = super().build_attrs(base_attrs, extra_attrs) | {"data-width": "100%"}
        return attrs | {"data-allow-clear": "false"} if self.allow_multiple_selected else attrs

    def optgroups(self, name, value, attr=None):
        chosen = [str(key) for key in value if str(key) not in self.choices.field.empty_values]
        found = self._loaded()
        if not set(chosen) <= set(found):
            found = self._asked_for(chosen)
        blank = not self.is_required and not self.allow_multiple_selected
        options = [self.create_option(name, "", "", False, 0)] if blank else []
        for key in chosen:
            if key in found:
                label = self.choices.field.label_from_instance(found[key])
                options.append(self.create_option(name, key, label, True, len(options)))
        return [(None, options, 0)]

    def _loaded(self):
        if self.found is not None:
            return self.found
        if self.thing is None or self.allow_multiple_selected or not self.field.is_cached(self.thing):
            return {}
        other = self.field.get_cached_value(self.thing)
        return {str(other.pk): other} if other else {}

    def _asked_for(self, keys):
        real = self.real(keys)
        return {str(other.pk): other for other in self.choices.queryset.filter(pk__in=real)} if real else {}

    def real(self, keys):
        """Those that could be keys; of what is typed by hand some are not."""
        to_python = self.field.related_model._meta.pk.to_python
        real = []
        for key in keys:
            try:
                real.append(to_python(getattr(key, "pk", key)))
            except ValidationError:
                continue
        return real


def read_choices(form: forms.BaseModelForm) -> None:
    """Everything that may be chosen, and the names of what is, for all fields of a form in one question."""
    asked: dict[str, QuerySet] = {}
    fields: dict[str, Any] = {
        name: field for name, field in form.fields.items() if isinstance(field, forms.ModelChoiceField)
    }
    for name, field in fields.items():
        widget = getattr(field.widget, "widget", field.widget)
        if widget.is_hidden or isinstance(field.choices, list):
            continue
        if not isinstance(widget, Choosing):
            asked[name] = field.queryset
        elif widget.allow_multiple_selected and (keys := widget.real(form[name].value() or ())):
            asked[name] = field.queryset.filter(pk__in=keys)
    for name, rows in together(asked).items():
        field = fields[name]
        widget = getattr(field.widget, "widget", field.widget)
        if isinstance(widget, Choosing):
            widget.found = {str(row.pk): row for row in rows}
            continue
        blank = [("", field.empty_label)] if getattr(field, "empty_label", None) is not None else []
        field.choices = blank + [(row.pk, field.label_from_instance(row)) for row in rows]


class ChooseOne(Choosing, AutocompleteSelect):
    pass


class ChooseMany(Choosing, AutocompleteSelectMultiple):
    pass


class FieldsMixin(BaseModelAdmin):
    """The fields of forms and of rows within them."""

    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
        models.DateField: {"widget": DateInput},
        models.URLField: {"assume_scheme": "https"},
    }
    checkbox_fields: Sequence[str] = ()  # many-to-many fields with few choices, all of them shown

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if type(db_field) is models.CharField and (db_field.max_length or 0) >= LONG and not db_field.choices:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "class": "vTextField"}))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "owner" or db_field.name in self.checkbox_fields:
            field.widget = getattr(field.widget, "widget", field.widget)  # without the signs for adding and changing
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        is_searched = db_field.name in self.get_autocomplete_fields(request)
        if is_searched and is_plain(request):
            field = super().formfield_for_foreignkey(db_field, request, **kwargs | {"widget": forms.Select})
            return self._with_plain_list(request, self._within_sight(request, db_field, field))
        if is_searched:
            kwargs["widget"] = ChooseOne(db_field, self.admin_site)
        return self._within_sight(request, db_field, super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.checkbox_fields:
            kwargs["widget"] = forms.CheckboxSelectMultiple
        elif db_field.name in self.get_autocomplete_fields(request):
            if is_plain(request):
                field = super().formfield_for_manytomany(db_field, request, **kwargs | {"widget": forms.SelectMultiple})
                return self._with_plain_list(request, self._within_sight(request, db_field, field))
            kwargs["widget"] = ChooseMany(db_field, self.admin_site)
        return self._within_sight(request, db_field, super().formfield_for_manytomany(db_field, request, **kwargs))

    def _within_sight(self, request, db_field, field):
        """Whose rights are limited can lead a thing only to what they may see, and to where it leads already."""
        model = db_field.related_model
        if not issubclass(model, Publishable) or not is_limited(request.user):
            return field
        field.label_from_instance = partial(called, request.user)
        if not getattr(request, "is_only_shown", False):
            readable = Q(pk__in=model._default_manager.readable_by(request.user).order_by().values("pk"))
            linked = Q(pk__in=self._linked(request, db_field)) | Q(pk__in=_proposed(request, db_field.name))
            field.queryset = field.queryset.filter(readable | linked)
        return field

    def _linked(self, request, db_field):
        """Where the thing of the form, or any row of it, leads now."""
        parent = getattr(self, "parent_model", None)  # of a list of rows
        own = self.opts.pk if parent is None else _link_to(parent, self.model)
        thing = getattr(request, "about", None)
        return self.model._base_manager.filter(**{own.name: thing and thing.pk}).order_by().values(db_field.name)

    def _with_plain_list(self, request, field):
        """Everything that a search would find, read once for all fields and rows that choose from it."""
        model = field.queryset.model
        lists = request.__dict__.setdefault("plain_lists", {})
        if model not in lists:
            lists |= self._read_plain_lists(request)
        blank = [] if isinstance(field, forms.ModelMultipleChoiceField) else [("", "Nothing")]
        field.choices = blank + lists[model]
        return field

    def _read_plain_lists(self, request):
        searched = {
            part.model._meta.get_field(name).related_model
            for part in (self, *getattr(self, "inlines", ()))
            for name in part.autocomplete_fields
        }
        asked = {
            model._meta.label: self.admin_site.get_model_admin(model).get_queryset(request)[:MOST_IN_A_LIST]
            for model in searched
        }
        found = together(asked)
        return {model: [(row.pk, str(row)) for row in found[model._meta.label]] for model in searched}

    def get_fieldsets(self, request, obj=None):
        """Who may only read gets texts as texts, and no fields that only ask."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(title, options | {"fields": self._readable(options["fields"])}) for title, options in fieldsets]

    def _readable(self, names):
        readable = []
        for name in names:
            if isinstance(name, (list, tuple)):
                readable.append(tuple(self._readable(name)))
            elif name not in _ONLY_IN_FORMS:
                readable.append(self._as_text(name))
        return readable

    def _as_text(self, name):
        field = next((field for field in self.model._meta.fields if field.name == name), None)
        return _text_of(name, field) if isinstance(field, RichTextField) or name == "owner" else name

    def get_readonly_fields(self, request, obj=None):
        told = [name for name in flatten_fieldsets(self.get_fieldsets(request, obj)) if callable(name)]
        return [*super().get_readonly_fields(request, obj), *told]


def _link_to(parent, model):
    return next(field for field in model._meta.concrete_fields if field.related_model is parent)


def _proposed(request, name) -> set[int]:
    """Where the change that is written on leads, whoever wrote so."""
    proposal = getattr(request, "proposal", None)
    if proposal is None:
        return set()
    parts = [proposal.values["fields"], *chain.from_iterable(proposal.values["rows"].values())]
    held = [part[name] for part in parts if name in part]
    keys = chain.from_iterable(value if isinstance(value, list) else [value] for value in held)
    return {key for key in map(number, map(str, keys)) if key is not None}


@cache
def _text_of(name, field):
    def told(thing):
        value = getattr(thing, name)
        return mark_safe(value) if isinstance(field, RichTextField) else str(value or "Nobody")  # noqa: S308 - cleaned before it was stored

    told.short_description = field.verbose_name
    told.__name__ = name
    return told

"""What each app's admin is built from: lists, forms and rows for staff, for anything that is published.

The law here: a list or a form asks the database the same few questions however many rows there are.
"""

import datetime
from collections.abc import Sequence
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, ValidationError
from django.db import models
from django.db.models import Case, CharField, Q, Value, When, prefetch_related_objects
from django.db.models.functions import Now
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from editorial.forms import DateInput, DateTimeInput, PublishableForm, ThingForm
from editorial.models import Publishable
from editorial.previews import PreviewMixin
from editorial.records import HistoryMixin
from editorial.richtext import RichTextField

STATES = {
    "public": "Public now",
    "draft": "Draft",
    "scheduled": "Scheduled",
    "down": "Taken down",
}
PUBLICATION: Any = (
    "Publication",
    {
        "fields": [
            "status",
            ("publish_at", "unpublish_at"),
            "owner",
            ("checked_on", "review_on"),
            "change_reason",
            "seen_at",
        ],
        "description": "Who sees this page, from when, and who keeps it true. All times are Derby time.",
    },
)
MOST_ROWS = 200  # of one kind in one form; a form that claims more is not believed
LONG = 200  # letters a text may have before one line is too short to read it in
_ONLY_IN_FORMS = {"change_reason", "seen_at"}


def state() -> Case:
    """What the public has of a page this moment, by the database's clock."""
    return Case(
        When(status=Publishable.Status.DRAFT, then=Value("draft")),
        When(unpublish_at__lte=Now(), then=Value("down")),
        When(publish_at__gt=Now(), then=Value("scheduled")),
        default=Value("public"),
        output_field=CharField(),
    )


def state_in_words(thing) -> str:
    if thing.state == "scheduled":
        return f"Scheduled for {_moment(thing.publish_at)}"
    if thing.state == "public" and thing.unpublish_at:
        return f"Public until {_moment(thing.unpublish_at)}"
    return STATES[thing.state]


def _moment(at) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i")


class _Choosing:
    """Looks no label up that the thing has loaded, and takes a made-up key for what it is: nothing."""

    thing = None

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
        if self.thing is None or self.allow_multiple_selected or not self.field.is_cached(self.thing):
            return {}
        other = self.field.get_cached_value(self.thing)
        return {str(other.pk): other} if other else {}

    def _asked_for(self, keys):
        to_python = self.field.related_model._meta.pk.to_python
        real = []
        for key in keys:
            try:
                real.append(to_python(key))
            except ValidationError:
                continue
        return {str(other.pk): other for other in self.choices.queryset.filter(pk__in=real)} if real else {}


class ChooseOne(_Choosing, AutocompleteSelect):
    pass


class ChooseMany(_Choosing, AutocompleteSelectMultiple):
    pass


class FieldsMixin(BaseModelAdmin):
    """The fields of forms and of rows within them."""

    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": DateTimeInput},
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
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ChooseOne(db_field, self.admin_site)
        elif db_field.name == "owner":
            kwargs["queryset"] = self._possible_owners(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.checkbox_fields:
            kwargs["widget"] = forms.CheckboxSelectMultiple
        elif db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ChooseMany(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _possible_owners(self, request):
        """Staff who can sign in, and whoever owns this page already."""
        pk = request.resolver_match.kwargs.get("object_id", "")
        owns_it = Q(pk__in=self.model._base_manager.filter(pk=pk).values("owner")) if pk.isdecimal() else Q()
        can_sign_in = Q(is_staff=True, is_active=True)
        return get_user_model()._default_manager.filter(can_sign_in | owns_it if pk.isdecimal() else can_sign_in)

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


@cache
def _text_of(name, field):
    def told(thing):
        value = getattr(thing, name)
        return mark_safe(value) if isinstance(field, RichTextField) else str(value or "Nobody")  # noqa: S308 - cleaned before it was stored

    told.short_description = field.verbose_name
    told.__name__ = name
    return told


class RowInline(FieldsMixin, admin.StackedInline):
    """Rows that belong to a thing. Folded until somebody wants them, because there are many kinds."""

    form = ThingForm
    extra = 0
    max_num = MOST_ROWS
    classes = ["collapse"]

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"absolute_max": MOST_ROWS} | kwargs)

    def get_queryset(self, request):
        names = [name for name in self.get_autocomplete_fields(request) if self.model._meta.get_field(name).many_to_one]
        rows = super().get_queryset(request)
        return rows.select_related(*names) if names else rows


class ThingAdmin(FieldsMixin, admin.ModelAdmin):
    """Any list and form of ours."""

    list_per_page = 50
    list_max_show_all = 200
    show_facets = admin.ShowFacets.NEVER  # a count beside each choice would cost a question each
    form: type[forms.ModelForm] = ThingForm
    form_select_related: Sequence[str] = ()

    class Media:
        js = ["js/admin/editor.js", "js/admin/names.js"]

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

    def get_deleted_objects(self, objs, request):
        """Without the rows that only link two things, which mean nothing to anybody."""
        to_delete, *rest = super().get_deleted_objects(objs, request)
        return _without_links(to_delete), *rest

    def changelist_view(self, request, extra_context=None):
        if not all(key.isdecimal() for key in request.POST.getlist("_selected_action")):
            raise BadRequest("a chosen row is not a number")
        return super().changelist_view(request, extra_context)


def _without_links(told: list) -> list:
    return [
        _without_links(item) if isinstance(item, list) else item
        for item in told
        if isinstance(item, list) or " relationship: " not in item
    ]


def read_links(thing, *, whole: bool) -> None:
    """Loads all many-to-many links of one thing; unless whole, in one question, and only their keys."""
    names = [field.name for field in thing._meta.many_to_many if field.remote_field.through._meta.auto_created]
    if whole:
        prefetch_related_objects([thing], *names)
    if whole or not names:
        return
    questions = []
    for name in names:
        field = thing._meta.get_field(name)
        rows = field.remote_field.through._base_manager.filter(**{field.m2m_field_name(): thing.pk})
        questions.append(rows.order_by().values_list(Value(name, CharField()), f"{field.m2m_reverse_field_name()}_id"))
    found: dict[str, list[int]] = {name: [] for name in names}
    for name, key in questions[0].union(*questions[1:], all=True):
        found[name].append(key)
    cache = {}
    for name in names:
        related = thing._meta.get_field(name).related_model
        cache[name] = getattr(thing, name).all()
        cache[name]._result_cache = [related(pk=key) for key in found[name]]
        cache[name]._prefetch_done = True
    thing._prefetched_objects_cache = cache


class StateFilter(admin.SimpleListFilter):
    title = "what the public sees"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


class ReviewFilter(admin.SimpleListFilter):
    title = "when to check again"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("due", "Now"), ("soon", "Within 30 days"), ("later", "Later"), ("never", "No day is set")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        soon = today + datetime.timedelta(days=30)
        asked = {
            "due": Q(review_on__lte=today),
            "soon": Q(review_on__gt=today, review_on__lte=soon),
            "later": Q(review_on__gt=soon),
            "never": Q(review_on=None),
        }
        return queryset.filter(asked.get(self.value(), Q()))


class OwnerFilter(admin.SimpleListFilter):
    title = "who keeps it true"
    parameter_name = "kept_by"

    def lookups(self, request, model_admin):
        return [("me", "I do"), ("others", "Somebody else"), ("nobody", "Nobody yet")]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(owner=request.user)
        if self.value() == "others":
            return queryset.exclude(owner=None).exclude(owner=request.user)
        return queryset.filter(owner=None) if self.value() == "nobody" else queryset


class PublishableAdmin(PreviewMixin, HistoryMixin, ThingAdmin):
    """Anything with a status."""

    form = PublishableForm
    list_select_related = ["owner"]
    form_select_related = ["owner"]
    list_filter = [StateFilter, ReviewFilter, OwnerFilter]
    own_fieldsets: list = []

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(state=state())

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def get_changeform_initial_data(self, request):
        return {"owner": request.user.pk} | super().get_changeform_initial_data(request)

    @admin.display(description="Status", ordering="state")
    def state_shown(self, thing):
        return format_html('<span class="state state--{}">{}</span>', thing.state, state_in_words(thing))

    @admin.display(description="Check again on", ordering="review_on", empty_value="No day is set")
    def review_shown(self, thing):
        if thing.review_on is None:
            return None
        day = formats.date_format(thing.review_on, "j M Y")
        return format_html('<span class="due">{}: now</span>', day) if thing.review_on <= timezone.localdate() else day

    def view_on_site(self, thing):
        return thing.get_absolute_url() if getattr(thing, "state", "") == "public" else None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["thing_state"] = obj.state if obj else ""
        context["thing_state_words"] = state_in_words(obj) if obj else ""
        context["preview_url"] = self.preview_url(obj) if obj and obj.state != "public" else ""
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

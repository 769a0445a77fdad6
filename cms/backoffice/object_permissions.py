"""Who may do what to a single thing, in the admin: Django's permissions, and the one rule over objects.

docs/staff.md shows it as a table; tests/cms/test_permissions.py tests it as one.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404

from cms.publishing import permissions
from cms.publishing.display import HIDDEN, name_of
from cms.publishing.models import Publishable
from cms.publishing.permissions import hidden_from, is_limited, key_of
from cms.revisions.kinds import Kind
from cms.revisions.snapshot import Values


def may_change_people(user) -> bool:
    """Whoever is limited gives nobody any rights."""
    people = get_user_model()._meta
    right = f"{people.app_label}.{get_permission_codename('change', people)}"
    return user.has_perm(right) and not is_limited(user)


def called(person, thing: Any) -> str:
    """The name of a thing, for somebody who may see it."""
    return HIDDEN if key_of(thing) in hidden_from(person) else str(thing)


class _Unnamed:
    """Stands on a page in the place of what somebody may not see."""

    def __init__(self, model, pk):
        self._meta, self.pk = model._meta, pk

    def __str__(self):
        return HIDDEN


def hide_links(person, thing):
    """Whatever it leads to and the person may not see loses its name, for a page that only shows it."""
    hidden = hidden_from(person)
    for field in thing._meta.concrete_fields:
        key = getattr(thing, field.attname)
        if field.is_relation and (field.related_model._meta.label_lower, key) in hidden:
            field.set_cached_value(thing, _Unnamed(field.related_model, key))
    for links in getattr(thing, "_prefetched_objects_cache", {}).values():
        links._result_cache = [_Unnamed(links.model, one.pk) if key_of(one) in hidden else one for one in links]


def keep_hidden_choices(person, form):
    """In a list of what somebody may see, what the form holds already has a place, too: else saving would undo it."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField) and isinstance(field.choices, list):
            label, value = field.queryset.model._meta.label_lower, form[name].value()
            keys = {str(getattr(one, "pk", one)) for one in (value if isinstance(value, (list, tuple)) else [value])}
            hidden = [key for kind, key in hidden_from(person) if kind == label and str(key) in keys]
            field.choices = [*field.choices, *((key, HIDDEN) for key in hidden)]


def refuse_hidden_links(person, kind: Kind, live: Values, wanted: Values) -> None:
    """Raises ValidationError where these values lead to what the person may not see, and the object does not now."""
    hidden = hidden_from(person)
    there = set(_links(kind, live)) if hidden else set()
    for name, key in _links(kind, wanted) if hidden else ():
        if key in hidden and (name, key) not in there:
            raise ValidationError(f"{name}: it leads to something that you may not see.", code="hidden")


def _links(kind: Kind, values: Values) -> Iterator[tuple[str, permissions.ObjectKey]]:
    """Each link to something published: the label of its field, and where it leads."""
    rows = {rows.prefix(kind.model): rows.model for rows in kind.rows}
    parts = [(kind.model, values["fields"])]
    parts += [(rows[prefix], row) for prefix, found in values["rows"].items() for row in found]
    for model, part in parts:
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if field.name in part and field.related_model and issubclass(field.related_model, Publishable):
                value = part[field.name]
                for key in value if isinstance(value, list) else filter(None, [value]):
                    yield name_of(model, field.name), (field.related_model._meta.label_lower, int(key))


class SharedMixin(BaseModelAdmin):
    """For what everybody's pages lean on, such as sources: whose rights are limited may look and add, and no more."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not is_limited(request.user)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not is_limited(request.user)


class ReachMixin(BaseModelAdmin):
    """Somebody whose rights are limited sees what is public and what they were given, and works on what they were
    given. A thing they may not see is not found, whatever view asks for it."""

    def get_queryset(self, request):
        return super().get_queryset(request).readable_by(request.user)

    def get_object(self, request, object_id, from_field=None):
        thing = super().get_object(request, object_id, from_field)
        if thing is None and is_limited(request.user):
            raise Http404
        return thing

    def get_readonly_fields(self, request, obj=None):
        """To give somebody a thing is to give them rights, which is for those who may change people."""
        names = super().get_readonly_fields(request, obj)
        return names if may_change_people(request.user) else [*names, "given_to"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name != "given_to":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        limited = Q(is_limited=True, is_staff=True, is_active=True)
        about = getattr(request, "about", None)
        given = db_field.remote_field.through._base_manager.filter(**{db_field.m2m_field_name(): about and about.pk})
        people = get_user_model()._default_manager.filter(limited | Q(pk__in=given.values("user")))
        return db_field.formfield(queryset=people, widget=forms.CheckboxSelectMultiple, required=False)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        rows = [row for shown in context["inline_admin_formsets"] for row in shown.formset.forms]
        for form in [context["adminform"].form, *rows] if hidden_from(request.user) else ():
            hide_links(request.user, form.instance)
            keep_hidden_choices(request.user, form)
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def _is_within_reach(self, request, thing) -> bool:
        return permissions.is_within_reach(request.user, thing)

    def get_deleted_objects(self, objs, request):
        """What goes with a thing, or holds it back, may be called after what its reader may not see."""
        to_delete, counts, needed, holding = super().get_deleted_objects(objs, request)
        if is_limited(request.user):
            to_delete = [item for item in to_delete if not isinstance(item, list)]
            holding = [HIDDEN] if holding else []
        return to_delete, counts, needed, holding

    def has_view_permission(self, request, obj=None):
        if not super().has_view_permission(request, obj):
            return False
        return obj is None or key_of(obj) not in hidden_from(request.user)

    def has_add_permission(self, request):
        """A new thing is given to nobody, so who is limited cannot add one."""
        return super().has_add_permission(request) and not is_limited(request.user)

    def has_change_permission(self, request, obj=None):
        return permissions.may_change(request.user, self.model, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    def _may_bring_back(self, request, thing) -> bool:
        """An old version of what is public is public at once; of a draft, whoever may change it brings it back."""
        is_draft = thing.status == Publishable.Status.DRAFT
        return self.has_change_permission(request, thing) and (is_draft or self.has_publish_permission(request, thing))

    def has_publish_permission(self, request, obj=None) -> bool:
        """Whether they may decide what the public reads: publish, schedule, take down, and judge proposals."""
        return permissions.may_publish(request.user, self.model, obj)

    def has_history_permission(self, request, obj) -> bool:
        """Old versions say what once was a draft, so being public today is not enough."""
        return self.has_view_permission(request, obj) and self._is_within_reach(request, obj)

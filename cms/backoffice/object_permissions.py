"""Who may do what to a single thing, in the admin: Django's permissions, and the one rule over objects.

docs/staff.md shows it as a table; tests/cms/test_permissions.py tests it as one.
"""

from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth import get_permission_codename, get_user_model
from django.db.models import CharField, Q, Value
from django.http import Http404

from cms.publishing.display import HIDDEN
from cms.publishing.models import Publishable, publishable_models
from cms.revisions.form_replay import is_the_portal


def is_limited(user) -> bool:
    return getattr(user, "is_limited", False) and not user.is_superuser  # nobody signed in has no such thing


def may_change_people(user) -> bool:
    """Whoever is limited gives nobody any rights."""
    people = get_user_model()._meta
    right = f"{people.app_label}.{get_permission_codename('change', people)}"
    return user.has_perm(right) and not is_limited(user)


AccessToken = tuple[str, int]  # of a thing: the label of its kind, and its own key


def _reach_of(person) -> tuple[set[AccessToken], set[AccessToken]]:
    """What somebody whose rights are limited was given, and what they may not see. Read once for each request, which
    has a person of its own."""
    if not hasattr(person, "_reach"):
        kinds = [(model._meta.label_lower, model._default_manager.order_by()) for model in publishable_models()]
        asked = [_keys("given", label, things.within_reach_of(person)) for label, things in kinds]
        for label, things in kinds:
            asked.append(_keys("hidden", label, things.exclude(pk__in=things.readable_by(person).values("pk"))))
        found: dict[str, set[AccessToken]] = {"given": set(), "hidden": set()}
        for what, *key in asked[0].union(*asked[1:], all=True):
            found[what].add((key[0], key[1]))
        person._reach = found["given"], found["hidden"]
    return person._reach


def _keys(what, label, things):
    return things.values_list(Value(what, CharField()), Value(label, CharField()), "pk")


def key_of(thing: Any) -> AccessToken:
    return thing._meta.label_lower, thing.pk


def hidden_from(person) -> set[AccessToken]:
    return _reach_of(person)[1] if is_limited(person) else set()


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
        if is_the_portal(request) or thing is None or not is_limited(request.user):
            return True
        return key_of(thing) in _reach_of(request.user)[0]

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
        if is_the_portal(request):
            return True
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    def _may_bring_back(self, request, thing) -> bool:
        """An old version of what is public is public at once; of a draft, whoever may change it brings it back."""
        is_draft = thing.status == Publishable.Status.DRAFT
        return self.has_change_permission(request, thing) and (is_draft or self.has_publish_permission(request, thing))

    def has_publish_permission(self, request, obj=None) -> bool:
        """Whether they may decide what the public reads: publish, schedule, take down, and judge proposals."""
        if is_the_portal(request):
            return True
        right = f"{self.opts.app_label}.{get_permission_codename('publish', self.opts)}"
        return request.user.has_perm(right) and self.has_change_permission(request, obj)

    def has_history_permission(self, request, obj) -> bool:
        """Old versions say what once was a draft, so being public today is not enough."""
        return self.has_view_permission(request, obj) and self._is_within_reach(request, obj)

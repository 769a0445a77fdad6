"""Who may do what to a single thing, in the admin: Django's permissions, and the one rule over objects.

docs/staff.md shows it as a table; tests/editorial/test_permissions.py tests it as one.
"""

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth import get_permission_codename, get_user_model
from django.db.models import Q
from django.http import Http404

from editorial.models import Publishable


def is_limited(user) -> bool:
    return getattr(user, "is_limited", False) and not user.is_superuser  # nobody signed in has no such thing


def may_change_people(user) -> bool:
    people = get_user_model()._meta
    return user.has_perm(f"{people.app_label}.{get_permission_codename('change', people)}")


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

    def _is_within_reach(self, request, thing) -> bool:
        if getattr(request, "is_the_portal", False):  # carries out what somebody with the right decided (publishing.py)
            return True
        if thing is None or not is_limited(request.user):
            return True
        return self.model._default_manager.within_reach_of(request.user).filter(pk=thing.pk).exists()

    def has_view_permission(self, request, obj=None):
        if not super().has_view_permission(request, obj):
            return False
        return obj is None or not is_limited(request.user) or self._may_read(request, obj)

    def _may_read(self, request, thing):
        return self.model._default_manager.readable_by(request.user).filter(pk=thing.pk).exists()

    def has_add_permission(self, request):
        """A new thing is given to nobody, so who is limited cannot add one."""
        return super().has_add_permission(request) and not is_limited(request.user)

    def has_change_permission(self, request, obj=None):
        if getattr(request, "is_the_portal", False):
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
        if getattr(request, "is_the_portal", False):
            return True
        right = f"{self.opts.app_label}.{get_permission_codename('publish', self.opts)}"
        return request.user.has_perm(right) and self.has_change_permission(request, obj)

    def has_history_permission(self, request, obj) -> bool:
        """Old versions say what once was a draft, so being public today is not enough."""
        return self.has_view_permission(request, obj) and self._is_within_reach(request, obj)

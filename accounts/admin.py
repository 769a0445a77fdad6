"""People and their rights. The law here: nobody can give, or take over, more than they have themselves."""

from itertools import groupby
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from accounts import roles
from accounts.models import User
from editorial import record
from editorial.forms import ThingForm
from editorial.models import AuditEvent
from editorial.staff import SharedMixin, ThingAdmin
from editorial.staff.reach import HIDDEN, called, is_limited
from editorial.words import name_of

apps.get_app_config("auth").verbose_name = "People and rights"  # groups stand under the same heading as people
admin.site.unregister(Group)

_ACTIONS = {
    "view": "look at",
    "add": "add",
    "change": "change",
    "delete": "delete",
    "publish": "publish and take down",
    "export": "export",
}


def rights_of(person) -> set[int]:
    """All rights somebody has by group or by name, signed in or shut out. Not those of a superuser, who needs none.

    Read once for each request, since every request has its own objects.
    """
    if not hasattr(person, "_rights"):
        found = Permission.objects.filter(Q(group__user=person) | Q(user=person))
        person._rights = set(found.values_list("pk", flat=True))
    return person._rights


def grantable_rights(editor):
    """The rights somebody may hand on: those they hold."""
    offered = (
        Permission.objects.select_related("content_type")
        .exclude(content_type__app_label__in=("admin", "contenttypes", "sessions"))
        .exclude(content_type__app_label="procrastinate", codename__regex="^(add|change|delete)_")
        .exclude(content_type__model__startswith="historical")
        .exclude(content_type__model__in=("permission", "seededrow", "edition", "moment"))
        .order_by("content_type__app_label", "content_type__model", "pk")
    )
    return offered if editor.is_superuser else offered.filter(pk__in=rights_of(editor))


def grantable_groups(editor):
    """The groups somebody may put people into: those with no right they lack themselves."""
    if editor.is_superuser:
        return Group.objects.all()
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=rights_of(editor)))


def may_change(editor, person) -> bool:
    """To change somebody's address or password is to become them, so it takes every right they have. Whoever is
    limited has theirs over few things only, so they change nobody but themselves."""
    if editor.is_superuser or editor == person:
        return True
    return not is_limited(editor) and not person.is_superuser and rights_of(person) <= rights_of(editor)


class GivingMixin(BaseModelAdmin):
    """Whoever is limited gives nobody a right, themselves least of all."""

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not is_limited(request.user)


_CLAIMS = ("is_active", "is_staff", "is_limited", "is_superuser")


def rights_in_words(thing: User | Group) -> dict[str, Any]:
    """What the record says somebody, or a group, may do."""
    if isinstance(thing, Group):
        held = thing.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
        return {"rights": [f"{_in_words(right)}: {_named(right.content_type)}" for right in held]}
    told = {name_of(User, name): getattr(thing, name) for name in _CLAIMS}
    told["groups"] = [group.name for group in thing.groups.order_by("name")]
    told["rights of their own"] = [right.name for right in thing.user_permissions.order_by("pk")]
    return told


class RightsRecordingMixin(BaseModelAdmin):
    """Whatever changes of somebody's rights is written down, from what to what."""

    def save_form(self, request, form, change):
        stored = self.model._default_manager.filter(pk=form.instance.pk).first() if change else None
        form.rights_before = rights_in_words(stored) if stored else {}
        return super().save_form(request, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        new = rights_in_words(form.instance)
        old = form.rights_before or {name: [] if isinstance(value, list) else False for name, value in new.items()}
        changed = [name for name in new if new[name] != old[name]]
        if changed:
            record.write(
                AuditEvent.Action.ROLE,
                form.instance,
                by=request.user,
                old={name: old[name] for name in changed},
                new={name: new[name] for name in changed},
            )


class PersonForm(UserChangeForm):
    editor: User  # who is signed in; set by the admin
    password = None  # type: ignore[assignment]  # a page of its own sets it

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].label = "may do everything"
            self.fields[
                "is_superuser"
            ].help_text = "Whatever the groups say, and for ever. Give this to as few as you can."
        if "groups" in self.fields:
            self.fields["groups"].queryset = grantable_groups(self.editor)
            self.fields["groups"].help_text = "You can give away only rights that you have yourself."

    def clean(self):
        cleaned = super().clean()
        if self.instance == self.editor:
            for name in ("is_active", "is_staff"):
                if name in self.fields and not cleaned.get(name):
                    words = "You cannot shut yourself out. Ask a colleague to do it."
                    self.add_error(name, ValidationError(words, code="yourself"))
        return cleaned


class NewPersonForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class PasswordForm(AdminPasswordChangeForm):
    """Everybody signs in with a password, so there is no switch for that."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        self.fields.pop("usable_password", None)


@admin.register(User)
class UserAdmin(GivingMixin, RightsRecordingMixin, ThingAdmin, DjangoUserAdmin):
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = PasswordForm
    change_user_password_template = "admin/password.html"  # noqa: S105 - a file, not a password
    add_form_template = "admin/change_form.html"
    list_display = ["email", "name", "is_staff", "may_do", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    list_select_related = False
    search_fields = ["email", "name"]
    search_help_text = "Searches names and e-mail addresses."
    readonly_fields = ["sign_in", "given", "last_login", "joined_at"]
    ordering = ["email"]
    filter_horizontal = ()
    checkbox_fields = ("groups",)
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "name", "password1", "password2"],
                "description": "When you have saved, say on the next page what they may do.",
            },
        )
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        may_change_them = self.has_change_permission(request, obj)
        return [
            (None, {"fields": ["email", "name", *(["sign_in"] if may_change_them else [])]}),
            (
                "What they may do",
                {
                    "fields": [
                        "is_active",
                        "is_staff",
                        "groups",
                        "is_limited",
                        "given",
                        *(["is_superuser"] if request.user.is_superuser else []),
                    ]
                },
            ),
            ("Dates", {"fields": ["last_login", "joined_at"]}),
        ]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    def get_object(self, request, object_id, from_field=None):
        person = super().get_object(request, object_id, from_field)
        if person is not None:
            person.shown_to = request.user
        return person

    def get_readonly_fields(self, request, obj=None):
        names = super().get_readonly_fields(request, obj)
        return [*names, *_CLAIMS, "groups"] if is_limited(request.user) else names

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or may_change(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj != request.user and may_change(request.user, obj)))

    @admin.display(description="Password")
    def sign_in(self, person):
        address = reverse(f"{self.admin_site.name}:auth_user_password_change", args=[person.pk])
        return format_html('<a class="button" href="{}">Set a new password</a>', address)

    @admin.display(description="Given to them")
    def given(self, person):
        """Whatever app it lives in: those have fields that lead here."""
        kinds = [link for link in User._meta.related_objects if link.field.name == "given_to"]
        things = [thing for link in kinds for thing in getattr(person, link.get_accessor_name()).all()]
        return format_html_join(", ", "{}", ([self._link(person.shown_to, thing)] for thing in things)) or "–"

    def _link(self, reader, thing):
        name = called(reader, thing)
        return name if name == HIDDEN else format_html('<a href="{}">{}</a>', self._form_of(thing), name)

    def _form_of(self, thing):
        meta = thing._meta
        return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):  # noqa: A002 - Django's name for it
        """That it was set is written down; what it is, never."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            record.write(AuditEvent.Action.PASSWORD, self.get_object(request, id), by=request.user)
        return response

    @admin.display(description="Groups")
    def may_do(self, person):
        groups = ", ".join(sorted(group.name for group in person.groups.all()))
        return "Everything" if person.is_superuser else groups or "Nothing"


class GroupForm(ThingForm):
    """Rights that whoever is editing may not grant stay as they are."""

    editor: User

    class Meta:
        model = Group
        fields = ["name", "permissions"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            field = self.fields["permissions"]
            field.queryset = grantable_rights(self.editor)
            field.label = "What its people may do"
            field.help_text = "You can give away only rights that you have yourself."
            by_model = groupby(field.queryset, key=lambda right: right.content_type)
            field.choices = [
                (_named(kind), [(right.pk, _in_words(right)) for right in rights]) for kind, rights in by_model
            ]

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and "permissions" in cleaned:
            out_of_reach = self.instance.permissions.exclude(pk__in=self.fields["permissions"].queryset)
            cleaned["permissions"] = [*cleaned["permissions"], *out_of_reach]
        return cleaned


def _named(content_type) -> str:
    model = content_type.model_class()
    return capfirst(str(model._meta.verbose_name_plural)) if model else content_type.model


def _in_words(right) -> str:
    return _ACTIONS.get(right.codename.partition("_")[0], right.name)


@admin.register(Group)
class GroupAdmin(GivingMixin, SharedMixin, RightsRecordingMixin, ThingAdmin):
    form = GroupForm
    list_display = ["name", "people_count"]
    list_filter = []
    list_select_related = False
    search_fields = ["name"]
    readonly_fields = []
    ordering = ["name"]
    checkbox_fields = ("permissions",)
    fieldsets = [(None, {"fields": ["name", "permissions"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(people_count=Count("user"))

    def get_readonly_fields(self, request, obj=None):
        """The portal finds its own groups by their names."""
        known = obj is not None and obj.name in (roles.WRITER, roles.EDITOR, roles.MODERATOR, roles.ADMINISTRATOR)
        return [*super().get_readonly_fields(request, obj), *(["name"] if known else [])]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    @admin.display(description="People in it", ordering="people_count")
    def people_count(self, group):
        return group.people_count

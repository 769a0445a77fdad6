"""People and their rights. Nobody can give, or take over, more than they have themselves."""

from itertools import groupby

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from accounts import people, roles, sessions
from accounts.models import User
from accounts.permissions import (
    CLAIMS,
    grantable_groups,
    grantable_rights,
    kind_in_words,
    may_change,
    right_in_words,
    rights_in_words,
)
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.base_admin import BaseAdmin
from cms.backoffice.forms import StaffForm
from cms.backoffice.object_permissions import HIDDEN, SharedMixin, called, is_limited
from cms.requests import reauthentication
from cms.text import name_rules

apps.get_app_config("auth").verbose_name = "People and rights"  # groups stand under the same heading as people
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])  # people's own, and for nobody else to read


class GivingMixin(BaseModelAdmin):
    """Whoever is limited gives nobody a right, themselves least of all. Whoever gives one shows again who they are;
    what they typed waits meanwhile."""

    def changeform_view(self, request, *args, **kwargs):
        reauthentication.ask_again(request)
        return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        reauthentication.ask_again(request)
        return super().delete_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        reauthentication.ask_again(request)
        return super().changelist_view(request, *args, **kwargs)

    def history_form_view(self, request, *args, **kwargs):
        reauthentication.ask_again(request)
        return super().history_form_view(request, *args, **kwargs)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not is_limited(request.user)


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
            audit_log.write(
                AuditEvent.Action.ROLE,
                form.instance,
                by=request.user,
                old={name: old[name] for name in changed},
                new={name: new[name] for name in changed},
            )


class NamedMixin(forms.ModelForm):
    """How somebody is known: by an address in small letters, and by a name that is none."""

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean_name(self):
        name_rules.check(self.cleaned_data["name"])
        return self.cleaned_data["name"]


class PersonForm(NamedMixin, UserChangeForm):
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
        self._keep_one_who_may_do_everything(cleaned)
        return cleaned

    def _keep_one_who_may_do_everything(self, cleaned):
        """Two who take it from each other at once are heard one after the other."""
        lost = [name for name in ("is_superuser", "is_active") if name in self.fields and not cleaned.get(name)]
        if not lost or not self.instance.is_superuser:
            return
        left = {person.pk for person in User.objects.who_may_do_everything().select_for_update()}
        if left == {self.instance.pk}:
            words = "Nobody else may do everything. Give that right to somebody else first."
            self.add_error(lost[0], ValidationError(words, code="last"))


class NewPersonForm(NamedMixin, StaffForm):
    class Meta:
        model = User
        fields = ["email", "name"]


@admin.register(User)
class UserAdmin(GivingMixin, RightsRecordingMixin, BaseAdmin):
    form = PersonForm
    list_display = ["email", "name", "is_staff", "may_do", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    list_select_related = False
    search_fields = ["email", "name"]
    search_help_text = "Searches names and e-mail addresses."
    readonly_fields = ["proves", "given", "last_login", "joined_at"]
    ordering = ["email"]
    filter_horizontal = ()
    checkbox_fields = ("groups",)
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "name"],
                "description": "They get a mail that says how to sign in. When you have saved, say on the next page "
                "what they may do.",
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
            (None, {"fields": ["email", "name", *(["proves"] if may_change_them else [])]}),
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

    def get_urls(self):
        """Without a page that sets somebody else's password."""
        ways = [
            path(f"<int:pk>/{address}/", self.admin_site.admin_view(getattr(self, view)), name=f"accounts_user_{view}")
            for address, view in (("sign-out", "sign_out"), ("second-factor", "take_factors"))
        ]
        return [*ways, *super().get_urls()]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewPersonForm
        form = super().get_form(request, obj, change=change, **kwargs)
        form.editor = request.user
        return form

    def save_model(self, request, obj, form, change):
        """An address is not confirmed before its owner signs in with it; who is shut out is out at once."""
        if not change:
            obj.set_unusable_password()
            super().save_model(request, obj, form, change)
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=False)
            people.welcome(obj)
            return
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            people.readdress(obj, form.initial["email"])
        elif not obj.is_active and "is_active" in form.changed_data:
            sessions.end_all(obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        person = form.instance
        if person.is_active and not person.is_staff and person.groups.exists():
            words = f"{person} is in a group, but may not open the admin. So the group gives them nothing."
            messages.warning(request, words)

    def response_add(self, request, obj, post_url_continue=None):
        if "_continue" not in request.POST and "_addanother" not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = "1"  # what they may do stands on the next page
        return super().response_add(request, obj, post_url_continue)

    def _person_of(self, request, pk):
        if request.method != "POST":
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        reauthentication.ask_again(request)
        return person

    def _back_to(self, person, request, words):
        messages.success(request, words)
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:accounts_user_change", args=[person.pk]))

    def sign_out(self, request, pk):
        person = self._person_of(request, pk)
        people.sign_out(person, by=request.user)
        return self._back_to(person, request, f"{person} is signed out everywhere.")

    def take_factors(self, request, pk):
        person = self._person_of(request, pk)
        people.take_factors(person, by=request.user)
        return self._back_to(
            person, request, f"{person} has no second factor any more, and sets one up at the next sign-in."
        )

    def get_object(self, request, object_id, from_field=None):
        person = super().get_object(request, object_id, from_field)
        if person is not None:
            person.shown_to = request.user
        return person

    def get_readonly_fields(self, request, obj=None):
        names = super().get_readonly_fields(request, obj)
        return [*names, *CLAIMS, "groups"] if is_limited(request.user) else names

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or may_change(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj != request.user and may_change(request.user, obj)))

    @admin.display(description="Second factor")
    def proves(self, person):
        kinds = Authenticator.objects.filter(user=person).values_list("type", flat=True)
        words = {"totp": "an app", "webauthn": "a passkey", "recovery_codes": "recovery codes"}
        told = ", ".join(sorted({words[kind] for kind in kinds})) or "none"
        ways = [("sign_out", "Sign them out everywhere"), *([("take_factors", "Remove these")] if kinds else [])]
        buttons = format_html_join(
            " ",
            '<button class="button" type="submit" formaction="{}" formnovalidate>{}</button>',
            [
                (reverse(f"{self.admin_site.name}:accounts_user_{view}", args=[person.pk]), label)
                for view, label in ways
            ],
        )
        return format_html("{} {}", told.capitalize(), buttons)

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

    @admin.display(description="Groups")
    def may_do(self, person):
        groups = ", ".join(sorted(group.name for group in person.groups.all()))
        return "Everything" if person.is_superuser else groups or "Nothing"


class GroupForm(StaffForm):
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
                (kind_in_words(kind), [(right.pk, right_in_words(right)) for right in rights])
                for kind, rights in by_model
            ]

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and "permissions" in cleaned:
            out_of_reach = self.instance.permissions.exclude(pk__in=self.fields["permissions"].queryset)
            cleaned["permissions"] = [*cleaned["permissions"], *out_of_reach]
        return cleaned


@admin.register(Group)
class GroupAdmin(GivingMixin, SharedMixin, RightsRecordingMixin, BaseAdmin):
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

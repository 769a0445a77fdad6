"""“About this site” in the admin: who answers for the portal, on one page, for administrators."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.base_admin import BaseAdmin, RowInline
from cms.backoffice.forms import ChangeReasonForm, DateInput
from cms.backoffice.object_permissions import SharedMixin, is_limited
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.publishing.display import Words, name_of
from cms.site_settings.models import NamedBody, SiteSettings

# What belongs here too, and is kept with another thing: its name, what it says now, and where to change it. Apps above
# this one add theirs.
SAID_ELSEWHERE: list[Callable[[], tuple[str, str, str]]] = []

_ONE_LINE = ("controller_name", "dpo_name", "hosting_provider", "opening_hours", "complaints_name")
_NOT_RECORDED = {"id", "modified_at"}


class SiteSettingsForm(ChangeReasonForm):
    class Meta:
        model = SiteSettings
        fields = [field.name for field in SiteSettings._meta.concrete_fields if field.name not in _NOT_RECORDED]
        widgets = {
            "controller_address": forms.Textarea(attrs={"rows": 5}),
            "data_processors": forms.Textarea(attrs={"rows": 4}),
            "hosting_logs": forms.Textarea(attrs={"rows": 3}),
            "lawful_basis_confirmed_on": DateInput(),
            **{name: forms.TextInput(attrs={"class": "vTextField"}) for name in _ONE_LINE},
        }

    def clean_ico_registration(self):
        return self.cleaned_data["ico_registration"].upper()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("opening_hours") and not cleaned.get("contact_phone") and "contact_phone" not in self.errors:
            self.add_error("contact_phone", "Write the number that is answered in these hours.")
        if cleaned.get("change_reason"):
            self.instance._change_reason = cleaned["change_reason"]
        return cleaned


class NamedBodyInline(RowInline):
    """Whoever may change the page may change its rows."""

    model = NamedBody
    classes = []
    verbose_name_plural = "Who else may use a story"
    fields = ["name", "use", "told_how"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("cms.view_sitesettings")

    def has_change_permission(self, request, obj=None):
        return may_change(request.user)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(SiteSettings)
class SiteSettingsAdmin(HistoryMixin, SharedMixin, BaseAdmin):
    form = SiteSettingsForm
    inlines = [NamedBodyInline]
    readonly_fields = ["elsewhere"]
    actions = None
    fieldsets = [
        (
            None,
            {
                "fields": [],
                "description": "What you write here stands on the public pages, in emails and in "
                "/.well-known/security.txt. Nothing is required: where a field is empty, the page says that it is not "
                "named yet. Name offices, not people.",
            },
        ),
        (
            "Who is responsible",
            {
                "fields": [
                    "controller_name",
                    "controller_address",
                    "dpo_name",
                    ("dpo_email", "dpo_phone"),
                    "ico_registration",
                    "lawful_basis_confirmed_on",
                    "hosting_provider",
                    "hosting_logs",
                    "data_processors",
                ],
                "description": "Shown under “Your data and your rights”.",
            },
        ),
        (
            "How to reach the site team",
            {
                "fields": [
                    "contact_email",
                    ("contact_phone", "opening_hours"),
                    "accessibility_email",
                    "security_email",
                    ("complaints_name", "complaints_email"),
                ],
                "description": "Shown under “Contact” and in the accessibility statement.",
            },
        ),
        (
            "How soon somebody answers",
            {
                "fields": [
                    ("enquiry_days", "suggestion_days"),
                    ("story_days", "concern_days"),
                    "accessibility_days",
                ],
                "description": "In working days. A promise: leave it empty rather than break it.",
            },
        ),
        ("What others may do with this site", {"fields": ["licence"]}),
        ("Set on pages of their own", {"fields": ["elsewhere"]}),
        ("This change", {"fields": ["change_reason"]}),
    ]

    @admin.display(description="What it says now")
    def elsewhere(self, settings):
        rows = format_html_join("", '<li>{}: {} (<a href="{}">change it</a>)</li>', (said() for said in SAID_ELSEWHERE))
        return format_html("<ul>{}</ul>", rows)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        if object_id == str(SiteSettings.THE_ROW) and self.has_view_permission(request):
            SiteSettings.objects.get_or_create(pk=SiteSettings.THE_ROW)
        return super().get_object(request, object_id, from_field)

    def changelist_view(self, request, extra_context=None):
        """There is one row, so the list is its form."""
        return HttpResponseRedirect(address())

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def save_model(self, request, obj, form, change):
        request.settings_before = stored()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        before, after = request.settings_before, stored()
        if changed := [name for name in {**before, **after} if before.get(name) != after.get(name)]:
            old, new = ({name: values[name] for name in changed if values.get(name)} for values in (before, after))
            reason = form.cleaned_data.get("change_reason", "")
            audit_log.write(AuditEvent.Action.SETTINGS, form.instance, by=request.user, old=old, new=new, note=reason)

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        return response if "_continue" in request.POST else HttpResponseRedirect(reverse("admin:index"))


def may_change(person: Any) -> bool:
    return person.has_perm("cms.change_sitesettings") and not is_limited(person)


def address() -> str:
    """Of the page, for whoever may change it."""
    return reverse("admin:cms_sitesettings_change", args=[SiteSettings.THE_ROW])


def stored() -> dict[str, Any]:
    """What is saved now, in words, by the names that staff know; for the record."""
    settings = SiteSettings.objects.get(pk=SiteSettings.THE_ROW)
    fields = [field for field in SiteSettings._meta.concrete_fields if field.name not in _NOT_RECORDED]
    words = Words()
    told = {
        name_of(SiteSettings, field.name): words.say(field, value)
        for field in fields
        if (value := getattr(settings, field.name)) not in ("", None)
    }
    bodies = [f"{body}. {body.told_how}" for body in settings.bodies.all()]
    return told | ({"Who else may use a story": bodies} if bodies else {})

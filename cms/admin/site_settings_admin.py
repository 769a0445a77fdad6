"""“About this site” in the admin: who answers for the portal, on one page, for administrators."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cms.admin.kinds import NAMED_BODIES, SiteSettingsForm, SiteSettingsKind
from cms.backoffice.audit_mixin import KindMixin
from cms.backoffice.base_admin import BaseAdmin, RowInline
from cms.backoffice.object_permissions import SharedMixin, is_limited
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.site_settings.models import NamedBody, SiteSettings

# What belongs here too, and is kept with another thing: its name, what it says now, and where to change it. Apps above
# this one add theirs.
SAID_ELSEWHERE: list[Callable[[], tuple[str, str, str]]] = []


class NamedBodyInline(RowInline):
    """Whoever may change the page may change its rows."""

    model = NamedBody
    classes = []
    verbose_name_plural = "Who else may use a story"
    fields = NAMED_BODIES.fields

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("cms.view_sitesettings")

    def has_change_permission(self, request, obj=None):
        return may_change(request.user)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(SiteSettings)
class SiteSettingsAdmin(KindMixin, HistoryMixin, SharedMixin, BaseAdmin):
    form = SiteSettingsForm
    inlines = [NamedBodyInline]
    readonly_fields = ["elsewhere"]
    actions = None
    fieldsets = [
        *SiteSettingsKind.layout,
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

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        return response if "_continue" in request.POST else HttpResponseRedirect(reverse("admin:index"))


def may_change(person: Any) -> bool:
    return person.has_perm("cms.change_sitesettings") and not is_limited(person)


def address() -> str:
    """Of the page, for whoever may change it."""
    return reverse("admin:cms_sitesettings_change", args=[SiteSettings.THE_ROW])

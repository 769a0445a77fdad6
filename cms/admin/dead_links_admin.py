"""The list of links that lead nowhere, for whoever can mend them."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.html import format_html

from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.lib.admin_urls import admin_url
from cms.publishing.models import Publishable
from cms.quality.models import DeadLink


class WhereToFilter(admin.SimpleListFilter):
    title = "where it leads"
    parameter_name = "to"

    def lookups(self, request, model_admin):
        return [("here", "To a page of ours"), ("elsewhere", "To another site")]

    def queryset(self, request, queryset):
        here = Q(address__startswith="/") | Q(address__startswith=f"{settings.SITE_URL}/")
        if self.value() == "here":
            return queryset.filter(here)
        return queryset.exclude(here) if self.value() == "elsewhere" else queryset


@admin.register(DeadLink)
class DeadLinkAdmin(ReadOnlyMixin, BaseAdmin):
    """Nothing here is changed by hand: mend the link on its page, and the next run takes it off the list."""

    list_display = ["page", "field", "leads_to", "problem", "first_seen_at"]
    list_display_links = None
    list_filter = [WhereToFilter]
    search_fields = ["address"]
    search_help_text = "Searches the addresses."
    actions = None
    readonly_fields = ["page", "field", "leads_to", "problem", "first_seen_at", "last_seen_at"]
    fields = [*readonly_fields]

    def get_queryset(self, request):
        """Those on pages that the person may look at; if their rights are limited, on pages they look after."""
        within = Q(pk__in=[])
        for kind in ContentType.objects.get_for_models(*self.admin_site._registry).items():
            within |= self._within_reach(request.user, *kind)
        return super().get_queryset(request).listed().filter(within).prefetch_related("thing")

    def _within_reach(self, person, model, kind) -> Q:
        if not person.has_perm(f"{model._meta.app_label}.{get_permission_codename('view', model._meta)}"):
            return Q(pk__in=[])
        if not person.is_limited or person.is_superuser:
            return Q(content_type=kind)
        if not issubclass(model, Publishable):
            return Q(pk__in=[])
        return Q(
            content_type=kind, object_id__in=model._default_manager.within_reach_of(person).order_by().values("pk")
        )

    @admin.display(description="On the page of")
    def page(self, link):
        if link.thing is None:
            return "Something that was deleted"
        return format_html('<a href="{}">{}</a>', admin_url(link.thing), link.thing)

    @admin.display(description="Leads to", ordering="address")
    def leads_to(self, link):
        return link.address

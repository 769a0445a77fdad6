"""Moved addresses in the admin."""

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from cms.backoffice.base_admin import BaseAdmin
from cms.backoffice.forms import MovedAddressForm
from cms.backoffice.object_permissions import SharedMixin, is_limited
from cms.publishing.models import MovedAddress, publishable_models


class MovedByFilter(admin.SimpleListFilter):
    title = "how it was made"
    parameter_name = "made"

    def lookups(self, request, model_admin):
        return [("hand", "By hand"), ("itself", "When a page was renamed")]

    def queryset(self, request, queryset):
        if self.value() in ("hand", "itself"):
            return queryset.filter(content_type__isnull=self.value() == "hand")
        return queryset


def _leads_within_sight(person):
    within = Q(content_type=None)
    for model, kind in ContentType.objects.get_for_models(*publishable_models()).items():
        readable = model._default_manager.readable_by(person).order_by().values("pk")
        within |= Q(content_type=kind, object_id__in=readable)
    return within


@admin.register(MovedAddress)
class MovedAddressAdmin(SharedMixin, BaseAdmin):
    form = MovedAddressForm
    list_display = ["old_path", "leads_to", "made", "created_at"]
    list_filter = [MovedByFilter]
    list_select_related = ["content_type"]
    search_fields = ["old_path", "new_path"]
    search_help_text = "Searches old and new addresses."
    readonly_fields = ["leads_to", "made", "created_at"]

    def get_queryset(self, request):
        """Whose rights are limited sees those of pages they may see: an old address tells what a draft is about."""
        moved = super().get_queryset(request).prefetch_related("thing")
        return moved.filter(_leads_within_sight(request.user)) if is_limited(request.user) else moved

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["old_path", "new_path"]})]
        return [
            (None, {"fields": ["old_path", "leads_to" if obj.content_type_id else "new_path", "made", "created_at"]})
        ]

    def has_change_permission(self, request, obj=None):
        """Those made by a rename follow their page; there is nothing to change, only to delete."""
        if obj is not None and obj.content_type_id:
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description="Leads to")
    def leads_to(self, moved):
        if moved.content_type_id is None:
            return moved.new_path
        return moved.thing.get_absolute_url() if moved.thing else "Nowhere: that page was deleted"

    @admin.display(description="How it was made", ordering="content_type")
    def made(self, moved):
        return "When a page was renamed" if moved.content_type_id else "By hand"

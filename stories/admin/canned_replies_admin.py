"""The admin of the sentences that moderators start from, and of what was erased for ever."""

from django.contrib import admin

from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.backoffice.object_permissions import SharedMixin, is_limited
from stories.models import CannedReply, Erasure


@admin.register(CannedReply)
class CannedReplyAdmin(SharedMixin, BaseAdmin):
    list_display = ["title", "use", "order"]
    list_filter = ["use"]
    search_fields = ["title", "words"]
    search_help_text = "Searches titles and words."
    ordering = ["use", "order", "title"]
    fields = ["use", "title", "words", "order"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyMixin, BaseAdmin):
    """Holds nothing of what it was: a number, a date, and the receipt its teller has."""

    list_display = ["receipt", "erased_at", "asked_by"]
    list_filter = ["asked_by"]
    search_fields = ["receipt"]
    search_help_text = "Searches receipts: ask the teller for theirs."
    date_hierarchy = "erased_at"
    fields = ("receipt", "erased_at", "asked_by")
    readonly_fields = fields
    actions = None

    def get_queryset(self, request):
        erased = super().get_queryset(request)
        return erased.none() if is_limited(request.user) else erased

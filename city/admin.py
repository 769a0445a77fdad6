from django.contrib import admin

from city import kinds
from city.models import Page, PageFigure, PagePicture, PriorityArea, Source, Theme, Ward
from cms.backoffice.base_admin import BaseAdmin, RowInline
from cms.backoffice.object_permissions import SharedMixin
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin


class PagePictureInline(PictureUseInline):
    model = PagePicture


class PageFigureInline(RowInline):
    model = PageFigure
    verbose_name_plural = "Figures"
    fields = kinds.PAGE_FIGURES.fields
    autocomplete_fields = ["source"]


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    form = kinds.PageForm
    list_display = ["title", "state_shown", "layout", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "layout"]
    search_fields = ["title", "slug", "summary", "body"]
    search_help_text = "Searches titles and texts."
    readonly_fields = ["modified_at"]
    ordering = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["sources"]
    inlines = [PagePictureInline, PageFigureInline]
    fieldsets = [
        *kinds.PageKind.layout,
        PUBLICATION,
    ]


@admin.register(Theme)
class ThemeAdmin(PublishableAdmin):
    list_display = ["title", "state_shown", "kind", "order", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "kind"]
    search_fields = ["title", "short_title", "summary"]
    search_help_text = "Searches titles and summaries."
    readonly_fields = ["modified_at"]
    ordering = ["kind", "order", "title"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["source"]
    form_select_related = ["owner", "source"]
    fieldsets = [
        *kinds.ThemeKind.layout,
        PUBLICATION,
    ]


@admin.register(PriorityArea)
class PriorityAreaAdmin(PublishableAdmin):
    list_display = ["title", "state_shown", "order", "owner", "review_shown", "modified_at"]
    search_fields = ["title", "aim", "measure"]
    search_help_text = "Searches titles, aims and measures."
    readonly_fields = ["modified_at"]
    ordering = ["order"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["source"]
    form_select_related = ["owner", "source"]
    fieldsets = [
        *kinds.PriorityAreaKind.layout,
        PUBLICATION,
    ]


@admin.register(Ward)
class WardAdmin(PublishableAdmin):
    list_display = ["name", "state_shown", "code", "valid_from", "owner", "review_shown", "modified_at"]
    search_fields = ["name", "code"]
    search_help_text = "Searches names and codes."
    readonly_fields = ["modified_at"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        *kinds.WardKind.layout,
        PUBLICATION,
    ]


class HasLinkFilter(admin.SimpleListFilter):
    title = "whether it has a web address"
    parameter_name = "linked"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.exclude(address="")
        return queryset.filter(address="") if self.value() == "no" else queryset


@admin.register(Source)
class SourceAdmin(SharedMixin, HistoryMixin, BaseAdmin):
    list_display = ["title", "publisher", "dated", "key"]
    list_filter = [HasLinkFilter]
    list_select_related = False
    search_fields = ["title", "publisher", "key", "address"]
    search_help_text = "Searches titles, publishers, short names and web addresses."
    readonly_fields = []
    ordering = ["publisher", "title"]
    prepopulated_fields = {"key": ["title"]}
    fieldsets = kinds.SourceKind.layout

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

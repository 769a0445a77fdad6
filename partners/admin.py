from django.contrib import admin

from editorial.forms import PublishableForm
from editorial.staff import PUBLICATION, PublishableAdmin, RowInline
from partners import views
from partners.models import FormerName, Partner, PersonInRole


class FormerNameInline(RowInline):
    model = FormerName
    verbose_name_plural = "Former names"
    fields = [("name", "until")]


class PersonInline(RowInline):
    model = PersonInRole
    verbose_name_plural = "People our sources name"
    fields = [("name", "role"), ("as_of", "is_public_office"), "source"]
    autocomplete_fields = ["source"]


class HasEndedFilter(admin.SimpleListFilter):
    title = "whether it is there today"
    parameter_name = "there"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("no", "It has ended")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(ended="")
        return queryset.exclude(ended="") if self.value() == "no" else queryset


@admin.register(Partner)
class PartnerAdmin(PublishableAdmin):
    form = PublishableForm
    list_display = ["name", "state_shown", "sector", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "sector", HasEndedFilter, "is_citywide"]
    search_fields = ["name", "slug", "also_known_as", "former_names__name", "summary"]
    search_help_text = "Searches names, former names and summaries."
    readonly_fields = ["modified_at"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["successor", "parent", "logo", "sources"]
    checkbox_fields = ("wards",)
    form_select_related = ["owner", "successor", "parent", "logo"]
    inlines = [FormerNameInline, PersonInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "also_known_as", "summary", "body"]}),
        ("What it is", {"fields": [("sector", "sector_note"), ("website", "website_note"), "logo"]}),
        ("Where", {"fields": ["is_citywide", "wards"]}),
        ("Then and now", {"fields": [("started", "ended"), "ended_note", "successor", "parent"]}),
        ("Where we know it from", {"fields": ["sources"]}),
        PUBLICATION,
    ]

    def preview_template(self, partner):
        return "partners/detail.html"

    def preview_context(self, partner):
        return views.context_of(partner)

from functools import partial

from django.contrib import admin
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cms.backoffice.base_admin import RowInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from cms.lib.admin_urls import admin_url
from partners import kinds, permissions
from partners.models import FormerName, Partner, PersonInRole
from partners.staff import acting_grants, close_pages, member_rows, merge_pages, status_columns
from partners.staff.join_requests_admin import JoinRequestAdmin

__all__ = ["JoinRequestAdmin", "PartnerAdmin"]

# What the admin's tools are called, the right each needs, and its page.
TOOLS = (
    ("Act for them", "act_for_partner", "act"),
    ("Merge with another record", "merge_partner", "merge"),
    ("End the partnership", "end_partner", "end"),
)


class FormerNameInline(RowInline):
    model = FormerName
    verbose_name_plural = "Former names"
    fields = kinds.FORMER_NAMES.fields


class PersonInline(RowInline):
    model = PersonInRole
    verbose_name_plural = "People our sources name"
    fields = kinds.PEOPLE.fields
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


class ConfirmedFilter(admin.SimpleListFilter):
    title = "whether its people confirm it"
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [("no", "Asked, and nobody answers")]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=Partner.objects.unconfirmed().values("pk")) if self.value() == "no" else queryset


@admin.register(Partner)
class PartnerAdmin(PublishableAdmin):
    form = kinds.PartnerForm
    list_display = ["name", "state_shown", "sector", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "sector", HasEndedFilter, ConfirmedFilter, "is_citywide"]
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
        *kinds.PartnerKind.layout,
        PUBLICATION,
    ]

    def get_urls(self):
        view = self.admin_site.admin_view
        pages = {
            "act": acting_grants.page,
            "merge": merge_pages.page,
            "end": close_pages.page,
            "invite": member_rows.invite,
        }
        own = [
            path(f"<int:pk>/{name}/", view(partial(page, self)), name=f"partners_partner_{name}")
            for name, page in pages.items()
        ]
        uninvite = view(require_POST(partial(member_rows.uninvite, self)))
        was = view(require_safe(partial(merge_pages.history_of_merged, self)))
        return [
            path("states/", view(require_safe(partial(status_columns.page, self))), name="partners_partner_states"),
            path("<int:pk>/merged/<int:gone>/", was, name="partners_partner_merged"),
            path("<int:pk>/uninvite/", uninvite, name="partners_partner_uninvite"),
            *own,
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"may_see_states": status_columns.may_see(request)} | (extra_context or {})
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {"may_see_members": False, "merged": [], "partner_tools": []}
        if obj is not None:
            context |= member_rows.shown(request, obj)
            context["merged"] = merge_pages.merged_into(obj) if self.has_history_permission(request, obj) else []
            context["partner_tools"] = [
                (words, admin_url(obj, name))
                for words, right, name in TOOLS
                if permissions.council_may(request.user, right, obj) and not (name != "merge" and obj.has_ended)
            ]
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

from functools import partial

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from cms.backoffice.base_admin import RowInline
from cms.backoffice.forms import PublishableForm
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from cms.lib.admin_urls import admin_url
from partners import permissions
from partners.models import DIRECT_FIELDS, FormerName, Member, Partner, PersonInRole
from partners.public import views
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


class ConfirmedFilter(admin.SimpleListFilter):
    title = "whether its people confirm it"
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [("no", "Asked, and nobody answers")]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=Partner.objects.unconfirmed().values("pk")) if self.value() == "no" else queryset


class PartnerForm(PublishableForm):
    direct_fields = forms.MultipleChoiceField(
        label="May change directly",
        choices=DIRECT_FIELDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(Partner)
class PartnerAdmin(PublishableAdmin):
    form = PartnerForm
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
        (None, {"fields": ["name", "slug", "also_known_as", "summary", "body"]}),
        ("What it is", {"fields": [("sector", "sector_note"), ("website", "website_note"), "logo"]}),
        ("Where", {"fields": ["is_citywide", "wards"]}),
        ("Then and now", {"fields": [("started", "ended"), "ended_note", "successor", "parent"]}),
        ("Where we know it from", {"fields": ["sources"]}),
        (
            "What its own people may change at once",
            {
                "fields": ["direct_fields"],
                "description": "What is ticked here is public as soon as a member of the organisation saves it. "
                "Everything else they write waits until the council approves it.",
            },
        ),
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

    def may_propose(self, person, proposal):
        return bool(proposal.for_name) and permissions.may(person, "write", proposal.thing)

    def words_of_writer(self, person, proposal):
        return permissions.words_of(person, proposal.thing) if self.may_propose(person, proposal) else ""

    def address_for_writers(self, proposal):
        if not proposal.for_name or proposal.thing is None:
            return super().address_for_writers(proposal)
        return reverse("desk:page", args=[proposal.thing.slug])

    def writers_of(self, proposal):
        """All managers of the organisation it was proposed in the name of, and its writer while they are a member."""
        if not proposal.for_name or proposal.thing is None:
            return super().writers_of(proposal)
        members = proposal.thing.members.current().select_related("person")
        told = members.filter(Q(role=Member.Role.MANAGER) | Q(person=proposal.by))
        return [member.person for member in told.order_by("pk")]

    def preview_template(self, partner):
        return "partners/detail.html"

    def preview_context(self, partner):
        return views.context_of(partner)

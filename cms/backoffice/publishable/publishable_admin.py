"""The admin of anything that is published: one class, put together from one mixin for each concern."""

from typing import Any

from django.contrib import admin
from django.utils import formats, timezone
from django.utils.html import format_html

from cms.backoffice.audit_mixin import RecordingMixin
from cms.backoffice.base_admin import BaseAdmin
from cms.backoffice.checks_mixin import ChecksMixin
from cms.backoffice.forms import PublishableForm
from cms.backoffice.list_filters import OwnerFilter, ReviewFilter, StateFilter
from cms.backoffice.object_permissions import ReachMixin
from cms.backoffice.publishable.bulk_actions import BulkMixin
from cms.backoffice.publishable.edit_conflict import ConflictsMixin
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.backoffice.publishable.preview_mixin import PreviewMixin
from cms.backoffice.publishable.proposals_mixin import ProposalsMixin
from cms.backoffice.publishable.review_mixin import ReviewingMixin
from cms.backoffice.publishable.sharing_mixin import SharingMixin
from cms.publishing.states import state, state_in_words

PUBLICATION: Any = (
    "Publication",
    {
        "fields": [
            "status",
            ("publish_at", "unpublish_at"),
            "owner",
            ("checked_on", "review_on"),
            "given_to",
            "change_reason",
            "seen_at",
            "seen",
        ],
        "description": "Who sees this page, from when, and who keeps it true. All times are Derby time.",
    },
)


class PublishableAdmin(
    BulkMixin,
    ReviewingMixin,
    ChecksMixin,
    ProposalsMixin,
    ConflictsMixin,
    SharingMixin,
    PreviewMixin,
    HistoryMixin,
    RecordingMixin,
    ReachMixin,
    BaseAdmin,
):
    """Anything with a status."""

    form = PublishableForm
    list_select_related = ["owner"]
    form_select_related = ["owner"]
    list_filter = [StateFilter, ReviewFilter, OwnerFilter]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(state=state())

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def get_changeform_initial_data(self, request):
        return {"owner": request.user.pk} | super().get_changeform_initial_data(request)

    @admin.display(description="Status", ordering="state")
    def state_shown(self, thing):
        return format_html('<span class="state state--{}">{}</span>', thing.state, state_in_words(thing))

    @admin.display(description="Check again on", ordering="review_on", empty_value="No day is set")
    def review_shown(self, thing):
        if thing.review_on is None:
            return None
        day = formats.date_format(thing.review_on, "j M Y")
        return format_html('<span class="due">{}: now</span>', day) if thing.review_on <= timezone.localdate() else day

    def view_on_site(self, thing):
        return thing.get_absolute_url() if getattr(thing, "state", "") == "public" else None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["thing_state"] = obj.state if obj else ""
        context["thing_state_words"] = state_in_words(obj) if obj else ""
        context["preview_url"] = self.preview_url(obj) if obj and obj.state != "public" else ""
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

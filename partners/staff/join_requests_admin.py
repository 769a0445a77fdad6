"""Organisations that ask to join, for staff: everything asked, what it can be compared with, and the decision.

Nobody sees a request whose address is not confirmed, and nobody changes what was asked.
"""

from collections import defaultdict
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.backoffice.object_permissions import is_limited
from cms.lib.admin_urls import admin_url
from cms.requests import reauthentication
from partners.members import join_requests, similar_names
from partners.models import JoinRequest, Partner

_LOOK = {"waiting": "waiting", "accepted": "approve", "declined": "refused"}  # and the look each has in lists
_CHARITIES = "https://register-of-charities.charitycommission.gov.uk"
_REGISTERS = (
    ("Charity register", _CHARITIES + "/charity-search/-/results/page/1/delta/20/keywords/{}"),
    ("Companies House", "https://find-and-update.company-information.service.gov.uk/search?q={}"),
)


class AcceptForm(forms.Form):
    partner = forms.ModelChoiceField(
        label="Which page do they get?",
        queryset=Partner.objects.none(),
        required=False,
        empty_label="A new one, as a draft",
        help_text="If we have a page of this organisation already, choose it.",
    )
    words = forms.CharField(
        label="Words for them",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They stand in the invitation that they get by mail.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", prefix="accept", **kwargs)
        self.fields["partner"].queryset = Partner.objects.filter(ended="").order_by("name")


class DeclineForm(forms.Form):
    words = forms.CharField(
        label="Why not?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They read this by mail. Say what would have to be different.",
        error_messages={"required": "Say why, so that whoever asked knows what to do."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", prefix="decline", **kwargs)


class RequestStateFilter(admin.SimpleListFilter):
    title = "what was decided"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(value, words) for value, words in JoinRequest.State.choices if value in _LOOK]

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in _LOOK else queryset


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyMixin, BaseAdmin):
    list_display = ["organisation", "state_shown", "what_it_is", "confirmed_at"]
    list_filter = [RequestStateFilter]
    search_fields = ["name", "person_name", "registered_number"]
    search_help_text = "Searches names of organisations and people, and register numbers."
    ordering = ["decided_at", "confirmed_at"]
    actions = None

    def get_queryset(self, request):
        """Whose rights are limited sees none: they look after what they were given, and this is nobody's yet."""
        asked = super().get_queryset(request).exclude(state=JoinRequest.State.UNCONFIRMED)
        return asked.none() if is_limited(request.user) else asked

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/change/", view(require_safe(self.read)), name="partners_joinrequest_change"),
            path("<int:pk>/decide/", view(require_POST(self.decide)), name="partners_joinrequest_decide"),
        ]
        return own + [url for url in super().get_urls() if url.name == "partners_joinrequest_changelist"]

    def get_list_display(self, request):
        """The names of all partners are read once for all rows of the list."""
        known = self._names_of(request)

        @admin.display(description="Looks like")
        def alike(asked):
            return ", ".join(known.get(similar_names.skeleton(asked.name), ())) or "Nobody we have"

        return [*super().get_list_display(request), alike]

    @staticmethod
    def _names_of(request) -> dict[str, list[str]]:
        if not hasattr(request, "names_by_look"):
            request.names_by_look = defaultdict(list)
            for partner in Partner.objects.prefetch_related("former_names"):
                for skeleton in similar_names.skeletons(partner):
                    request.names_by_look[skeleton].append(str(partner))
        return request.names_by_look

    @admin.display(description="Organisation", ordering="name")
    def organisation(self, asked):
        return asked.name

    @admin.display(description="What it is", ordering="sector")
    def what_it_is(self, asked):
        return asked.get_sector_display()

    @admin.display(description="State", ordering="state")
    def state_shown(self, asked):
        return format_html('<span class="state state--{}">{}</span>', _LOOK[asked.state], asked.get_state_display())

    def _found(self, request, pk) -> JoinRequest:
        asked = self.get_queryset(request).select_related("decided_by", "partner").filter(pk=min(pk, 2**63 - 1)).first()
        if asked is None or not self.has_view_permission(request, asked):
            raise Http404
        return asked

    def read(self, request, pk):
        asked = self._found(request, pk)
        return self._page(request, asked, AcceptForm(), DeclineForm())

    def _page(self, request, asked, accept, decline):
        alike = similar_names.like(asked.name) if asked.state == JoinRequest.State.WAITING else []
        context = self.admin_site.each_context(request) | {
            "title": f"{asked.name} asks to join",
            "asked": asked,
            "look": _LOOK[asked.state],
            "mistakes": similar_names.mistakes(asked.name),
            "alike": [(partner, admin_url(partner)) for partner in alike],
            "registers": _lookups(asked),
            "partner_url": admin_url(asked.partner) if asked.partner else "",
            "may_decide": asked.state == JoinRequest.State.WAITING
            and request.user.has_perm("partners.decide_joinrequest"),
            "accept": accept,
            "decline": decline,
        }
        return render(request, "admin/partners/request.html", context)

    def decide(self, request, pk):
        """What was typed stays where it cannot be done; `joining` reads the state anew and asks for the right."""
        asked = self._found(request, pk)
        accepts = request.POST.get("step") == "accept"
        if not request.user.has_perm("partners.decide_joinrequest"):
            raise PermissionDenied
        if accepts:
            reauthentication.ask_again(request)
        accept = AcceptForm(request.POST) if accepts else AcceptForm()
        decline = DeclineForm() if accepts else DeclineForm(request.POST)
        form: Any = accept if accepts else decline
        if not form.is_valid():
            return self._page(request, asked, accept, decline)
        try:
            if accepts:
                partner = join_requests.accept(asked, by=request.user, **form.cleaned_data)
                messages.success(request, f"{asked.person_name} is invited to manage the page of {partner}.")
            else:
                join_requests.decline(asked, by=request.user, **form.cleaned_data)
                messages.success(request, f"{asked.person_name} gets your words by mail.")
        except ValidationError as error:
            fresh = self._found(request, pk)
            if fresh.state == JoinRequest.State.WAITING:
                form.add_error(None, error)
                return self._page(request, fresh, accept, decline)
            messages.warning(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:partners_joinrequest_change", args=[asked.pk]))


def _lookups(asked) -> list[tuple[str, str]]:
    wanted = quote(asked.registered_number or asked.name, safe="")
    return [(words, address.format(wanted)) for words, address in _REGISTERS]

"""The pages of proposals: the list, and one page on which a change is read, shared and decided."""

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from cms.audit.models import AuditEvent
from cms.backoffice.base_admin import ReadOnlyMixin
from cms.backoffice.form_fields import FieldsMixin
from cms.backoffice.object_permissions import is_limited
from cms.backoffice.publishable import preview_mixin
from cms.backoffice.publishable.diff_fields import describe, differences_between
from cms.backoffice.publishable.proposals_mixin import page_of
from cms.backoffice.publishable.sharing_mixin import share_page
from cms.lib.admin_urls import admin_url
from cms.lib.datetime_fields import MomentField
from cms.publishing.models import Publishable
from cms.revisions import kinds, workflow
from cms.revisions.models import Answer, Proposal

_DONE = {
    "send": "It waits for approval now.",
    "reopen": "It is being written again; nobody is asked to approve it.",
    "take_back": "It is taken back. The public page stays as it is.",
    "schedule": "It will be published at that time.",
    "publish": "It is published.",
    "refuse": "It is refused, and whoever wrote it can read why.",
}


def visible_to(request):
    """Proposals for things that somebody may look at; who is limited, only for what they were given."""
    rule = Q(pk=None)
    for model, model_admin in admin.site._registry.items():
        if not issubclass(model, Publishable) or not model_admin.has_view_permission(request):
            continue
        about = Q(content_type=ContentType.objects.get_for_model(model))
        if is_limited(request.user):
            about &= Q(object_id__in=model._default_manager.within_reach_of(request.user).values("pk"))
        rule |= about
    return Proposal.objects.filter(rule).exclude(status=Proposal.Status.SKETCH)


class DecisionForm(forms.Form):
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)
    publish_at = MomentField(label="Publish at", required=False, help_text="Derby time.")
    words = forms.CharField(
        label="Words for whoever wrote it",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed if you refuse it. Say what would make it right.",
    )


class StatusFilter(admin.SimpleListFilter):
    title = "where it is"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [(value, words) for value, words in Proposal.Status.choices if value != Proposal.Status.SKETCH]

    def queryset(self, request, queryset):
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(status=self.value()) if self.value() in known else queryset


class AuthorFilter(admin.SimpleListFilter):
    title = "who wrote it"
    parameter_name = "written_by"

    def lookups(self, request, model_admin):
        return [("me", "I did"), ("others", "Somebody else")]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(by=request.user)
        return queryset.exclude(by=request.user) if self.value() == "others" else queryset


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyMixin, FieldsMixin, admin.ModelAdmin):
    """Whoever may see a thing may read what is proposed for it; the rights to decide are asked step by step."""

    list_display = ["title_shown", "kind", "status_shown", "by", "publish_at", "modified_at"]
    list_filter = [StatusFilter, AuthorFilter]
    list_select_related = ["by", "content_type"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["title", "why"]
    search_help_text = "Searches the names of pages, and the reasons given."
    actions = None

    def get_queryset(self, request):
        return visible_to(request).order_by("-modified_at")

    def has_module_permission(self, request):
        return any(
            issubclass(model, Publishable) and model_admin.has_view_permission(request)
            for model, model_admin in self.admin_site._registry.items()
        )

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    @admin.display(description="Change of", ordering="title")
    def title_shown(self, proposal):
        return proposal.title

    @admin.display(description="Kind", ordering="content_type")
    def kind(self, proposal):
        return proposal.content_type.name

    @admin.display(description="Where it is", ordering="status")
    def status_shown(self, proposal):
        return format_html('<span class="state state--{}">{}</span>', proposal.status, proposal.get_status_display())

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/change/", view(self.read), name="cms_proposal_change"),
            path("<int:pk>/decide/", view(self.decide), name="cms_proposal_decide"),
            path("<int:pk>/share/", view(self.share), name="cms_proposal_share"),
            path("<int:pk>/preview/", view(require_safe(self.preview)), name="cms_proposal_preview"),
            path("<int:pk>/preview/page/", view(self.preview_page), name="cms_proposal_preview_page"),
        ]
        return own + [url for url in super().get_urls() if url.name == "cms_proposal_changelist"]

    def _found(self, request, pk):
        found = visible_to(request).select_related("by", "decided_by", "content_type").filter(pk=min(pk, 2**63 - 1))
        proposal = found.first()
        if proposal is None:
            raise Http404
        return proposal

    def read(self, request, pk):
        proposal = self._found(request, pk)
        seen = {"seen_at": proposal.modified_at.isoformat()}
        return self._page(request, proposal, DecisionForm(label_suffix="", initial=seen))

    def _page(self, request, proposal, form):
        found = workflow.read(proposal)
        thing, kind = found.instance, kinds.of(found.instance) if found.instance else None
        new = found.wanted if proposal.is_open else proposal.values
        old = found.live if proposal.is_open else proposal.base
        steps = workflow.steps_open_to(proposal, request.user) if thing else set()
        both = [(clash.prefix, clash.name, clash.theirs, clash.mine) for clash in found.clashes]
        context = self.admin_site.each_context(request) | {
            "title": f"Change of “{proposal.title}”",
            "opts": self.opts,
            "proposal": proposal,
            "thing": thing,
            "thing_url": _form_of(thing),
            "thing_kind": proposal.content_type.name,
            "steps": steps,
            "may_write": "take_back" in steps,
            "differences": differences_between(kind, old, new, person=request.user) if kind else [],
            "clashes": describe(kind, both, person=request.user) if proposal.is_open and kind else [],
            "form": form,
            "answers": _answers(proposal),
            "lines": AuditEvent.objects.filter(
                content_type=proposal.content_type, object_id=proposal.object_id, at__gte=proposal.created_at
            )[:20],
        }
        return render(request, "admin/proposal.html", context)

    @method_decorator(require_POST)
    def decide(self, request, pk):
        proposal = self._found(request, pk)
        step = request.POST.get("step", "")
        form = DecisionForm(request.POST, label_suffix="")
        if step not in _DONE:
            raise Http404
        if not form.is_valid():
            return self._page(request, proposal, form)
        try:
            workflow.take(
                step,
                proposal,
                by=request.user,
                note=form.cleaned_data["words"],
                at=form.cleaned_data["publish_at"],
                seen_at=form.cleaned_data["seen_at"],
            )
        except workflow.Impossible as error:
            return self._read_again(request, pk, form, str(error))
        except ValidationError as error:
            form.add_error(None, error)
            return self._page(request, proposal, form)
        else:
            messages.success(request, _DONE[step])
        return HttpResponseRedirect(page_of(proposal))

    def _read_again(self, request, pk, form, why):
        """What was typed stays; what is decided about is read anew."""
        proposal = self._found(request, pk)
        data = form.data.copy()
        data["seen_at"] = proposal.modified_at.isoformat()
        messages.error(request, why)
        return self._page(request, proposal, DecisionForm(data, label_suffix=""))

    def share(self, request, pk):
        proposal = self._found(request, pk)
        if proposal.thing is None or not proposal.is_open:
            raise Http404
        if not workflow.may("take_back", proposal, request.user):
            raise PermissionDenied
        return share_page(self.admin_site, request, proposal.thing, proposal=proposal, back=page_of(proposal))

    def _previewed(self, request, pk):
        """A sketch is seen by whoever made it, and by nobody else."""
        sketch = Proposal.objects.filter(
            pk=min(pk, 2**63 - 1), status=Proposal.Status.SKETCH, by=request.user
        ).select_related("by", "content_type")
        found = sketch.first()
        if found is None:
            return self._found(request, pk)
        kind = kinds.of(found.content_type.model_class())
        if found.object_id and not kind.may_change(request.user, found.thing):
            raise Http404
        return found

    def preview(self, request, pk):
        proposal = self._previewed(request, pk)
        mistakes = tuple(workflow.mistakes(proposal)) if proposal.object_id else ()
        is_sketch = proposal.status == Proposal.Status.SKETCH
        back = _form_of(proposal.thing) if is_sketch else page_of(proposal)
        return preview_mixin.frame(
            self.admin_site, request, proposal, page_of(proposal, "preview_page"), back, mistakes
        )

    @method_decorator(require_safe)
    @method_decorator(xframe_options_sameorigin)
    def preview_page(self, request, pk):
        proposal = self._previewed(request, pk)
        try:
            kind = kinds.of(proposal.content_type.model_class())
            return preview_mixin.page(kind, request, pk=proposal.object_id, proposal=proposal)
        except ValidationError:
            raise Http404 from None


def _form_of(thing) -> str:
    return admin_url(thing) if thing else reverse("admin:index")


def _answers(proposal):
    return Answer.objects.filter(link__proposal=proposal).select_related("link")

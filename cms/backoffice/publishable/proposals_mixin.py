"""Lets staff keep a change beside the live page, instead of on it; and look at it before anything is saved."""

from collections.abc import Callable
from copy import copy

from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from cms.backoffice.base_admin import KEPT, SAVED, SKETCHED, is_kept_beside
from cms.backoffice.checks_mixin import unjudged
from cms.lib.queries import number
from cms.publishing.models import Publishable
from cms.revisions import kinds, snapshot, workflow
from cms.revisions.models import Proposal

_DECIDE = ("status", "publish_at", "unpublish_at")


def page_of(proposal: Proposal, view: str = "change") -> str:
    return reverse(f"admin:cms_proposal_{view}", args=[proposal.pk])


class ProposalsMixin(BaseModelAdmin):
    has_publish_permission: Callable[..., bool]  # of ReachMixin

    def get_readonly_fields(self, request, obj=None):
        """Whoever may write but not publish sees who reads the page, and cannot change it."""
        names = super().get_readonly_fields(request, obj)
        return names if self.has_publish_permission(request, obj) else [*names, *_DECIDE]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        form_class.saver = request.user
        form_class.is_kept_beside = is_kept_beside(request)
        return unjudged(form_class) if getattr(request, "is_only_shown", False) else form_class

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        thing = self._asked_for(request, object_id)
        proposal = self._proposal(request, thing)
        if proposal and not proposal.is_open:
            if request.method != "POST":
                return HttpResponseRedirect(page_of(proposal))
            self._say_it_is_a_new_one(request, proposal)
        if proposal and request.method == "GET":
            return self._continue(request, object_id, form_url, thing, proposal)
        if request.method == "POST":
            request.proposal = proposal if proposal and proposal.is_open else None
            request.kept_beside = self._how_it_is_kept(request, thing, proposal)
        return super().changeform_view(request, object_id, form_url, extra_context)

    @staticmethod
    def _say_it_is_a_new_one(request, proposal):
        words = f"That change is “{proposal.get_status_display()}” by now. Yours is kept as a new one."
        messages.warning(request, words)

    def _asked_for(self, request, object_id):
        is_asked = request.method == "POST" or "proposal" in request.GET
        if object_id is None or not is_asked or "_saveasnew" in request.POST:
            return None
        return self.get_object(copy(request), unquote(object_id))

    def _proposal(self, request, thing):
        """The one that the address names; only for whoever may change what it is about."""
        asked = request.GET.get("proposal")
        if asked is None:
            return None
        if thing is None or number(asked) is None or not self.has_change_permission(request, thing):
            raise Http404
        kept = Proposal.objects.about(thing).exclude(status=Proposal.Status.SKETCH)
        found = kept.filter(pk=number(asked)).first()
        if found is None:
            raise Http404
        return found

    def _how_it_is_kept(self, request, thing, proposal) -> str:
        """Whether what was typed is saved on the page itself, kept beside it, or only looked at."""
        if "_preview" in request.POST:
            return SKETCHED
        if thing is None:
            return SAVED
        if proposal or {"_propose", "_send"} & set(request.POST):
            return KEPT
        is_draft = thing.status == Publishable.Status.DRAFT
        return SAVED if is_draft or self.has_publish_permission(request, thing) else KEPT

    def _continue(self, request, object_id, form_url, thing, proposal):
        """The form as the proposal has it, with whatever others have changed on the live page since."""
        live = kinds.of(thing).snapshot(thing)
        wanted = workflow.as_proposed(proposal, live)
        data = snapshot.as_posted(wanted, live)
        data["change_reason"] = proposal.why
        context = {"proposal": proposal}
        return self.show_filled_in(request, object_id, form_url, data, wanted, proposal.modified_at, context)

    def show_filled_in(self, request, object_id, form_url, data, seen, seen_at, context):
        """Django's own form page with this typed into it, and nothing saved. It remembers what was seen, and when."""
        data["seen"], data["seen_at"] = snapshot.fingerprint(seen), seen_at.isoformat()
        data.setlist("given_to", self._given_to(request, object_id))
        posted = copy(request)
        posted.method, posted.POST, posted._files = "POST", data, {}
        posted.is_only_shown, posted.kept_beside = True, SKETCHED
        return self._changeform_view(posted, object_id, form_url, context)

    def _given_to(self, request, object_id) -> list:
        """Who looks after a page is part of no version of it: it stays as it was typed, or as it is."""
        if request.method == "POST":
            return request.POST.getlist("given_to")
        thing = self.model._default_manager.get(pk=unquote(object_id))
        return list(thing.given_to.values_list("pk", flat=True))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if change and not form.is_bound and "seen" in form.fields:
            rows = [shown.formset for shown in context["inline_admin_formsets"]]
            form.initial["seen"] = snapshot.fingerprint(snapshot.shown(form, rows))
        context.setdefault("proposal", getattr(request, "proposal", None))
        context["may_preview"] = True
        context["may_publish"] = self.has_publish_permission(request, obj)
        context["is_live"] = obj is not None and obj.status == Publishable.Status.PUBLISHED
        context["waiting"] = self._open_proposals(request, obj) if change else []
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def _open_proposals(self, request, thing):
        if not self._is_within_reach(request, thing):
            return []
        return Proposal.objects.open().about(thing).select_related("by")

    # Where Django saves, what was typed is kept beside the page instead.

    def save_related(self, request, form, formsets, change):
        if is_kept_beside(request):
            self._keep(request, form, formsets)
        else:
            super().save_related(request, form, formsets, change)

    def _keep(self, request, form, formsets):
        is_sketch = request.kept_beside == SKETCHED
        thing = self.model._default_manager.get(pk=form.instance.pk) if form.instance.pk else None
        proposal = request.proposal
        if proposal:
            proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if proposal and not proposal.is_open:
            self._say_it_is_a_new_one(request, proposal)
            proposal = None
        live, wanted = self._wanted(request, thing, proposal, form, formsets)
        if is_sketch or proposal is None:
            status = Proposal.Status.SKETCH if is_sketch else Proposal.Status.DRAFT
            proposal = Proposal(by=request.user, status=status)
        proposal.content_type = ContentType.objects.get_for_model(self.model)
        proposal.object_id = thing.pk if thing else None
        proposal.title = str(thing or form.instance)[:250]
        proposal.base, proposal.values = live, wanted
        proposal.why = form.cleaned_data.get("change_reason") or proposal.why
        proposal.save()
        request.is_given_anew = "given_to" in form.changed_data
        request.proposal = self._move_on(request, thing, proposal)

    def _wanted(self, request, thing, proposal, form, formsets) -> tuple[snapshot.Values, snapshot.Values]:
        """What the page says now, and what it would say with what was typed, whatever others have done meanwhile."""
        typed = snapshot.typed(form, formsets)
        if thing is None:
            return {"fields": {}, "rows": {rows.prefix: [] for rows in formsets}}, typed
        live = kinds.of(thing).snapshot(thing)
        now = workflow.as_proposed(proposal, live) if proposal else live
        wanted, _ = snapshot.merge_marked(form.cleaned_data.get("seen", ""), typed, now)
        if "_send" in request.POST and thing.status == Publishable.Status.DRAFT:
            live["fields"]["status"] = thing.status
            wanted["fields"]["status"] = Publishable.Status.PUBLISHED.value
        return live, wanted

    def _move_on(self, request, thing, proposal):
        """What was approved for a time and then changed by somebody who may not publish is approved no more."""
        if proposal.status == Proposal.Status.SCHEDULED and not self.has_publish_permission(request, thing):
            return workflow.take("rewrite", proposal, by=request.user)
        if "_send" in request.POST and proposal.status == Proposal.Status.DRAFT:
            return workflow.take("send", proposal, by=request.user)
        return proposal

    def construct_change_message(self, request, form, formsets, add=False):
        return [] if is_kept_beside(request) else super().construct_change_message(request, form, formsets, add)

    def log_change(self, request, obj, message):
        return None if is_kept_beside(request) else super().log_change(request, obj, message)

    def log_addition(self, request, obj, message):
        return None if is_kept_beside(request) else super().log_addition(request, obj, message)

    def response_add(self, request, obj, post_url_continue=None):
        if is_kept_beside(request):
            return HttpResponseRedirect(page_of(request.proposal, "preview"))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if not is_kept_beside(request):
            return super().response_change(request, obj)
        if request.kept_beside == SKETCHED:
            return HttpResponseRedirect(page_of(request.proposal, "preview"))
        if request.is_given_anew:
            messages.warning(request, "To whom the page is given was not saved. Save that on the page itself.")
        words = "It waits for approval now. " if request.proposal.status == Proposal.Status.WAITING else ""
        messages.success(request, f"Your change is kept beside the page. {words}The public does not see it yet.")
        return HttpResponseRedirect(page_of(request.proposal))

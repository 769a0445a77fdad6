"""Shows a page as the public would see it, before anybody else can: as it is saved, or as a proposal would have it.

What a proposal would change is really saved, through the thing's own form; the page is made; and then the transaction
is undone. So a preview is the page itself, lists and all, and nothing has happened.
"""

from django.contrib.admin.options import BaseModelAdmin
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from cms.lib.admin_urls import admin_url
from cms.media import uses
from cms.revisions import kinds, workflow
from cms.revisions.actors import System
from cms.revisions.kinds import Kind
from cms.revisions.models import Proposal

_PREVIEW = System("shows what somebody proposed who is gone")
WIDTHS = {"phone": "Phone", "desktop": "Desktop"}


def page(
    kind: Kind, request: HttpRequest, *, pk: int | None, proposal: Proposal | None = None, key: str = ""
) -> HttpResponse:
    """A public page in every way but three: nobody may keep it, only our own pages may frame it, and pictures that
    nobody may see yet come along if there is a key to them. Raises ValidationError if the proposal does not fit."""
    with transaction.atomic():
        if proposal:
            pk = _as_proposed(kind, proposal).pk
        thing = get_object_or_404(kind.for_page(), pk=pk)
        context = kind.context(thing) | {"is_preview": True}
        if key:
            uses.carry_key(context, key)
        response = render(request, kind.template(thing), context)
        transaction.set_rollback(True)
    response.headers["Cache-Control"] = "no-store"
    response.is_framed = True  # type: ignore[attr-defined]
    return response


def _as_proposed(kind: Kind, proposal: Proposal) -> Model:
    actor = proposal.by or _PREVIEW
    if proposal.object_id is None:
        return kind.save(kind.model(), proposal.values, actor=actor)
    found = workflow.read(proposal)
    if found.instance is None:
        raise Http404
    return kind.save(found.instance, found.wanted, actor=actor, live=found.live)


class PreviewMixin(BaseModelAdmin):
    """For the admin of something published. Its kind says which template shows it, and with what."""

    def _preview_name(self, what="preview"):
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(require_safe(self.preview)), name=self._preview_name()),
            path("<int:pk>/preview/page/", view(self.preview_page), name=self._preview_name("preview_page")),
            *super().get_urls(),
        ]

    def preview_url(self, thing) -> str:
        return admin_url(thing, "preview")

    def _previewed(self, request, pk):
        thing = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if thing is None or not self.has_view_permission(request, thing):
            raise Http404
        return thing

    def preview(self, request, pk):
        thing = self._previewed(request, pk)
        return frame(self.admin_site, request, thing, admin_url(thing, "preview_page"), admin_url(thing))

    @method_decorator(require_safe)
    @method_decorator(xframe_options_sameorigin)
    def preview_page(self, request, pk):
        return page(kinds.of(self.model), request, pk=self._previewed(request, pk).pk)


def frame(admin_site, request, thing, address: str, back: str, mistakes: tuple[str, ...] = ()) -> HttpResponse:
    """The page around a preview, as wide as a phone or as a desktop."""
    asked = request.GET.get("width")
    context = admin_site.each_context(request) | {
        "title": f"Preview of {thing}",
        "thing": thing,
        "address": address,
        "back": back,
        "mistakes": mistakes,
        "width": asked if asked in WIDTHS else "desktop",
        "widths": WIDTHS.items(),
    }
    response = render(request, "admin/preview.html", context)
    response.has_frames = True  # type: ignore[attr-defined]
    return response

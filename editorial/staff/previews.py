"""Shows staff a page as the public will see it, before anybody else can."""

from django.contrib.admin import AdminSite
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe


class PreviewMixin:
    """For the admin of something published. The app says which template shows a thing, and with what.

    The answer is a public page in every way but two: only those with the right to view the thing get it, and nobody
    may keep it. `is_preview` tells the middleware to send the public Content-Security-Policy.
    """

    admin_site: AdminSite

    def preview_template(self, thing) -> str:
        raise NotImplementedError

    def preview_context(self, thing) -> dict:
        raise NotImplementedError

    def preview_queryset(self):
        manager = self.model._default_manager
        return manager.for_page() if hasattr(manager, "for_page") else manager.all()

    def _preview_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_preview"

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.preview))
        return [path("<int:pk>/preview/", view, name=self._preview_name()), *super().get_urls()]

    def preview_url(self, thing) -> str:
        return reverse(f"{self.admin_site.name}:{self._preview_name()}", args=[thing.pk])

    def preview(self, request, pk):
        if pk >= 2**63:
            raise Http404
        thing = get_object_or_404(self.preview_queryset(), pk=pk)
        if not self.has_view_permission(request, thing):
            raise Http404
        response = render(request, self.preview_template(thing), self.preview_context(thing) | {"is_preview": True})
        response.is_preview = True
        response.headers["Cache-Control"] = "no-store"
        return response

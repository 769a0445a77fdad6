"""“Still right”: somebody looked at the whole of it again, and found nothing to change."""

from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from cms.lib.admin_urls import admin_url
from cms.publishing import review_dates
from cms.publishing.models import Publishable
from cms.revisions import assurance


class ReviewingMixin(BaseModelAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.still_right))
        return [path("<int:pk>/still-right/", view, name=self._still_right_name()), *super().get_urls()]

    def _still_right_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_still_right"

    def still_right(self, request, pk):
        thing = self.get_object(request, str(pk))
        if thing is None:
            raise Http404
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        try:
            if review_dates.changes(thing):
                assurance.confirm(thing, actor=request.user, checker=Publishable.Checker.COUNCIL)
            messages.success(request, f"Thank you. {capfirst(str(thing))} is right, and is looked at again in a year.")
        except ValidationError as mistakes:
            for mistake in mistakes.messages:
                messages.error(request, mistake)
        return HttpResponseRedirect(admin_url(thing))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may = change and obj is not None and self.has_change_permission(request, obj)
        name = f"{self.admin_site.name}:{self._still_right_name()}"
        context["still_right_url"] = reverse(name, args=[obj.pk]) if may else ""
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

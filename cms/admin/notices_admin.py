"""Notices in the admin: who may make them has a right of its own, and sees at once what readers see."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from cms.admin.notice_form import NoticeForm
from cms.backoffice.base_admin import BaseAdmin
from cms.lib import datetime_fields
from cms.publishing import notices
from cms.publishing.models import Notice

_STATES = {"showing": "public", "coming": "scheduled", "over": "down"}  # and the look each has in lists of pages


@admin.register(Notice)
class NoticeAdmin(BaseAdmin):
    form = NoticeForm
    list_display = ["text", "state_shown", "where", "publish_at", "unpublish_at", "by"]
    list_filter = ["tone"]
    list_select_related = ["by"]
    search_fields = ["text", "link_text"]
    search_help_text = "Searches what notices say."
    readonly_fields = ["state_shown", "preview"]

    def get_fieldsets(self, request, obj=None):
        fields = ["text", ("link", "link_text"), ("tone", "section"), ("publish_at", "unpublish_at")]
        return [(None, {"fields": ["state_shown", "preview", *fields] if obj else fields})]

    def get_queryset(self, request):
        return super().get_queryset(request).with_state()

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.end))
        return [path("<int:pk>/end/", view, name="cms_notice_end"), *super().get_urls()]

    def get_changeform_initial_data(self, request):
        return {"publish_at": timezone.now()} | super().get_changeform_initial_data(request)

    @admin.display(description="Where", ordering="section")
    def where(self, notice):
        return notice.where

    @admin.display(description="What readers see", ordering="state")
    def state_shown(self, notice):
        return format_html('<span class="state state--{}">{}</span> {}', _STATES[notice.state], *_in_words(notice))

    @admin.display(description="How it looks")
    def preview(self, notice):
        return render_to_string("components/notice.html", notices.shown(notice))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_end"] = bool(obj and obj.state == "showing" and self.has_change_permission(request, obj))
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def save_model(self, request, obj, form, change):
        before = notices.recorded_fields(Notice.objects.get(pk=obj.pk)) if change else None
        if not change:
            obj.by = request.user
        super().save_model(request, obj, form, change)
        notices.note(obj, by=request.user, before=before)
        for other in Notice.objects.beside(obj):
            begin, end = (datetime_fields.in_words(moment) for moment in (other.publish_at, other.unpublish_at))
            words = (
                f"At the same time “{other}” is to be shown ({other.where}, {begin} to {end}). "
                "A page shows only one: that of its section, then the newest."
            )
            messages.warning(request, words)

    def end(self, request, pk):
        notice = self.get_queryset(request).filter(pk=min(pk, 2**63 - 1)).first()
        if notice is None:
            raise Http404
        if not self.has_change_permission(request, notice):
            raise PermissionDenied
        if notices.end(notice.pk, by=request.user):
            messages.success(request, "The notice is off all pages.")
        else:
            messages.warning(request, "This notice is on no page now, so there is nothing to end.")
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:cms_notice_change", args=[notice.pk]))


def _in_words(notice) -> tuple[str, str]:
    if notice.state == "over":
        return "Over", f"since {datetime_fields.in_words(notice.unpublish_at)}"
    if notice.state == "coming":
        return "Will show", f"from {datetime_fields.in_words(notice.publish_at)}"
    return "Showing now", f"until {datetime_fields.in_words(notice.unpublish_at)}"

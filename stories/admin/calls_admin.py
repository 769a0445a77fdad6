"""The admin of what stories are about, and of what people are invited to tell."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from cms.admin import site_settings_admin
from cms.backoffice.base_admin import RowInline
from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from stories import kinds
from stories.models import Call, CallPicture, Question, Thread
from stories.public import call_views


@admin.register(Thread)
class ThreadAdmin(PublishableAdmin):
    list_display = ["title", "state_shown", "question", "order", "owner", "review_shown", "modified_at"]
    search_fields = ["title", "slug", "summary", "question"]
    search_help_text = "Searches titles, summaries and questions."
    readonly_fields = ["modified_at"]
    ordering = ["order", "title"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        *kinds.ThreadKind.layout,
        PUBLICATION,
    ]


class CallPictureInline(PictureUseInline):
    model = CallPicture


class QuestionInline(RowInline):
    model = Question
    formset = kinds.QUESTIONS.formset
    verbose_name_plural = "Questions beside the story (up to five)"
    fields = kinds.QUESTIONS.fields


@admin.register(Call)
class CallAdmin(PublishableAdmin):
    list_display = ["title", "state_shown", "opens_on", "closes_on", "host", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "is_standing"]
    search_fields = ["title", "slug", "question", "summary"]
    search_help_text = "Searches titles, questions and summaries."
    readonly_fields = ["modified_at", "printable"]
    list_select_related = ["owner", "host"]
    ordering = ["-is_standing", "closes_on", "title"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["host", "ward"]
    form_select_related = ["owner", "host", "ward"]
    inlines = [QuestionInline, CallPictureInline]
    fieldsets = [
        *kinds.CallKind.layout,
        ("On paper", {"fields": ["printable"]}),
        PUBLICATION,
    ]

    @admin.display(description="Printable sheet")
    def printable(self, call):
        if call.pk is None or not Call.objects.published().filter(pk=call.pk).exists():
            return "Publish the call first; then there is a sheet to print, with a code that phones can read."
        return format_html('<a href="{}">Print the sheet for this call</a>', call_views.sheet_address(call))


def _host_of_the_standing_call() -> tuple[str, str, str]:
    """For About this site: it is kept with the call."""
    call = Call.objects.filter(is_standing=True).select_related("host").first()
    if call is None:
        return "Who hosts The Derby Story", "there is no standing call yet", reverse("admin:stories_call_changelist")
    host = str(call.host) if call.host else "nobody is named yet"
    return "Who hosts The Derby Story", host, reverse("admin:stories_call_change", args=[call.pk])


site_settings_admin.SAID_ELSEWHERE.append(_host_of_the_standing_call)

from django.contrib import admin
from django.core.exceptions import ValidationError

from cms.backoffice.forms import PublishableForm
from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from news import views
from news.models import NewsItem, NewsPicture


class NewsItemForm(PublishableForm):
    needed_to_publish = ("body",)

    def clean(self):
        cleaned = super().clean()
        says_who = cleaned.get("said_by") or cleaned.get("said_by_name")
        if self.becomes_public(cleaned) and not says_who and "said_by" in self.fields:
            message = "Say who says it: choose a partner, or write a name in the next field."
            self.add_error("said_by", ValidationError(message, code="who_says_it"))
        return cleaned


class PictureInline(PictureUseInline):
    model = NewsPicture


@admin.register(NewsItem)
class NewsItemAdmin(PublishableAdmin):
    form = NewsItemForm
    list_display = ["title", "state_shown", "when_shown", "said_by", "owner", "review_shown", "modified_at"]
    list_select_related = ["owner", "said_by"]
    search_fields = ["title", "slug", "summary", "body", "said_by__name", "said_by_name"]
    search_help_text = "Searches titles, texts and who says it."
    readonly_fields = ["modified_at"]
    ordering = ["-date", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["said_by", "programmes", "partners", "sources"]
    form_select_related = ["owner", "said_by"]
    inlines = [PictureInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("When, and who says it", {"fields": [("date", "date_note"), "said_by", "said_by_name"]}),
        ("What it is about", {"fields": ["programmes", "partners", "sources"]}),
        PUBLICATION,
    ]

    @admin.display(description="Date", ordering="date")
    def when_shown(self, item):
        return item.when

    def preview_template(self, item):
        return "news/detail.html"

    def preview_context(self, item):
        return views.context_of(item)

from django.contrib import admin

from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from news import kinds
from news.models import NewsItem, NewsPicture


class PictureInline(PictureUseInline):
    model = NewsPicture


@admin.register(NewsItem)
class NewsItemAdmin(PublishableAdmin):
    form = kinds.NewsItemForm
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
        *kinds.NewsItemKind.layout,
        PUBLICATION,
    ]

    @admin.display(description="Date", ordering="date")
    def when_shown(self, item):
        return item.when

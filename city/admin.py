from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import resolve, reverse

from city import passages, views
from city.models import Page, PageFigure, PagePicture, PriorityArea, Source, Theme, Ward
from cms.backoffice.base_admin import BaseAdmin, RowInline
from cms.backoffice.forms import PublishableForm
from cms.backoffice.object_permissions import SharedMixin
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin

TAKEN = {"static", "media"}  # answered before any page of ours is looked for
KEPT_UP = "Every page of the portal links here, and for some the law asks. Change the words, but leave it published."


class PageForm(PublishableForm):
    needed_to_publish = ("body",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "body" in self.fields:
            self.fields["body"].help_text = passages.help_text()

    def clean_body(self):
        body = self.cleaned_data["body"]
        if mistakes := passages.mistakes(body):
            raise ValidationError([ValidationError(words, code="passage") for words in mistakes])
        return body

    def clean_slug(self):
        """A page stands beside the lists, so it must not take the address of one."""
        slug = self.cleaned_data["slug"]
        if slug in TAKEN or resolve(reverse("city:page", args=[slug])).view_name not in ("city:page", "city:contact"):
            raise ValidationError("The portal itself uses this address. Choose another web name.", code="taken")
        return slug

    def clean(self):
        cleaned = super().clean()
        is_standing = self.before is not None and self.before.slug in Page.STANDING
        if is_standing and cleaned.get("status") == Page.Status.DRAFT:
            self.add_error("status", ValidationError(KEPT_UP, code="standing"))
        for name in ("publish_at", "unpublish_at"):
            if is_standing and cleaned.get(name) and cleaned[name] != getattr(self.before, name):
                self.add_error(name, ValidationError(KEPT_UP, code="standing"))
        return cleaned


class PagePictureInline(PictureUseInline):
    model = PagePicture


class PageFigureInline(RowInline):
    model = PageFigure
    verbose_name_plural = "Figures"
    fields = [
        ("value", "unit", "is_more_than"),
        "what",
        ("before", "period"),
        "question",
        "source",
        "note",
        ("on_home", "order"),
    ]
    autocomplete_fields = ["source"]


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    form = PageForm
    list_display = ["title", "state_shown", "layout", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "layout"]
    search_fields = ["title", "slug", "summary", "body"]
    search_help_text = "Searches titles and texts."
    readonly_fields = ["modified_at"]
    ordering = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["sources"]
    inlines = [PagePictureInline, PageFigureInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("How it is built", {"fields": ["layout", "sources"]}),
        PUBLICATION,
    ]

    def preview_template(self, page):
        return "city/contact.html" if page.slug == Page.CONTACT else f"city/{page.layout}.html"

    def preview_context(self, page):
        return views.context_of(page)


@admin.register(Theme)
class ThemeAdmin(PublishableAdmin):
    list_display = ["title", "state_shown", "kind", "order", "owner", "review_shown", "modified_at"]
    list_filter = [*PublishableAdmin.list_filter, "kind"]
    search_fields = ["title", "short_title", "summary"]
    search_help_text = "Searches titles and summaries."
    readonly_fields = ["modified_at"]
    ordering = ["kind", "order", "title"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["source"]
    form_select_related = ["owner", "source"]
    fieldsets = [
        (None, {"fields": ["title", "short_title", "slug", "summary", "body"]}),
        ("Where it belongs", {"fields": [("kind", "order"), "source"]}),
        PUBLICATION,
    ]

    def preview_template(self, theme):
        return "city/theme.html"

    def preview_context(self, theme):
        return views.context_of_theme(theme)


@admin.register(PriorityArea)
class PriorityAreaAdmin(PublishableAdmin):
    list_display = ["title", "state_shown", "order", "owner", "review_shown", "modified_at"]
    search_fields = ["title", "aim", "measure"]
    search_help_text = "Searches titles, aims and measures."
    readonly_fields = ["modified_at"]
    ordering = ["order"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["source"]
    form_select_related = ["owner", "source"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "aim", "body"]}),
        ("How the city measures it", {"fields": ["measure", "source", "order"]}),
        PUBLICATION,
    ]

    def preview_template(self, area):
        return "city/priority_area.html"

    def preview_context(self, area):
        return views.context_of_area(area)


@admin.register(Ward)
class WardAdmin(PublishableAdmin):
    list_display = ["name", "state_shown", "code", "valid_from", "owner", "review_shown", "modified_at"]
    search_fields = ["name", "code"]
    search_help_text = "Searches names and codes."
    readonly_fields = ["modified_at"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", ("code", "valid_from"), "note"]}),
        ("On the map", {"fields": [("hex_q", "hex_r"), ("latitude", "longitude")]}),
        PUBLICATION,
    ]

    def preview_template(self, ward):
        return "city/ward.html"

    def preview_context(self, ward):
        return views.context_of_ward(ward)


class HasLinkFilter(admin.SimpleListFilter):
    title = "whether it has a web address"
    parameter_name = "linked"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.exclude(address="")
        return queryset.filter(address="") if self.value() == "no" else queryset


@admin.register(Source)
class SourceAdmin(SharedMixin, HistoryMixin, BaseAdmin):
    list_display = ["title", "publisher", "dated", "key"]
    list_filter = [HasLinkFilter]
    list_select_related = False
    search_fields = ["title", "publisher", "key", "address"]
    search_help_text = "Searches titles, publishers, short names and web addresses."
    readonly_fields = []
    ordering = ["publisher", "title"]
    prepopulated_fields = {"key": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "publisher", "dated", "address", "reference"]}),
        ("What a reader should know", {"fields": ["note", "licence", "key"]}),
    ]

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

"""The library of pictures: what there is, what it shows, and where it is used."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from cms.admin.pictures.picture_forms import ImageForm
from cms.admin.pictures.picture_pages import LOST, PicturePages
from cms.admin.pictures.uses_text import named
from cms.backoffice.base_admin import BaseAdmin
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.media import jobs, storage, uses
from cms.media.models import Image, holders


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "used"

    def lookups(self, request, model_admin):
        return [("yes", "On a page"), ("no", "On no page")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.exclude(use_count=0, beside_count=0)
        return queryset.filter(use_count=0, beside_count=0) if self.value() == "no" else queryset


class DescribedFilter(admin.SimpleListFilter):
    title = "description"
    parameter_name = "described"

    def lookups(self, request, model_admin):
        return [("yes", "Described"), ("no", "Not described yet")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.described()
        return queryset.undescribed() if self.value() == "no" else queryset


@admin.register(Image)
class ImageAdmin(PicturePages, HistoryMixin, BaseAdmin):
    form = ImageForm
    list_display = ["thumbnail", "words", "credit", "licence", "size", "use_count", "uploaded_by", "created_at"]
    list_display_links = ["thumbnail", "words"]
    list_filter = [UseFilter, DescribedFilter, "licence", "created_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["alternative_text", "credit"]
    search_help_text = "Searches what the picture shows, and who made it."
    readonly_fields = ["shown", "size", "sizes_made", "where_used", "uploaded_by", "created_at"]
    form_select_related = ["uploaded_by", "replacement"]

    def get_fieldsets(self, request, obj=None):
        words = ["alternative_text", ("credit", "licence")]
        if obj is None:
            return [(None, {"fields": ["upload", *words]})]
        return [
            (None, {"fields": ["shown", *words]}),
            ("About this picture", {"fields": ["where_used", "sizes_made", "size", "uploaded_by", "created_at"]}),
        ]

    def get_queryset(self, request):
        count = beside = Value(0)
        for model, path in holders():
            held = model._default_manager.order_by().filter(**{path: OuterRef("pk")}).values(path)
            count = count + _none_is_zero(held.values(n=Count("pk", distinct=True)))
            changes = uses.changes_with(model, path, OuterRef("pk")).open().order_by()
            beside = beside + _none_is_zero(changes.values("content_type").values(n=Count("pk")))
        return super().get_queryset(request).annotate(use_count=count, beside_count=beside)

    def get_search_results(self, request, queryset, search_term):
        """Offers for a page only what somebody has described."""
        if request.resolver_match.url_name == "autocomplete":
            queryset = queryset.described()
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request, object_id, from_field=None):
        image = super().get_object(request, object_id, from_field)
        if image is not None:
            image.reader = request.user
        return image

    @admin.display(description="Picture")
    def thumbnail(self, image):
        return _shown(image, "thumbnail")

    @admin.display(description="What it shows", ordering="alternative_text")
    def words(self, image):
        words = image.alternative_text or "Not described yet"
        return f"{words} (its file is missing)" if not image.is_ready and storage.is_lost(image) else words

    @admin.display(description="The picture")
    def shown(self, image):
        return _shown(image, "picture-shown")

    @admin.display(description="Size")
    def size(self, image):
        return f"{image.width:,} × {image.height:,}"

    @admin.display(description="Sizes for pages")
    def sizes_made(self, image):
        if storage.is_lost(image):
            return capfirst(LOST)
        if hasattr(image, "replacement"):
            return "Another picture takes its place in a moment."
        if not image.is_ready:
            return "They are being made. Until then no page that shows the picture can be published."
        return f"{', '.join(f'{width}' for width in image.widths)} pixels wide, each as AVIF and as JPEG."

    @admin.display(description="Used on", ordering="use_count")
    def use_count(self, image):
        told = [
            _counted(image.use_count, "page", "pages"),
            _counted(image.beside_count, "change beside a page", "changes beside pages"),
        ]
        return ", ".join(filter(None, told)) or "no page"

    @admin.display(description="Where it is used")
    def where_used(self, image):
        found = named([*uses.uses(image), *uses.uses_beside(image)], image.reader)
        return format_html_join(", ", "{}", ((_linked(*one),) for one in found)) or "On no page."

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """If anything goes wrong between writing the files and the end of the transaction, the files go again."""
        request.written = None
        image = self.get_object(request, unquote(object_id)) if object_id and request.method == "POST" else None
        if image is not None and (refused := self.refused(request, image)):
            return refused
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Exception:
            if request.written:
                storage.remove_files(request.written)
            raise

    def save_form(self, request, form, change):
        image = super().save_form(request, form, change)
        if not change:
            request.written = image
        return image

    def save_model(self, request, obj, form, change):
        if change:
            storage.save_fields(obj, ImageForm.Meta.fields, by=request.user if request.user.pk else None)
            return
        obj.uploaded_by = request.user
        super().save_model(request, obj, form, change)
        jobs.queue(jobs.make_sizes, image_id=obj.pk)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["why_not"] = self.why_not(request, obj) if obj else ""
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def delete_model(self, request, obj):
        storage.delete(obj)

    def delete_queryset(self, request, queryset):
        for image in queryset:
            storage.delete(image)

    def get_deleted_objects(self, objs, request):
        """A picture on a page cannot go: take it off the page first."""
        to_delete, count, needed, _ = super().get_deleted_objects(objs, request)
        found = [one for image in objs for one in (*uses.uses(image), *uses.uses_beside(image))]
        return to_delete, count, needed, [_linked(*one) for one in named(found, request.user)]


def _none_is_zero(count):
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def _counted(number, one, many):
    return f"{number} {one if number == 1 else many}" if number else ""


def _linked(words, address):
    return format_html('<a href="{}">{}</a>', address, words) if address else words


def _shown(image, kind):
    return format_html(
        '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
        kind,
        image.preview_url,
        image.preview_width,
        image.preview_height,
        image.alternative_text or "Not described yet",
    )

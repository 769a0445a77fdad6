"""The library of pictures: what there is, what it shows, and where it is used."""

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

from editorial import images
from editorial.jobs.pictures import make_sizes
from editorial.models import Image, holders
from editorial.picture_forms import ImageForm
from editorial.staff.history import HistoryMixin
from editorial.staff.picture_pages import PicturePages
from editorial.staff.things import ThingAdmin


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "used"

    def lookups(self, request, model_admin):
        return [("yes", "On a page"), ("no", "On no page")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(use_count__gt=0)
        return queryset.filter(use_count=0) if self.value() == "no" else queryset


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
class ImageAdmin(PicturePages, HistoryMixin, ThingAdmin):
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
        count = Value(0)
        for model, path in holders():
            held = model._default_manager.order_by().filter(**{path: OuterRef("pk")}).values(path)
            count = count + Coalesce(
                Subquery(held.values(n=Count("pk", distinct=True)), output_field=IntegerField()), 0
            )
        return super().get_queryset(request).annotate(use_count=count)

    def get_search_results(self, request, queryset, search_term):
        """Offers for a page only what somebody has described."""
        if request.resolver_match.url_name == "autocomplete":
            queryset = queryset.described()
        return super().get_search_results(request, queryset, search_term)

    def _is_within_reach(self, request, image) -> bool:
        if image is None or not request.user.is_limited:
            return True
        return Image.objects.changeable_by(request.user).filter(pk=image.pk).exists()

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    @admin.display(description="Picture")
    def thumbnail(self, image):
        return _shown(image, "thumbnail")

    @admin.display(description="What it shows", ordering="alternative_text")
    def words(self, image):
        return image.alternative_text or "Not described yet"

    @admin.display(description="The picture")
    def shown(self, image):
        return _shown(image, "picture-shown")

    @admin.display(description="Size")
    def size(self, image):
        return f"{image.width:,} × {image.height:,}"

    @admin.display(description="Sizes for pages")
    def sizes_made(self, image):
        if hasattr(image, "replacement"):
            return "Another picture takes its place in a moment."
        if not image.is_ready:
            return "They are being made. Until then no page that shows the picture can be published."
        return f"{', '.join(f'{width:,}' for width in image.widths)} wide, each as AVIF and as JPEG."

    @admin.display(description="Used on", ordering="use_count")
    def use_count(self, image):
        return "no page" if not image.use_count else "1 page" if image.use_count == 1 else f"{image.use_count} pages"

    @admin.display(description="Where it is used")
    def where_used(self, image):
        found = images.uses(image)
        if not found:
            return "On no page."
        return format_html_join(", ", '<a href="{}">{}</a>', ((self._change_url(thing), thing) for thing in found))

    def _change_url(self, thing):
        meta = thing._meta
        try:
            return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
        except NoReverseMatch:
            return thing.get_absolute_url()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """If anything goes wrong between writing the files and the end of the transaction, the files go again."""
        request.written = None
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Exception:
            if request.written:
                images.remove_files(request.written)
            raise

    def save_form(self, request, form, change):
        image = super().save_form(request, form, change)
        if not change:
            request.written = image
        return image

    def save_model(self, request, obj, form, change):
        if not change:
            obj.uploaded_by = request.user
        super().save_model(request, obj, form, change)
        if not change:
            make_sizes.defer(image_id=obj.pk)

    def delete_model(self, request, obj):
        images.delete(obj)

    def delete_queryset(self, request, queryset):
        for image in queryset:
            images.delete(image)

    def get_deleted_objects(self, objs, request):
        """A picture on a page cannot go: take it off the page first."""
        to_delete, count, needed, _ = super().get_deleted_objects(objs, request)
        used = [
            format_html('{}: <a href="{}">{}</a>', thing._meta.verbose_name, self._change_url(thing), thing)
            for image in objs
            for thing in images.uses(image)
        ]
        return to_delete, count, needed, used


def _shown(image, kind):
    return format_html(
        '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
        kind,
        image.preview_url,
        image.preview_width,
        image.preview_height,
        image.alternative_text,
    )

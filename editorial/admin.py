"""The admin of pictures and moved addresses. What every other admin is built from is in staff.py."""

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

from editorial import images
from editorial.forms import ImageForm, MovedAddressForm
from editorial.models import Image, MovedAddress
from editorial.staff import ThingAdmin


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "used"

    def lookups(self, request, model_admin):
        return [("yes", "On a page"), ("no", "On no page")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(use_count__gt=0)
        return queryset.filter(use_count=0) if self.value() == "no" else queryset


@admin.register(Image)
class ImageAdmin(ThingAdmin):
    form = ImageForm
    list_display = ["thumbnail", "alternative_text", "credit", "size", "use_count", "uploaded_by", "created_at"]
    list_display_links = ["thumbnail", "alternative_text"]
    list_filter = [UseFilter, "created_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["alternative_text", "credit"]
    search_help_text = "Searches what the picture shows, and who made it."
    readonly_fields = ["shown", "size", "where_used", "uploaded_by", "created_at"]
    form_select_related = ["uploaded_by"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["upload", "alternative_text", "credit"]})]
        return [
            (None, {"fields": ["shown", "alternative_text", "credit"]}),
            ("About this picture", {"fields": ["where_used", "size", "uploaded_by", "created_at"]}),
        ]

    def get_queryset(self, request):
        count = Value(0)
        for model, name in images.holders():
            held = model._default_manager.order_by().filter(**{name: OuterRef("pk")}).values(name)
            count = count + Coalesce(Subquery(held.values(n=Count("pk")), output_field=IntegerField()), 0)
        return super().get_queryset(request).annotate(use_count=count)

    @admin.display(description="Picture")
    def thumbnail(self, image):
        return _shown(image, "thumbnail")

    @admin.display(description="The picture")
    def shown(self, image):
        return _shown(image, "picture-shown")

    @admin.display(description="Size")
    def size(self, image):
        return f"{image.width:,} × {image.height:,}"

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

    def delete_model(self, request, obj):
        images.delete(obj)

    def delete_queryset(self, request, queryset):
        for image in queryset:
            images.delete(image)

    def get_deleted_objects(self, objs, request):
        """A picture on a page cannot go: take it off the page first."""
        to_delete, count, needed, protected = super().get_deleted_objects(objs, request)
        used = [
            format_html('{}: <a href="{}">{}</a>', thing._meta.verbose_name, self._change_url(thing), thing)
            for image in objs
            for thing in images.uses(image)
        ]
        return to_delete, count, needed, [*protected, *used]


def _shown(image, kind):
    return format_html(
        '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
        kind,
        image.preview_url,
        image.preview_width,
        image.preview_height,
        image.alternative_text,
    )


class MovedByFilter(admin.SimpleListFilter):
    title = "how it was made"
    parameter_name = "made"

    def lookups(self, request, model_admin):
        return [("hand", "By hand"), ("itself", "When a page was renamed")]

    def queryset(self, request, queryset):
        if self.value() in ("hand", "itself"):
            return queryset.filter(content_type__isnull=self.value() == "hand")
        return queryset


@admin.register(MovedAddress)
class MovedAddressAdmin(ThingAdmin):
    form = MovedAddressForm
    list_display = ["old_path", "leads_to", "made", "created_at"]
    list_filter = [MovedByFilter]
    list_select_related = ["content_type"]
    search_fields = ["old_path", "new_path"]
    search_help_text = "Searches old and new addresses."
    readonly_fields = ["leads_to", "made", "created_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("thing")

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["old_path", "new_path"]})]
        return [
            (None, {"fields": ["old_path", "leads_to" if obj.content_type_id else "new_path", "made", "created_at"]})
        ]

    def has_change_permission(self, request, obj=None):
        """Those made by a rename follow their page; there is nothing to change, only to delete."""
        if obj is not None and obj.content_type_id:
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description="Leads to")
    def leads_to(self, moved):
        if moved.content_type_id is None:
            return moved.new_path
        return moved.thing.get_absolute_url() if moved.thing else "Nowhere: that page was deleted"

    @admin.display(description="How it was made", ordering="content_type")
    def made(self, moved):
        return "When a page was renamed" if moved.content_type_id else "By hand"

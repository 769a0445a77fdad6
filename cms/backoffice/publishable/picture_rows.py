"""The pictures of one page, within its form."""

from django.contrib import admin
from django.utils.html import format_html

from cms.backoffice.base_admin import RowInline
from cms.backoffice.publishable.publishable_kind import PICTURE_FIELDS


class PictureUseInline(RowInline):
    verbose_name = "picture"
    verbose_name_plural = "Pictures"
    fields = ["thumbnail", *PICTURE_FIELDS]
    autocomplete_fields = ["image"]
    readonly_fields = ["thumbnail"]

    @admin.display(description="The picture now")
    def thumbnail(self, use):
        if use.image_id is None:
            return "None is chosen yet."
        return format_html(
            '<img class="thumbnail" src="{}" width="{}" height="{}" alt="" loading="lazy">',
            use.image.preview_url,
            use.image.preview_width,
            use.image.preview_height,
        )

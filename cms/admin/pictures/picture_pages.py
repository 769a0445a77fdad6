"""The library's own pages: add several pictures, describe them, say what must stay in a crop, replace one."""

import re
from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from cms.admin.pictures.picture_forms import (
    NOT_STORED,
    DescribingForm,
    FocalForm,
    ImageForm,
    ReplacementForm,
    UploadForm,
    UseForm,
    use_form,
)
from cms.admin.pictures.rights_mixin import PictureRights
from cms.admin.pictures.uses_text import in_a_row, named
from cms.media import cleaning, crops, jobs, permissions, renditions, replacement, storage
from cms.media import uses as media_uses
from cms.media.models import Image, Replacement

MOST_TO_DESCRIBE = 20  # on one page
LOST = "the file is missing from our disk. Bring it back from the backup, or replace the picture."
CROPS = {"wide": crops.WIDE, "square": crops.SQUARE}
_TYPED = re.compile(r"picture-([0-9]{1,18})-alternative_text")


class PicturePages(PictureRights, admin.ModelAdmin):
    def get_urls(self):
        pages = [
            ("upload/", self.upload_view, "upload"),
            ("describe/", self.describe_view, "describe"),
            ("<path:object_id>/focal/", self.focal_view, "focal"),
            ("<path:object_id>/replace/", self.replace_view, "replace"),
            ("<path:object_id>/crop/<slug:name>.jpg", require_safe(self.crop_view), "crop"),
        ]
        own = [
            path(address, self.admin_site.admin_view(view), name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")
            for address, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def _url(self, name, *args):
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def _page(self, request, name, **context):
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "list_url": self._url("changelist")}
        return render(request, f"admin/cms/image/{name}.html", shared | context)

    def _seen(self, request, object_id) -> Image:
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = self.get_object(request, unquote(object_id))
        if image is None:
            raise Http404
        return image

    def _undescribed(self, request):
        return permissions.changeable(request.user).undescribed().order_by("created_at", "pk")

    def changelist_view(self, request, extra_context=None):
        waiting = 0
        if self.has_change_permission(request):
            waiting = self._undescribed(request).count()
            lost = [image for image in Image.objects.unready() if storage.is_lost(image)]
            if lost and request.method == "GET":
                messages.warning(request, f"{in_a_row(f'“{image}”' for image in lost)}: {LOST}")
        return super().changelist_view(request, {"undescribed_count": waiting} | (extra_context or {}))

    def upload_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(*([request.POST, request.FILES] if request.method == "POST" else []), label_suffix="")
        refused = []
        if form.is_valid():
            refused = self._keep(request, form.cleaned_data["uploads"])
            if not refused:
                return HttpResponseRedirect(self._url("describe"))
        return self._page(request, "upload", title="Add several pictures", form=form, refused=refused)

    def _keep(self, request, uploads: Iterable) -> list[tuple[str, str]]:
        """Each on its own, so that a bad one spoils nothing. Returns the names of those refused, and why."""
        kept, refused, is_busy = 0, [], False
        for upload in uploads:
            try:
                if is_busy:  # whoever is sent away once does not wait for each of the others
                    raise ValidationError(cleaning.BUSY)
                self._keep_one(request, upload)
                kept += 1
            except ValidationError as error:
                is_busy |= error.code == "busy"
                refused.append((upload.name, error.messages[0]))
        if kept:
            messages.success(request, f"{_counted(kept)} added. Now say what each one shows.")
        return refused

    def _keep_one(self, request, upload) -> None:
        image = Image(uploaded_by=request.user)
        try:
            storage.store(image, cleaning.read(upload))
        except OSError:
            raise NOT_STORED from None
        try:
            with transaction.atomic():
                image.save()
                self.log_addition(request, image, [{"added": {}}])
                jobs.queue(jobs.make_sizes, image_id=image.pk)
        except Exception:
            storage.remove_files(image)
            raise

    def describe_view(self, request):
        """Those nobody has described yet, and those that somebody else described while words for them were typed. One
        left empty stays for later."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        waiting = self._undescribed(request)
        forms = [_describing(request.POST, image) for image in waiting[:MOST_TO_DESCRIBE]]
        forms += self._described_meanwhile(request, {form.instance.pk for form in forms})
        typed = [form for form in forms if form.is_bound]
        wrong = [form for form in typed if not form.is_valid()]
        if typed and not wrong:
            with transaction.atomic():
                for form in typed:
                    self._save_fields(request, form)
            messages.success(request, f"{_counted(len(typed))} described.")
            return HttpResponseRedirect(self._url("describe" if waiting.exists() else "changelist"))
        return self._page(request, "describe", title="Say what these pictures show", forms=forms, wrong=wrong)

    def _described_meanwhile(self, request, waiting: set[int]) -> list[DescribingForm]:
        posted = [(found, text.strip()) for name, text in request.POST.items() if (found := _TYPED.fullmatch(name))]
        typed = {int(found[1]): text for found, text in posted if text and int(found[1]) not in waiting}
        theirs = permissions.changeable(request.user).in_bulk(typed)
        for key, text in typed.items():
            if key not in theirs:
                messages.warning(request, f"You may not change that picture now, so this is not saved: “{text}”")
        return [form for image in theirs.values() if (form := _describing(request.POST, image)).is_bound]

    def _save_fields(self, request, form) -> None:
        storage.save_fields(form.instance, form.Meta.fields, by=request.user)
        self.log_change(request, form.instance, self.construct_change_message(request, form, []))

    def focal_view(self, request, object_id):
        """Clicked into the picture, or typed as two numbers."""
        image = self._seen(request, object_id)
        if refused := self.refused(request, image):
            return refused
        size = renditions.point_size((image.width, image.height))
        data = request.POST.copy() if request.method == "POST" else None
        if data and (clicked := _clicked(data, size)):
            data["focal_x"], data["focal_y"] = clicked
        form = FocalForm(data, instance=image)
        if form.is_valid():
            if form.has_changed():
                with transaction.atomic():
                    self._save_fields(request, form)
                    jobs.recrop.defer(image_id=image.pk)
            messages.success(request, "Every crop is now made around this point.")
            return HttpResponseRedirect(request.path)
        if form.is_bound:
            image.refresh_from_db(fields=["focal_x", "focal_y"])
        return self._page(
            request, "focal", title="What must stay in the picture", original=image, form=form, size=size,
            change_url=self._url("change", image.pk), crops=CROPS,
        )  # fmt: skip

    def crop_view(self, request, object_id, name):
        image = self._seen(request, object_id)
        focal = image.focal_x, image.focal_y
        try:
            with image.preview.open() as preview:
                if name == "point":
                    return HttpResponse(renditions.pointed(preview, focal), content_type="image/jpeg")
                if name in CROPS:
                    return HttpResponse(renditions.crop(preview, CROPS[name], focal), content_type="image/jpeg")
        except FileNotFoundError:  # the database was restored without its pictures
            pass
        raise Http404

    def replace_view(self, request, object_id):
        image = self._seen(request, object_id)
        if refused := self.refused(request, image) or self.refused_for_words(request, image):
            return refused
        words = {name: getattr(image, name) for name in ImageForm.Meta.fields}
        data = [request.POST, request.FILES] if request.method == "POST" else []
        form = ReplacementForm(*data, instance=Replacement(image=image, by=request.user), initial=words)
        uses = [use_form(*data[:1] or [None], use) for use in media_uses.with_own_words(image)]
        unread = [use for use in uses if use.is_bound and not use.is_valid()]
        if form.is_valid() and unread:
            storage.remove_files(form.instance)  # it is asked for again
        elif form.is_valid():
            self._replace(form, uses)
            messages.success(request, "As soon as all its sizes are made, every page shows the new picture.")
            return HttpResponseRedirect(self._url("change", image.pk))
        found = named([*media_uses.uses(image), *media_uses.uses_beside(image)], request.user)
        return self._page(
            request, "replace", title="Replace this picture everywhere", original=image, form=form, uses=uses,
            change_url=self._url("change", image.pk), used_on=in_a_row(words for words, _ in found),
            wrong=form.errors or unread,
        )  # fmt: skip

    def _replace(self, form: ReplacementForm, uses: list[UseForm]) -> None:
        form.instance.use_words = [use.told() for use in uses]
        try:
            with transaction.atomic():
                jobs.queue(jobs.take_over, replacement_id=replacement.replace(form.instance).pk)
        except Exception:
            storage.remove_files(form.instance)
            raise


def _counted(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"


def _describing(data, image: Image) -> DescribingForm:
    """With what was typed, if anything was: one left empty is no mistake."""
    options = {"instance": image, "prefix": f"picture-{image.pk}", "use_required_attribute": False}
    form = DescribingForm(data if f"picture-{image.pk}-alternative_text" in data else None, **options)
    return form if form.is_bound and form.has_changed() else DescribingForm(**options)


def _clicked(data, size: crops.Size) -> crops.Size | None:
    """Where, in percent. A browser sends (0, 0) for the key Enter, which is no click."""
    try:
        x, y = int(data["point.x"]), int(data["point.y"])
    except (KeyError, ValueError):
        return None
    if (x, y) == (0, 0):
        return None
    return _percent(x, size[0]), _percent(y, size[1])


def _percent(at: int, length: int) -> int:
    return round(100 * min(max(at, 0), length) / length)

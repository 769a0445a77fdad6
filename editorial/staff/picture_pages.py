"""The library's own pages: add several pictures, describe them, say what must stay in a crop, replace one."""

from collections.abc import Iterable
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from editorial import crops, images
from editorial.images import renditions
from editorial.jobs import pictures as jobs
from editorial.models import Image, Replacement
from editorial.picture_forms import NOT_STORED, FocalForm, ImageForm, ReplacementForm, UploadForm

MOST_TO_DESCRIBE = 20  # on one page
CROPS = {"wide": crops.WIDE, "square": crops.SQUARE}


class PicturePages(admin.ModelAdmin):
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
        return render(request, f"admin/editorial/image/{name}.html", shared | context)

    def _image(self, request, object_id) -> Image:
        """One that whoever asks may change."""
        image = self._seen(request, object_id)
        if not self.has_change_permission(request, image):
            raise PermissionDenied
        return image

    def _seen(self, request, object_id) -> Image:
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = self.get_object(request, unquote(object_id))
        if image is None:
            raise Http404
        return image

    def _undescribed(self, request):
        return self.get_queryset(request).undescribed().changeable_by(request.user).order_by("created_at", "pk")

    def changelist_view(self, request, extra_context=None):
        waiting = self._undescribed(request).count() if self.has_change_permission(request) else 0
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
        kept, refused = 0, []
        for upload in uploads:
            try:
                self._keep_one(request, upload)
                kept += 1
            except ValidationError as error:
                refused.append((upload.name, error.messages[0]))
        if kept:
            messages.success(request, f"{_counted(kept)} added. Now say what each one shows.")
        return refused

    def _keep_one(self, request, upload) -> None:
        image = Image(uploaded_by=request.user)
        picture = images.read(upload)
        try:
            images.store(image, picture)
        except OSError:
            raise NOT_STORED from None
        try:
            with transaction.atomic():
                image.save()
                self.log_addition(request, image, [{"added": {}}])
                jobs.make_sizes.defer(image_id=image.pk)
        except Exception:
            images.remove_files(image)
            raise

    def describe_view(self, request):
        """Those nobody has described yet. One left empty stays for later."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        waiting = self._undescribed(request)
        forms = [_describing(request.POST, image) for image in waiting[:MOST_TO_DESCRIBE]]
        typed = [form for form in forms if form.is_bound]
        wrong = [form for form in typed if not form.is_valid()]
        if typed and not wrong:
            with transaction.atomic():
                for form in typed:
                    self.log_change(request, form.save(), self.construct_change_message(request, form, []))
            messages.success(request, f"{_counted(len(typed))} described.")
            return HttpResponseRedirect(self._url("describe" if waiting.exists() else "changelist"))
        return self._page(request, "describe", title="Say what these pictures show", forms=forms, wrong=wrong)

    def focal_view(self, request, object_id):
        """Clicked into the picture, or typed as two numbers."""
        image = self._image(request, object_id)
        size = renditions.point_size((image.width, image.height))
        data = request.POST.copy() if request.method == "POST" else None
        if data and (clicked := _clicked(data, size)):
            data["focal_x"], data["focal_y"] = clicked
        form = FocalForm(data, instance=image)
        if form.is_valid():
            if form.has_changed():
                with transaction.atomic():
                    form.save()
                    self.log_change(request, image, self.construct_change_message(request, form, []))
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
        image = self._image(request, object_id)
        words = {name: getattr(image, name) for name in ImageForm.Meta.fields}
        data = [request.POST, request.FILES] if request.method == "POST" else []
        form = ReplacementForm(*data, instance=Replacement(image=image, by=request.user), initial=words)
        if form.is_valid():
            self._replace(image, form)
            messages.success(request, "As soon as all its sizes are made, every page shows the new picture.")
            return HttpResponseRedirect(self._url("change", image.pk))
        return self._page(
            request, "replace", title="Replace this picture everywhere", original=image, form=form,
            change_url=self._url("change", image.pk), used_on=images.uses(image),
        )  # fmt: skip

    def _replace(self, image: Image, form: ReplacementForm) -> None:
        """Another one that was still waiting goes; the last word counts."""
        try:
            with transaction.atomic():
                Image.objects.select_for_update().get(pk=image.pk)
                for waiting in Replacement.objects.filter(image=image):
                    waiting.delete()
                    transaction.on_commit(partial(images.remove_files, waiting))
                jobs.take_over.defer(replacement_id=form.save().pk)
        except Exception:
            images.remove_files(form.instance)
            raise


def _counted(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"


def _describing(data, image: Image) -> ImageForm:
    """With what was typed, if anything was: one left empty is no mistake."""
    options = {"instance": image, "prefix": f"picture-{image.pk}", "use_required_attribute": False}
    form = ImageForm(data if f"picture-{image.pk}-alternative_text" in data else None, **options)
    return form if form.is_bound and form.has_changed() else ImageForm(**options)


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
    return min(100, max(0, round(100 * at / length)))

"""What staff may type about pictures.

A picture is described in words before any page may show it, and its file is read once, here.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.backoffice.forms import StaffForm
from cms.media import cleaning, storage
from cms.media.models import Image, PictureUse, Replacement
from cms.revisions import snapshot

MOST_AT_ONCE = 12
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/gif"
KINDS = (
    "JPEG, PNG, WebP, HEIC or GIF, at most 25 MB. We keep a clean copy only: the place and the camera that phones "
    "write into their pictures are removed, and of a moving picture the first moment is kept."
)
NOT_STORED = ValidationError(
    "We could not keep the picture: our disk may be full. Please tell whoever runs this site, and try again later.",
    code="not_stored",
)


class ImageForm(StaffForm):
    """Adds one picture, or says something else about one that is there."""

    upload = forms.FileField(label="Picture", help_text=KINDS, widget=forms.FileInput(attrs={"accept": ACCEPT}))

    class Meta:
        model: type[Image | Replacement] = Image
        fields = ["alternative_text", "credit", "licence"]
        widgets = {"alternative_text": forms.Textarea(attrs={"rows": 2, "class": "vTextField"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("upload", None)
        for name in self.Meta.fields:
            if name in self.fields:
                self.fields[name].required = True

    def clean_alternative_text(self):
        return " ".join(self.cleaned_data["alternative_text"].split())

    def clean_upload(self):
        try:
            self.picture = cleaning.read(self.cleaned_data["upload"])
        except OSError:
            raise NOT_STORED from None
        return self.cleaned_data["upload"]

    def _post_clean(self):
        """Writes the files once all else is right, so that a full disk is an error of this form like any other."""
        super()._post_clean()
        if self.errors or "upload" not in self.fields:
            return
        try:
            storage.store(self.instance, self.picture)
        except OSError:
            self.add_error("upload", NOT_STORED)


class ReplacementForm(ImageForm):
    """Another file for the same picture. Its words are those of the old one until somebody has read them again."""

    field_order = ["upload", "alternative_text", "is_read_again", "credit", "licence"]

    is_read_again = forms.BooleanField(
        label="These words describe the new picture",
        error_messages={"required": "Read the words above again: do they say what the new picture shows?"},
    )

    class Meta(ImageForm.Meta):
        model = Replacement


class SeenForm(StaffForm):
    """Says what somebody else has written since this was shown, instead of replacing it. Its page sends `mark` back."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        shown = {name: snapshot.plain(self.initial.get(name)) for name in self._meta.fields}
        self.mark = snapshot.fingerprint({"fields": shown, "rows": {}})

    def clean(self):
        cleaned = super().clean()
        if self.data.get(self.add_prefix("seen")) != self.mark:
            theirs = ", ".join(f"“{self.initial[name]}”" for name in self._meta.fields if self.initial.get(name))
            raise ValidationError(
                f"Somebody has changed this meanwhile. It says now: {theirs or 'nothing'}. "
                "What you typed stands below. Save again, and it takes the place of that.",
                code="changed_meanwhile",
            )
        return cleaned


class DescribingForm(SeenForm, ImageForm):
    """One of several that nobody has described when they were shown."""


class UseForm(SeenForm):
    """What one page says of a picture in words of its own, read again for another picture."""

    is_read_again = forms.BooleanField(label="These words describe the new picture", required=False)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("is_read_again") and not set(self._meta.fields) <= set(self.changed_data):
            words = "Read these words again: if they are about the new picture, too, tick this; if not, change them."
            self.add_error("is_read_again", ValidationError(words, code="not_read_again"))
        return cleaned

    def told(self) -> dict[str, Any]:
        """As the replacement keeps it."""
        names: Any = self._meta.fields
        return {
            "model": self.instance._meta.label,
            "key": self.instance.pk,
            "was": {name: self.initial[name] for name in names},
            "words": {name: self.cleaned_data[name] for name in names},
        }


def use_form(data: Any, use: PictureUse) -> UseForm:
    names = [name for name in ("alternative_text", "caption") if getattr(use, name)]
    widgets: Any = {name: forms.Textarea(attrs={"rows": 2, "class": "vTextField"}) for name in names}
    form: Any = forms.modelform_factory(type(use), form=UseForm, fields=names, widgets=widgets)
    return form(data, instance=use, prefix=f"{use._meta.model_name}-{use.pk}")


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class SeveralFiles(forms.Field):
    """Takes whatever files come; each is judged on its own, so that a bad one spoils nothing."""

    widget = SeveralFilesInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_AT_ONCE:
            raise ValidationError(
                f"Those are {len(value)} pictures. Please choose at most {MOST_AT_ONCE} at once.", code="too_many"
            )


class UploadForm(forms.Form):
    uploads = SeveralFiles(
        label="Pictures",
        help_text=f"Up to {MOST_AT_ONCE} at once, 200 MB together. {KINDS}",
        error_messages={"required": "Choose at least one picture."},
        widget=SeveralFilesInput(attrs={"accept": ACCEPT}),
    )


class FocalForm(StaffForm):
    class Meta:
        model = Image
        fields = ["focal_x", "focal_y"]
        widgets = {name: forms.NumberInput(attrs={"min": 0, "max": 100}) for name in ("focal_x", "focal_y")}

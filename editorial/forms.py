"""What staff may type about anything that is published, and about pictures and moved addresses.

The law here: an address that once was public leads somewhere for ever, and nobody's change is lost without a word.
"""

import datetime
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import Resolver404, resolve
from django.utils import timezone

from editorial import images
from editorial.models import Image, MovedAddress, Publishable

MONTHS_UNTIL_REVIEW = 12


class DateTimeInput(forms.DateTimeInput):
    """One labelled field for a day and a time."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ThingForm(forms.ModelForm):
    """Lets its widgets see the thing, so that none of them asks again for what is loaded already."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for field in self.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            if hasattr(widget, "thing"):
                widget.thing = self.instance


class PublishableForm(ThingForm):
    """For everything with a status. `needed_to_publish` names fields that only a draft may leave empty."""

    needed_to_publish: tuple[str, ...] = ()

    change_reason = forms.CharField(
        label="Why this change?",
        required=False,
        max_length=200,
        help_text="You can leave this empty. It is kept in the history, beside your name.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.before = None
        if self.instance.pk and self.instance.modified_at:
            self.initial["seen_at"] = self.instance.modified_at.isoformat()

    def clean(self):
        cleaned = super().clean()
        self.before = self._as_stored()
        self._refuse_if_changed_meanwhile(cleaned.get("seen_at"))
        self._refuse_itself(cleaned)
        if cleaned.get("status") == Publishable.Status.PUBLISHED:
            self._check_before_publishing(cleaned)
        if cleaned.get("change_reason"):
            self.instance._change_reason = cleaned["change_reason"]
        return cleaned

    def _post_clean(self):
        """Once the thing holds what was typed: its address must not be one that still leads readers to another."""
        super()._post_clean()
        if "slug" not in self.fields or "slug" in self.errors or not self.instance.slug:
            return
        moved = MovedAddress.objects.filter(old_path=self.instance.get_absolute_url()).first()
        own = moved and self.instance.pk == moved.object_id and moved.thing == self.instance
        if moved and not own and moved.target():
            message = "This was the address of another page, and still leads there. Choose another web name."
            self.add_error("slug", ValidationError(message, code="moved"))

    def _as_stored(self):
        """The thing as the database holds it now; locked until this save is done, if one is going on."""
        if not self.instance.pk:
            return None
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk)
        if transaction.get_connection(rows.db).in_atomic_block:
            rows = rows.select_for_update()
        return rows.first()

    def _refuse_if_changed_meanwhile(self, seen_at):
        if self.before and seen_at and seen_at != self.before.modified_at.isoformat():
            raise ValidationError(
                "Somebody saved this page while you had it open, so nothing of yours is saved yet. "
                "Open the page again in a second window, carry your changes over, and save there.",
                code="changed_meanwhile",
            )

    def _refuse_itself(self, cleaned):
        """A constraint that says so cannot be checked by a form, which does not hold the key of its own row."""
        for name, value in list(cleaned.items()):
            chosen = [value] if isinstance(value, type(self.instance)) else value if isinstance(value, QuerySet) else []
            if self.instance.pk and self.instance in chosen:
                self.add_error(name, ValidationError("It cannot lead to itself.", code="itself"))

    def _check_before_publishing(self, cleaned):
        for name in self.needed_to_publish:
            if name in self.fields and name not in self.errors and not cleaned.get(name):
                self.add_error(name, ValidationError("Fill this in before you publish.", code="needed_to_publish"))
        was_public = self.before is not None and self.before.status == Publishable.Status.PUBLISHED
        if not was_public and "review_on" in self.fields and "review_on" not in self.errors:
            cleaned["review_on"] = cleaned.get("review_on") or in_months(MONTHS_UNTIL_REVIEW)

    def _save_m2m(self):
        super()._save_m2m()
        if self.before and self.before.get_absolute_url() != self.instance.get_absolute_url():
            remember_move(self.instance, self.before.get_absolute_url())


def in_months(months: int) -> datetime.date:
    """The same day of the month so many months from today; the last there is, if that month is shorter."""
    today = timezone.localdate()
    years, month = divmod(today.month - 1 + months, 12)
    for day in range(today.day, 27, -1):
        try:
            return today.replace(year=today.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    return today.replace(year=today.year + years, month=month + 1)


def remember_move(thing: Any, old_path: str) -> None:
    """From now on the old address leads to the thing, wherever it is; its new address leads nowhere else."""
    MovedAddress.objects.filter(old_path=thing.get_absolute_url()).delete()
    MovedAddress.objects.update_or_create(
        old_path=old_path,
        defaults={"content_type": ContentType.objects.get_for_model(thing), "object_id": thing.pk, "new_path": ""},
    )


# Anything a browser could take for another site: a scheme, two slashes, a backslash, or what it drops in between.
_PATH = re.compile(r"/(?!/)[^\s\\\x00-\x1f\x7f]*")


def check_path(path: str) -> None:
    """Raises ValidationError unless the text is an address on this site."""
    if not _PATH.fullmatch(path) or "//" in path:
        raise ValidationError(
            "Write an address on this site: it starts with one “/”, such as /programmes/reading/, and has no "
            "“https:”, no spaces and no “\\”.",
            code="not_on_this_site",
        )


def is_live(path: str) -> bool:
    """Whether the address leads to a page now: a list, or a published thing."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if not match.kwargs and not match.args:
        return True
    slug = match.kwargs.get("slug", "")
    return any(
        thing.get_absolute_url() == path
        for model in apps.get_models()
        if issubclass(model, Publishable) and slug
        for thing in model._default_manager.published().filter(slug=slug)
    )


class MovedAddressForm(ThingForm):
    """For an address that staff move by hand. Those the portal moved itself keep what they lead to."""

    class Meta:
        model = MovedAddress
        fields = ["old_path", "new_path"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "new_path" in self.fields:
            self.fields["new_path"].required = True

    def clean_old_path(self):
        path = unquote(self.cleaned_data["old_path"])
        check_path(path)
        if "?" in path or "#" in path:
            raise ValidationError("Leave out what follows “?” or “#”.", code="not_a_path")
        if is_live(path):
            raise ValidationError("There is a page at this address. Move or take down that page first.", code="live")
        return path

    def clean_new_path(self):
        path = self.cleaned_data["new_path"]
        check_path(path)
        if MovedAddress.objects.filter(old_path=urlsplit(path).path).exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                "This address has moved itself. Write the one it leads to, so that nobody is sent in a circle.",
                code="moved_itself",
            )
        return path

    def clean(self):
        cleaned = super().clean()
        old, new = cleaned.get("old_path"), cleaned.get("new_path")
        if old and new and urlsplit(new).path == old:
            self.add_error("new_path", ValidationError("The old and the new address are the same.", code="same"))
        return cleaned


_FILE_NAME = re.compile(
    r"\S+\.(jpe?g|png|webp|heic|heif|gif|tiff?|bmp|svg)"
    r"|(img|dscn?|dscf|dcim|pxl|mvi|p|image|photo|picture|screenshot|scan)[-_ ]*[\d-]+\W*\d*",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(an?|the|this|my|our|some)?\W*"
    r"(image|picture|photo(graph)?|pic|logo|graphic|icon|illustration|drawing|screen ?shot|thumbnail|header|banner"
    r"|untitled|alt(ernative)?( text)?|(no )?description|decorative|none|n/?a|tb[ca]|test|to do)s?"
    r"( (of|from|with|here))?\W*\d*\W*",
    re.IGNORECASE,
)
MIN_ALTERNATIVE_TEXT = 10


def check_alternative_text(text: str) -> None:
    """Raises ValidationError for a text that tells a listener nothing."""
    if _FILE_NAME.fullmatch(text):
        raise ValidationError(
            "That looks like the name of a file. Say in one short sentence what the picture shows.", code="file_name"
        )
    letters = sum(character.isalpha() for character in text)
    if _SAYS_NOTHING.fullmatch(text) or letters < MIN_ALTERNATIVE_TEXT or len(text.split()) < 2:
        raise ValidationError(
            "That does not tell a listener what the picture shows. Say it in one short sentence, for example "
            "“Two girls plant a tree in Arboretum park.”",
            code="says_nothing",
        )


class ImageForm(ThingForm):
    """A picture is uploaded once. To show another, upload another."""

    upload = forms.FileField(
        label="Picture",
        help_text="A JPEG, PNG or WebP file of at most 25 MB. We keep a clean copy only: the place and the camera that "
        "phones write into their pictures are removed.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Image
        fields = ["alternative_text", "credit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("upload", None)

    def clean_alternative_text(self):
        text = " ".join(self.cleaned_data["alternative_text"].split())
        check_alternative_text(text)
        return text

    def clean_upload(self):
        self.picture = images.read(self.cleaned_data["upload"])
        return self.cleaned_data["upload"]

    def _post_clean(self):
        """Writes the files once all else is right, so that a full disk is an error of this form like any other."""
        super()._post_clean()
        if self.errors or "upload" not in self.fields:
            return
        try:
            images.store(self.instance, self.picture)
        except OSError:
            self.add_error(
                "upload",
                ValidationError(
                    "We could not keep the picture: our disk may be full. Please tell whoever runs this site, and try "
                    "again later.",
                    code="not_stored",
                ),
            )

"""What is typed about a picture and the people on it. Children read other words than adults."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.media.alternative_text import check_alternative_text
from stories.models import DepictedPerson, StoryPicture, VersionPicture

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/gif,.heic,.heif"
NOBODY, SOMEBODY = "no", "yes"
_ON_THE_PHONE = "What would you tell a friend on the phone? One short sentence."
_FILES = (
    "You can choose several. JPEG, PNG, HEIC, WebP or GIF, up to 25 MB each. We keep a clean copy only: the place and "
    "the camera that phones write into pictures are removed."
)
_FILES_OF_CHILD = "You do not need one. Best is a picture of a place or a thing, not of you or your friends."

_ADULT = {
    "files": ("Add pictures", _FILES),
    "description": ("What does it show?", f"{_ON_THE_PHONE} It is read out to people who cannot see the picture."),
    "caption": ("Words under it", "For example when and where it was."),
    "credit": ("Who took it?", "The name stands under the picture: “Me”, “My aunt Sue”, “Not known”."),
    "has_people": ("Can anybody be recognised on it?", "By their face, or by something else."),
    "nobody": ("No, nobody", ""),
    "somebody": ("Yes, somebody can", ""),
    "name": ("Who is it?", "Only our team sees this. “My sister” is enough."),
    "is_child": ("They are under 18", "For a child, a parent or guardian must have said yes."),
    "consent": ("Did they say yes to being shown here?", ""),
    "until": ("Until when?", "Only if they named a day."),
}  # fmt: skip
_CHILD = _ADULT | {
    "files": ("Add pictures", _FILES_OF_CHILD),
    "description": ("What does it show?", f"{_ON_THE_PHONE} Some people cannot see it, and hear your words instead."),
    "caption": ("Words under it", "If you like."),
    "credit": ("Who took the picture?", "A first name is enough, or “Me”, or “My mum”."),
    "has_people": ("Can you see who somebody is?", "Look for faces, and for names on clothes."),
    "nobody": ("No, nobody", ""),
    "somebody": ("Yes", ""),
    "name": ("Who is it?", "Only our team sees this. “My friend” is enough. Please do not write their last name."),
    "is_child": ("They are under 18", "Then their mum, dad or guardian must say yes, too."),
    "consent": ("Did they say yes? Is it all right to show them here?", ""),
}  # fmt: skip


def words(name: str, *, is_child: bool) -> tuple[str, str]:
    return (_CHILD if is_child else _ADULT)[name]


class _Worded(forms.Form):
    """Its labels and hints are those for whoever reads them."""

    def __init__(self, *args: Any, is_child: bool, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for name, field in self.fields.items():
            if name in _ADULT:
                field.label, field.help_text = words(name, is_child=is_child)


class _Wanted(forms.CharField):
    """Is asked for, but what is not there yet keeps nobody from saving the rest."""

    def validate(self, value: Any) -> None:
        """Its form says when it is needed."""


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesForm(_Worded):
    """For choosing them. What comes is taken in by file_report.py, and what it refuses stands beside the field."""

    files = forms.FileField(  # type: ignore[assignment]  # that of every form is set over it, and not missed
        required=False, widget=_ManyFiles(attrs={"accept": ACCEPT, "multiple": True})
    )

    def __init__(self, *, refused: list[str], is_child: bool):
        super().__init__({} if refused else None, is_child=is_child)
        if refused:
            self.full_clean()
            for sentence in refused:
                self.add_error("files", sentence)


class WordsForm(_Worded):
    """What a version says of a picture, and whether somebody can be recognised on it."""

    description = _Wanted(max_length=250, widget=forms.Textarea(attrs={"rows": 2}))
    caption = forms.CharField(max_length=250, required=False)
    credit = forms.CharField(max_length=120, required=False)
    has_people = forms.ChoiceField(choices=[], required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any, use: VersionPicture, *, is_child: bool, is_final: bool = False):
        is_said = use.picture.has_people is not None
        initial: dict[str, Any] = {name: getattr(use, name) for name in ("description", "caption", "credit")}
        initial["has_people"] = (SOMEBODY if use.picture.has_people else NOBODY) if is_said else ""
        super().__init__(data, prefix=f"p{use.pk}", initial=initial, is_child=is_child)
        field: Any = self.fields["has_people"]
        field.choices = [
            (NOBODY, words("nobody", is_child=is_child)[0]),
            (SOMEBODY, words("somebody", is_child=is_child)[0]),
        ]
        self.use, self.is_final = use, is_final

    def clean_description(self):
        text = " ".join(self.cleaned_data["description"].split())
        if text:
            check_alternative_text(text)
        elif self.is_final:
            raise ValidationError("Say what the picture shows, in one short sentence.", code="required")
        return text

    def clean_has_people(self):
        answer = self.cleaned_data["has_people"]
        if not answer and self.is_final:
            raise ValidationError("Choose whether anybody can be recognised on the picture.", code="required")
        return answer

    def save(self) -> None:
        """Whatever is right of it."""
        kept = [name for name in ("description", "caption", "credit") if name in self.cleaned_data]
        for name in kept:
            setattr(self.use, name, self.cleaned_data[name])
        self.use.save(update_fields=kept)

    def says_of_people(self) -> bool | None:
        """What was answered now; as it was, where nothing was."""
        answer = self.cleaned_data.get("has_people")
        return answer == SOMEBODY if answer else self.use.picture.has_people


class PersonForm(_Worded):
    """Somebody on a picture. An empty form for one more is nobody."""

    name = _Wanted(max_length=120)
    is_child = forms.BooleanField(required=False)
    consent = forms.ChoiceField(choices=DepictedPerson.Consent.choices, required=False, widget=forms.RadioSelect)
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day like this: 31/12/2030."},
    )
    gone = forms.BooleanField(required=False, label="Take this person off the list")

    def __init__(self, data: Any, picture: StoryPicture, prefix: str, *, person: DepictedPerson | None, is_child: bool):
        initial = {name: getattr(person, name) for name in _OF_PERSON} if person else {}
        self.picture, self.person, self.key = picture, person, person.pk if person else None
        super().__init__(data, prefix=f"{prefix}-{self.key or 'new'}", initial=initial, is_child=is_child)
        if person is None:
            del self.fields["gone"]

    @property
    def is_empty(self) -> bool:
        return self.person is None and not any(self.cleaned_data.get(name) for name in _OF_PERSON) and not self.errors

    @property
    def is_gone(self) -> bool:
        return bool(self.cleaned_data.get("gone"))

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until and not datetime.date(2000, 1, 1) <= until <= datetime.date(2200, 1, 1):
            raise ValidationError("Write the day with its full year: 31/12/2030.", code="invalid")
        return until

    def clean(self):
        cleaned = super().clean() or {}
        if self.is_gone or self.is_empty:
            return cleaned
        if "name" in cleaned and not cleaned["name"]:
            self.add_error("name", "Say who it is. “My sister” is enough.")
        if "consent" in cleaned and not cleaned["consent"]:
            self.add_error("consent", "Choose whether they said yes.")
        if cleaned.get("until") and cleaned.get("consent") not in (DepictedPerson.Consent.YES, "", None):
            cleaned["until"] = None  # it says how long a yes holds
        return cleaned

    def save(self) -> bool:
        """Whether something is now otherwise than it was."""
        values = {name: self.cleaned_data[name] for name in _OF_PERSON}
        if self.person is None:
            _, is_new = DepictedPerson.objects.get_or_create(
                picture=self.picture, **values
            )  # a double click is one person
            return is_new
        if all(getattr(self.person, name) == value for name, value in values.items()):
            return False
        for name, value in values.items():
            setattr(self.person, name, value)
        self.person.save()
        return True


_OF_PERSON = ("name", "is_child", "consent", "until")

"""What a teller types on the pages of their own story."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.requests.spam_guard import Guarded
from cms.text import name_rules
from stories import display_name
from stories.consent import consent
from stories.display_name import Named
from stories.models import PURPOSES, ConsentVersion, Contributor, Story
from stories.submit.forms import Plain, line


class LinkForm(Guarded):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="The one you gave with your story.",
        error_messages={
            "required": "Write your e-mail address.",
            "invalid": "Write the address like this: name@example.org.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class NameForm(Plain):
    """How the teller is named; a child is never shown with more than a first or a chosen name."""

    shown_as = forms.ChoiceField(
        label="How should your name appear?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how your name should appear.", "invalid_choice": "Choose one of these."},
    )
    full_name = forms.CharField(
        label="Your name", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    pen_name = forms.CharField(
        label="The name you choose",
        max_length=60,
        required=False,
        help_text="Only if you want to be shown by another name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, contributor: Contributor, wanted: Named):
        super().__init__(data, initial=wanted._asdict())
        shown = Contributor.ShownAs
        choices = [one for one in shown.choices if not (contributor.is_child and one[0] == shown.FULL)]
        self.fields["shown_as"].choices = choices  # type: ignore[attr-defined]
        if contributor.is_child and wanted.shown_as == shown.FULL:
            self.initial["shown_as"] = shown.FIRST

    def clean_full_name(self) -> str:
        return self._tidy("full_name")

    def clean_pen_name(self) -> str:
        return self._tidy("pen_name")

    def _tidy(self, field: str) -> str:
        typed = line(self.cleaned_data[field])
        if typed:
            name_rules.check(typed)
        return typed

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        shown_as = cleaned.get("shown_as")
        if shown_as in (Contributor.ShownAs.FULL, Contributor.ShownAs.FIRST) and cleaned.get("full_name") == "":
            self.add_error("full_name", ValidationError("Write your name, or choose another way.", code="required"))
        if shown_as == Contributor.ShownAs.PEN and cleaned.get("pen_name") == "":
            self.add_error("pen_name", ValidationError("Write the name you choose.", code="required"))
        return cleaned

    @property
    def wanted(self) -> Named:
        return Named(**{field: self.cleaned_data[field] for field in display_name.Named._fields})


class ConsentForm(Plain):
    """A box for each purpose in today's words, ticked as its teller last ticked it: but none beside words that mean
    something else now."""

    def __init__(self, data: Any = None, *, story: Story, wording: ConsentVersion):
        super().__init__(data)
        is_child = story.contributor.is_child
        self.wished, self.allowed = consent.wished(story), consent.allowed(story)
        self.is_new = consent.mean_something_else(story, wording)
        for one in wording.lines.all():
            words = one.shown(is_child=is_child)
            self.fields[one.purpose] = forms.BooleanField(
                label=words[0],
                help_text=words[1],
                required=False,
                initial=not self.is_new and one.purpose in self.wished,
            )

    @property
    def given(self) -> set[str]:
        return {purpose for purpose in PURPOSES if self.cleaned_data.get(purpose)}

    @property
    def is_wider(self) -> bool:
        """Whether it allows more than was ticked before."""
        return bool(self.given - self.wished)


class SureForm(Plain):
    sure = forms.BooleanField(
        label="Yes, erase it for ever",
        error_messages={"required": "Tick the box if you are sure."},
    )

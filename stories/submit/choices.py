"""Page three: who tells it, and what may be done with it. Age comes first, because it decides in which words the rest
is asked.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms.text import name_rules
from stories.consent import guardian_requests
from stories.models import Contributor, Story, WordingLine
from stories.submit.forms import BAD_MAIL, MAIL_ATTRIBUTES, Plain, line
from stories.submit.stale_drafts import NewerWordsMixin


class AgeForm(Plain):
    """Asked first, because it decides in which words all the rest is asked."""

    age = forms.ChoiceField(
        label="How old are you?",
        choices=Contributor.Age.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how old you are.", "invalid_choice": "Choose one of these."},
    )


class ChoicesForm(NewerWordsMixin, Plain):
    """Who tells it, and what we may do with it: the questions that belong to an age, in its words.

    What is typed in for somebody else also says how they agreed, and where the paper lies.
    """

    def __init__(self, data: Any = None, *, story: Story, age: str, lines: list[WordingLine]) -> None:
        self.story, self.age = story, age
        self.contributor: Contributor = story.contributor
        self.is_child = age in Contributor.CHILDREN
        self.is_for_another = story.way != Story.Way.ONLINE
        self.purposes = [f"ok_{one.purpose}" for one in lines]
        super().__init__(data)
        self._ask_name()
        self._ask_address()
        if self.is_for_another:
            self._ask_how()
        for one in lines:
            self._ask_purpose(one)
        self.look_for_newer()

    def saved(self) -> dict[str, Any]:
        """Boxes by what is stored, also while they do not count as made and the page shows them without their ticks."""
        shown = {name: self.initial[name] for name in self.fields if name in self.initial and name != "seen"}
        return shown | {name: self._stored(name) for name in self.purposes if name in shown}

    def _add(self, name: str, field: forms.Field, initial: Any = None) -> None:
        self.fields[name] = field
        self.initial[name] = getattr(self.contributor, name) if initial is None else initial

    def _ask_name(self) -> None:
        shown = Contributor.ShownAs
        whose = "Their name" if self.is_for_another else "Your first name" if self.is_child else "Your name"
        hint = (
            "No surname, please, and no school. You can leave this empty."
            if self.is_child
            else "Readers see it only as you choose below."
        )
        self._add("full_name", forms.CharField(label=whose, required=False, max_length=120, help_text=hint))
        whose_name = "off" if self.is_for_another else "given-name" if self.is_child else "name"
        self.fields["full_name"].widget.attrs.update(autocomplete=whose_name, dir="auto")
        choices = [one for one in shown.choices if not (self.is_child and one[0] == shown.FULL)]
        legend = "How should their name appear?" if self.is_for_another else "How should your name appear?"
        field = forms.ChoiceField(
            label=legend,
            choices=choices,
            widget=forms.RadioSelect,
            help_text="This goes under the story. If you hide your name, nobody sees it anywhere.",
            error_messages={
                "required": "Choose how your name should appear.",
                "invalid_choice": "Choose one of these.",
            },
        )
        self._add("shown_as", field)
        self._add("pen_name", forms.CharField(label="The name you choose", required=False, max_length=60))
        self.fields["pen_name"].help_text = "Only if you chose another name."
        self.fields["pen_name"].widget.attrs.update(autocomplete="off", dir="auto")

    def _ask_address(self) -> None:
        age = Contributor.Age
        required = {
            "required": "Write an e-mail address. We send a code to it, and tell you what happens to the story."
        }
        label = "Your e-mail address"
        hint = "We send a code to it. We write about this story only: never news or adverts. Nobody else sees it."
        if self.age == age.UNDER_13:
            self._add(
                "adult_name",
                forms.CharField(
                    label="The grown-up’s name",
                    max_length=120,
                    help_text="Your parent or carer, or another grown-up who looks after you.",
                    error_messages={"required": "Write the name of the grown-up who does this with you."},
                ),
            )
            self._add(
                "adult_role",
                forms.CharField(
                    label="What they are to you",
                    max_length=60,
                    help_text="For example: my mum, my carer, my teacher.",
                    error_messages={"required": "Write what the grown-up is to you."},
                ),
            )
            label = "The grown-up’s e-mail address"
        if self.is_for_another:
            label, hint = (
                "Their e-mail address",
                "Only if they want to hear what becomes of it, and to have a link of their own.",
            )
        field = forms.EmailField(
            label=label, required=not self.is_for_another, help_text=hint, error_messages=required | BAD_MAIL
        )
        self._add("email", field)
        self.fields["email"].widget.attrs.update(MAIL_ATTRIBUTES)
        if self.age == age.TEENAGER:
            self._ask_guardian()

    def _ask_guardian(self) -> None:
        on_paper = self.is_for_another
        needed = {"required": "Write the name of your parent or guardian."}
        self._add(
            "guardian_name",
            forms.CharField(
                label="Parent’s or guardian’s name",
                max_length=120,
                help_text="Who has signed with them." if on_paper else "They must say yes before we read your story.",
                error_messages=needed,
            ),
        )
        if on_paper:
            field: forms.Field = forms.BooleanField(
                label="Their parent or guardian has signed, too",
                error_messages={"required": "From 13 to 17 a parent or guardian must sign, too."},
            )
            self._add("guardian_signed", field, initial=self.contributor.guardian_confirmed_at is not None)
            return
        needed = {"required": "Write the e-mail address of your parent or guardian. We ask them by mail."}
        field = forms.EmailField(
            label="Parent’s or guardian’s e-mail address",
            help_text="We send them a link to read your story and say yes or no. It must be their own address.",
            error_messages=needed | BAD_MAIL,
        )
        self._add("guardian_email", field)

    def _ask_how(self) -> None:
        how = [one for one in Contributor.How.choices if one[0] != Contributor.How.ONLINE]
        field: forms.Field = forms.ChoiceField(
            label="How did they agree?",
            choices=how,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose how they agreed."},
        )
        self._add("consent_how", field)
        field = forms.DateField(
            label="On which day?",
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={
                "required": "Write the day on which they agreed.",
                "invalid": "Write the day like this: 25/05/2026.",
            },
        )
        self._add("consent_on", field)
        field = forms.CharField(
            label="Where does the paper lie?",
            required=False,
            max_length=200,
            help_text="So that somebody finds it: “Museum of Making, red folder 3”.",
        )
        self._add("paper_place", field)

    def _ask_purpose(self, one: WordingLine) -> None:
        words, hint = one.shown(is_child=self.is_child and not self.is_for_another)
        ticked = self.contributor.ticked if self.story.choices_made_at else []
        field = forms.BooleanField(label=words, help_text=hint, required=False)
        self._add(f"ok_{one.purpose}", field, initial=one.purpose in ticked)

    @property
    def about_you(self) -> Iterator[Any]:
        return (field for field in self.visible_fields() if field.name not in self.purposes)

    @property
    def boxes(self) -> Iterator[Any]:
        return (self[name] for name in self.purposes)

    def clean_full_name(self) -> str:
        return self._name("full_name")

    def clean_pen_name(self) -> str:
        return self._name("pen_name")

    def clean_adult_name(self) -> str:
        return self._name("adult_name")

    def clean_guardian_name(self) -> str:
        return self._name("guardian_name")

    def _name(self, field: str) -> str:
        typed = line(self.cleaned_data[field])
        if typed:
            name_rules.check(typed)
        return typed

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_guardian_email(self) -> str:
        from_ = self.cleaned_data["guardian_email"].lower()
        guardian_requests.check_address(self.data.get("email", ""), from_)
        return from_

    def clean_consent_on(self):
        day = self.cleaned_data["consent_on"]
        if day > timezone.localdate():
            raise ValidationError("That day has not come yet.", code="future")
        return day

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        shown, shown_as = Contributor.ShownAs, cleaned.get("shown_as")
        if shown_as in (shown.FULL, shown.FIRST) and cleaned.get("full_name") == "":
            self.add_error(
                "full_name", ValidationError("Write your name, or choose another way below.", code="required")
            )
        if shown_as == shown.PEN and cleaned.get("pen_name") == "":
            self.add_error("pen_name", ValidationError("Write the name you choose.", code="required"))
        if cleaned.get("consent_how") == Contributor.How.SIGNED and not cleaned.get("paper_place"):
            words = "Say where the signed paper lies, so that somebody finds it."
            self.add_error("paper_place", ValidationError(words, code="required"))
        return cleaned

    def save(self) -> None:
        """What is right of it. The choices count as made only once all of it is right: the caller says so."""
        person = self.contributor
        named = (
            "full_name",
            "shown_as",
            "pen_name",
            "email",
            "adult_name",
            "adult_role",
            "guardian_name",
            "guardian_email",
        )
        for name, value in self.right(*named, "consent_how", "consent_on", "paper_place").items():
            if value not in ("", None) or name in self.data:
                setattr(person, name, value)
        person.age = self.age
        if self.is_for_another:
            signed = self.cleaned_data.get("guardian_signed")
            person.guardian_confirmed_at = (person.guardian_confirmed_at or timezone.now()) if signed else None
        person.ticked = [name.removeprefix("ok_") for name in self.purposes if self.cleaned_data.get(name)]
        person.save()
        for name in self.saved():
            self.initial[name] = self._stored(name)
        self.note_seen()

    def _stored(self, name: str) -> Any:
        if name in self.purposes:
            return name.removeprefix("ok_") in self.contributor.ticked
        if name == "guardian_signed":
            return self.contributor.guardian_confirmed_at is not None
        return getattr(self.contributor, name)

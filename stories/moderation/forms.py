"""What staff type about a story: words to its teller, a time, what it belongs to. Its own words are its teller's."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.backoffice.forms import DateInput
from cms.lib.datetime_fields import MomentField
from stories.languages import LANGUAGES
from stories.models import CannedReply, DepictedPerson, Story

MOST_WORDS = 4000
Use = CannedReply.For


class WordsForm(forms.Form):
    """Words to a teller: sentences that are ticked, then words of one's own. `sentences` are those of all uses."""

    sentences = forms.TypedMultipleChoiceField(
        label="Start from", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label="In your words",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Its teller reads them. Say what to do, kindly and in plain words.",
    )

    def __init__(self, *args, sentences, use="", is_needed=True, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.is_needed = is_needed
        self.known = {sentence.pk: sentence for sentence in sentences if sentence.use == use}
        self.fields["sentences"].choices = [(pk, sentence.title) for pk, sentence in self.known.items()]
        if not self.known:
            del self.fields["sentences"]
        if not is_needed:
            self.fields["words"].label = "Words to its teller, if you like"

    def clean(self):
        cleaned = super().clean()
        self.note = self._put_together(cleaned.get("sentences") or [], cleaned.get("words", ""))
        if self.is_needed and not self.note and not self.errors:
            raise ValidationError("Tick a sentence, or say it in your own words.", code="required")
        return cleaned

    def _put_together(self, ticked, words) -> str:
        """Without those whose words stand in the box already."""
        said = [self.known[pk].words for pk in ticked if pk in self.known and self.known[pk].words not in words]
        return "\n\n".join(filter(None, [*said, words.strip()]))

    def filled(self) -> dict[str, Any]:
        """The ticked sentences written into the box, for whoever wants to change them; nothing is ticked then."""
        self.is_valid()
        return {self.add_prefix("words"): getattr(self, "note", "") or self.data.get(self.add_prefix("words"), "")}


class HoldForm(forms.Form):
    why = forms.CharField(
        label="What worries you?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only those who look after safeguarding read this. Its teller is told that it takes longer.",
        error_messages={"required": "Say what worries you, so that whoever looks at it knows where to look."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class TimeForm(forms.Form):
    at = MomentField(
        label="When?",
        help_text="Derby time. It is published then, with its pictures.",
        error_messages={"required": "Choose a day and a time."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class ManyForm(forms.Form):
    """What is said to the tellers of many stories at once."""

    sentence = forms.ModelChoiceField(
        queryset=CannedReply.objects.filter(use=Use.DECLINE),
        required=False,
        empty_label="In my own words",
        label="Why?",
    )
    words = forms.CharField(
        label="In your words",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="All their tellers read the same: the sentence you chose, then these words.",
    )

    def clean(self):
        cleaned = super().clean()
        sentence = cleaned.get("sentence")
        self.note = "\n\n".join(filter(None, [sentence.words if sentence else "", cleaned.get("words", "").strip()]))
        if not self.note and not self.errors:
            self.add_error("words", "Choose a sentence, or say why in your own words.")
        return cleaned | {"note": self.note}


class AboutForm(forms.ModelForm):
    """What the story belongs to, and what readers should know first."""

    content_note = forms.CharField(
        label="What readers should know first",
        required=False,
        max_length=200,
        help_text="If it may distress: “Talks of a death.” It stands before the story.",
    )
    language = forms.ChoiceField(choices=LANGUAGES)

    class Meta:
        model = Story
        fields = ["content_note", "language", "call", "threads", "programme", "partner", "is_flagged"]
        widgets = {"threads": forms.CheckboxSelectMultiple}

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, label_suffix="", prefix="about", **kwargs)
        self.initial |= {"content_note": version.content_note, "language": version.language}
        for name in ("call", "programme", "partner"):
            self.fields[name].empty_label = "None"
        self.order_fields(self.Meta.fields)


class HideForm(forms.Form):
    why = forms.CharField(
        label="Why?",
        max_length=200,
        help_text="One sentence. Its teller reads it, and colleagues do.",
        error_messages={"required": "Say why."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", prefix="hide", **kwargs)


class OverrideForm(forms.Form):
    why = forms.CharField(
        label="Why may it be shown all the same?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who agreed, when, and where that is written down. It stays in the record with your name.",
        error_messages={"required": "Say why. It stays in the record with your name."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", prefix="override", **kwargs)


class PersonForm(forms.ModelForm):
    """Somebody on a picture, as staff learnt of them, on the telephone for instance."""

    class Meta:
        model = DepictedPerson
        fields = ["name", "is_child", "consent", "until"]
        widgets = {"until": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


PeopleForms = forms.modelformset_factory(
    DepictedPerson, form=PersonForm, extra=1, max_num=40, absolute_max=40, validate_max=True
)

"""What a parent or guardian fills in."""

from collections.abc import Iterator

from django import forms
from django.core.exceptions import ValidationError

from cms.text import name_rules
from stories.consent import consent as consents
from stories.guardians import decision
from stories.models import Consent, Story

_ONE = "purpose_"  # begins the name of each box


class ChoicesForm(forms.Form):
    """A box for each purpose that the young person wishes, in the words for grown-ups."""

    def __init__(self, data=None, *, story: Story):
        super().__init__(data, label_suffix="")
        self.wording = decision.wording_of(story)
        wished = consents.wished(story)
        before = {
            consent.purpose: consent.is_given
            for consent in Consent.objects.filter(story=story, by=Consent.By.GUARDIAN).newest()
        }
        has_agreed = decision.has_agreed(story)
        for line in self.wording.lines.filter(purpose__in=wished):
            self.fields[_ONE + line.purpose] = forms.BooleanField(
                label=line.words,
                help_text=line.all_under_it,
                required=False,
                initial=has_agreed and before.get(line.purpose, False),
            )

    def clean(self):
        """What is written down as shown is what stood on the page that they read."""
        if self.data.get("wording", str(self.wording.number)) != str(self.wording.number):
            raise ValidationError(
                "The words on this page have changed since you opened it. Please read them, and send it again.",
                code="words",
            )
        return super().clean()

    @property
    def purposes(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name.startswith(_ONE))

    @property
    def others(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if not name.startswith(_ONE))

    @property
    def given(self) -> list[str]:
        return [
            name.removeprefix(_ONE)
            for name, is_ticked in self.cleaned_data.items()
            if name.startswith(_ONE) and is_ticked
        ]


class AgreeForm(ChoicesForm):
    name = forms.CharField(
        label="Your name",
        max_length=120,
        validators=[name_rules.check],
        error_messages={"required": "Write your name."},
        help_text="Only our team sees it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    relation = forms.CharField(
        label="What are you to them?",
        max_length=60,
        validators=[name_rules.check],
        error_messages={"required": "Write what you are to them, such as “mother” or “foster carer”."},
        help_text="For example: mother, father, grandparent with parental responsibility, foster carer.",
    )
    is_guardian = forms.BooleanField(
        label="I am their parent or guardian, and I am 18 or over.",
        error_messages={"required": "Tick this box if you are their parent or guardian, and 18 or over."},
    )

    def clean(self):
        cleaned = super().clean() or {}
        boxes = [field.name for field in self.purposes]
        if boxes and not any(cleaned.get(name) for name in boxes):
            raise ValidationError(
                "You ticked nothing that may be done with the story. Tick at least one, or choose “No”.",
                code="nothing",
            )
        return cleaned


class AnotherForm(forms.Form):
    """For the teller, when the first address was wrong; see guardian_requests.ask_another."""

    name = forms.CharField(
        label="Your parent’s or guardian’s name",
        max_length=120,
        validators=[name_rules.check],
        error_messages={"required": "Write their name."},
    )
    email = forms.EmailField(
        label="Their e-mail address",
        error_messages={
            "required": "Write their e-mail address.",
            "invalid": "Write the address like this: name@example.org.",
        },
        help_text="We send them a mail of their own. They read your story, and say yes or no.",
    )

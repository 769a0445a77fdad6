"""What an organisation's own people type about its page, and into its answers to readers."""

from django import forms
from django.db.models import Q

from city.models import Ward
from cms.text import richtext
from partners.models import Partner
from partners.page_editing import light_markup, own_page

_MARKS, _HTML = "marks", "html"
_LONGEST = 20_000
_AS_HTML = (
    "This text has something in it that the simple marks cannot say, such as a list in a list. So that nothing is "
    "lost, you see it as HTML here. Write carefully, or ask the council to change it for you."
)


class OwnPageForm(forms.ModelForm):
    """Never saved: what is typed goes beside the page (own_page.py)."""

    body = forms.CharField(
        label="About you", required=False, max_length=_LONGEST, widget=forms.Textarea(attrs={"rows": 14})
    )
    website = forms.URLField(
        label="Your website",
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text="It begins with https://",
        error_messages={"invalid": "Write the website like this: https://example.org."},
    )
    why = forms.CharField(
        label="A word to the council about it",
        required=False,
        max_length=200,
        help_text="For example why something is different now.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    written_in = forms.ChoiceField(required=False, choices=[(_MARKS, ""), (_HTML, "")], widget=forms.HiddenInput)

    class Meta:
        model = Partner
        fields = ["summary", "body", "also_known_as", "website", "is_citywide", "wards"]
        labels = {
            "summary": "In a sentence or two",
            "also_known_as": "Also known as",
            "is_citywide": "We work across the whole city",
            "wards": "Or in these wards",
        }
        help_texts = {
            "summary": "Plain words. Shown in lists and by search engines, 250 letters at most.",
            "also_known_as": "A short name or letters that people know you by.",
            "wards": "",
        }
        error_messages = {"summary": {"required": "Write in a sentence or two who you are."}}
        widgets = {"summary": forms.Textarea(attrs={"rows": 3}), "wards": forms.CheckboxSelectMultiple}

    def __init__(self, data=None, *, page, seen=None, why=""):
        """`page` is what the form starts with (own_page.shown); `seen` what its writer has seen, where that is more."""
        can_say = light_markup.can_say(page["body"])
        start = page | {
            "body": light_markup.to_text(page["body"]) if can_say else page["body"],
            "written_in": _MARKS if can_say else _HTML,
            "seen": own_page.fingerprint(seen or page),
            "why": why,
        }
        super().__init__(data, initial=start, label_suffix="")
        is_html = (data or start).get("written_in") == _HTML
        self.fields["body"].help_text = _AS_HTML if is_html else light_markup.HELP
        chosen = Ward.objects.filter(Q(pk__in=Ward.objects.published()) | Q(pk__in=page["wards"]))
        self.fields["wards"].queryset = chosen.order_by("name")

    def clean(self):
        cleaned = super().clean()
        if "body" in cleaned:
            is_html = cleaned.get("written_in") == _HTML
            cleaned["body"] = (richtext.clean if is_html else light_markup.to_html)(cleaned["body"])
        return cleaned

    def changes(self):
        return {name: self.cleaned_data[name] for name in own_page.OWN}


class AnswerForm(forms.Form):
    words = forms.CharField(
        label="Your answer",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="If the reader left an address, they get these words by mail, in the name of your organisation.",
        error_messages={"required": "Write what you answer."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

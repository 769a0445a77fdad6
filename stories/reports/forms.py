"""What somebody tells who reports a concern, or asks us to look again."""

from django import forms
from django.utils.html import format_html

from cms.requests.spam_guard import Guarded
from cms.site_settings.models import working_days
from stories.models import Report
from stories.reports import deadlines

Category = Report.Category
_LONGEST = 2000
NOT_SURE = "not-sure"

# What each means, and what we do: shown beside it before somebody chooses.
MEANS = {
    Category.CHILD_AT_RISK: (
        "Somebody hurts a child, or a stranger could find them by it. We take the story off the site at once, and look "
        "by the next working day."
    ),
    Category.ME_IN_PICTURE: "You need not say why. We hide the picture at once, and look within two working days.",
    Category.PRIVATE: ("For example where somebody lives, or their health. We look within two working days."),
    Category.HATE: "It threatens or insults people, or it is against the law. We look by the next working day.",
    Category.NOT_TRUE: "A name, a date or a fact is wrong. People may remember things differently. We look within "
    "{time}.",
    Category.COPYRIGHT: "Somebody else wrote it, took the picture or owns it. We look within {time}.",
    Category.OTHER: "Whatever else worries you. We look within {time}.",
}
ASKS = {
    Category.CHILD_AT_RISK: "What worries you?",
    Category.ME_IN_PICTURE: "Is there something we should know?",
    Category.PRIVATE: "What is private, and whom is it about?",
    Category.HATE: "Which words or which picture do you mean?",
    Category.NOT_TRUE: "What is not true, and how do you know?",
    Category.COPYRIGHT: "What belongs to whom, and how can we see that?",
    Category.OTHER: "What worries you?",
}
MAY_SAY_NOTHING = (Category.CHILD_AT_RISK, Category.ME_IN_PICTURE)


def _means(category: Category) -> str:
    return MEANS[category].format(time=working_days(deadlines.days_of(category)))


class CategoryForm(forms.Form):
    """The first step; it goes on by GET, and keeps nothing."""

    about = forms.ChoiceField(
        label="What is it about?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is about.",
            "invalid_choice": "Choose what it is about.",
        },
    )

    def __init__(self, data=None, *, has_pictures):
        super().__init__(data, label_suffix="")
        offered = [one for one in Category if has_pictures or one != Category.ME_IN_PICTURE]
        self.fields["about"].choices = [(one.value, one.label) for one in offered]

    @property
    def offered(self):
        """Each choice with what it means."""
        return [(option, _means(Category(option.data["value"]))) for option in self["about"]]


class ReportForm(Guarded):
    """The second one. `pictures` are those to choose from, where it is not said yet which one is meant."""

    picture = forms.ChoiceField(
        label="Which picture?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a picture.", "invalid_choice": "Choose a picture."},
    )
    words = forms.CharField(
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write a few words, so that we know what to look at."},
    )
    email = forms.EmailField(
        label="Your e-mail address",
        required=False,
        help_text="Only if you want to know what we did. We use it for nothing else, and show it to nobody.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Write the address like this: name@example.org."},
    )

    field_order = ["picture", "words", "email"]

    def __init__(self, data=None, *, category, pictures=()):
        super().__init__(data, label_suffix="")
        self.fields["words"].label = ASKS[category]
        self.fields["words"].required = category not in MAY_SAY_NOTHING
        self.fields["words"].help_text = "Whoever told the story does not see this, and does not learn who you are."
        if pictures:
            self.fields["picture"].choices = [*map(_shown, pictures), (NOT_SURE, "I am not sure which one")]
        else:
            del self.fields["picture"]


def _shown(use):
    """Told by its description; the small picture says nothing more to whoever hears the page."""
    picture = use.picture
    image = '<img class="concern__picture" src="{}" width="{}" height="{}" alt="" loading="lazy">{}'
    size = picture.preview_width, picture.preview_height
    return str(picture.key), format_html(image, picture.preview_url, *size, use.description or "A picture")


class AppealForm(forms.Form):
    words = forms.CharField(
        label="Why do you not agree?",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Somebody else of our team reads it, and looks at the story again.",
        error_messages={"required": "Write why you do not agree."},
    )

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")

"""What people type on the four pages of telling. Until the story is sent nothing is needed but a title and a few words;
what is wrong is said beside its field, and what is right is saved all the same.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from city.models import Ward
from stories.languages import LANGUAGES
from stories.models import Call, Question, Story, Thread, Version
from stories.models.stories import TEXT_LENGTH, TITLE_LENGTH
from stories.submit import fuzzy_dates, location_privacy
from stories.submit.stale_drafts import NewerWordsMixin

ELSE = "else"


MAIL_ATTRIBUTES = {"autocomplete": "email"}
BAD_MAIL = {"invalid": "Write the address like this: name@example.org."}


class Plain(forms.Form):
    """Labels without a colon."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **{"label_suffix": ""} | kwargs)

    def right(self, *names_: str) -> dict[str, Any]:
        """What of it can be kept, whatever is wrong with the rest."""
        return {name: self.cleaned_data[name] for name in names_ if name in getattr(self, "cleaned_data", {})}


def line(words: str) -> str:
    return " ".join(words.split())


class StoryForm(NewerWordsMixin, Plain):
    title = forms.CharField(
        label="Give it a title",
        max_length=TITLE_LENGTH,
        help_text="A few words that make somebody want to read it.",
        error_messages={
            "required": "Give your story a title. A few words are enough.",
            "max_length": f"The title can have up to {TITLE_LENGTH} letters. This one has %(show_value)d.",
        },
    )
    text = forms.CharField(
        label="Your story",
        help_text="A few lines are enough. Any language is welcome. Please name no home address, and nobody who would "
        "not want to be here.",
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Write your story here. A few lines are enough."},
    )
    language = forms.ChoiceField(label="Which language is it in?", choices=LANGUAGES)
    when = forms.CharField(
        label="When was it?",
        required=False,
        max_length=60,
        help_text="A year (1962), a decade (the 1960s), or your own words (when I was small).",
        error_messages={"max_length": "Say it in up to 60 letters."},
    )
    ward = forms.ModelChoiceField(
        label="In which part of Derby?",
        queryset=Ward.objects.none(),
        required=False,
        empty_label="I would rather not say",
    )
    place = forms.CharField(
        label="At a public place?",
        required=False,
        max_length=120,
        help_text="For example: Derby Arboretum, the railway works, Normanton Road. Never a home.",
    )
    content_note = forms.CharField(
        label="Should readers know something first?",
        required=False,
        max_length=200,
        help_text="If it talks of something hard, such as a death or violence: “Talks of a death.” It stands before "
        "your story.",
    )

    def __init__(self, data: Any = None, *, version: Version, story: Story, about: str = "") -> None:
        self.version, self.story = version, story
        super().__init__(data, initial=self._of_version())
        self.fields["ward"].queryset = Ward.objects.published()  # type: ignore[attr-defined]
        for name in ("title", "text", "place", "when", "content_note"):
            self.fields[name].widget.attrs.pop("maxlength", None)  # a browser would cut what is pasted, without a word
            self.fields[name].widget.attrs["dir"] = "auto"  # any language is welcome
        self.asks_about = story.pk is None or story.status == Story.Status.DRAFT
        if self.asks_about:
            self._ask_what_it_is_about(about)
        self._ask_questions()
        self.look_for_newer()

    def _of_version(self) -> dict[str, Any]:
        version = self.version
        return {
            "title": version.title,
            "text": version.text,
            "language": version.language,
            "when": version.when_words,
            "ward": version.ward_id,
            "place": version.place,
            "content_note": version.content_note,
        }

    def saved(self) -> dict[str, Any]:
        told = {answer.get("question"): answer.get("answer", "") for answer in self.version.answers}
        answers = {f"q{question.pk}": told.get(question.words, "") for question in self.questions}
        return self._of_version() | answers | ({"about": self._about_now()} if self.asks_about else {})

    def _ask_what_it_is_about(self, about: str) -> None:
        open_now = list(Call.objects.open())
        begun_for = self.story.call if self.story.pk else None
        if begun_for is not None and begun_for not in open_now:
            open_now.append(begun_for)  # it closed meanwhile; whoever has begun may still answer
        calls = [(f"call:{call.slug}", call.question) for call in open_now]
        threads = [(f"thread:{thread.slug}", thread.title) for thread in Thread.objects.published()]
        field = forms.ChoiceField(label="What is it about?", required=False, widget=forms.Select)
        field.choices = [
            (ELSE, "Something else"),
            *([("What we ask now", calls)] if calls else []),
            *([("Threads", threads)] if threads else []),
        ]
        field.error_messages["invalid_choice"] = "Choose one of these. That one is not asked any more."
        self.fields["about"] = field
        self.initial["about"] = about or self._about_now()
        self.order_fields(["title", "text", "about", "language", "when", "ward", "place", "content_note"])

    def _about_now(self) -> str:
        if self.story.pk is None:
            return ELSE
        if self.story.call is not None:
            return f"call:{self.story.call.slug}"
        thread = self.story.threads.first()
        return f"thread:{thread.slug}" if thread else ELSE

    def _ask_questions(self) -> None:
        """Those of the call it answers; none of them has to be."""
        call = self.story.call if self.story.pk else None
        self.questions: list[Question] = list(call.questions.all()) if call else []
        told = {answer.get("question"): answer.get("answer", "") for answer in self.version.answers}
        for question in self.questions:
            self.fields[f"q{question.pk}"] = forms.CharField(
                label=question.words,
                help_text=question.hint,
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )
            self.initial[f"q{question.pk}"] = told.get(question.words, "")

    def clean_title(self) -> str:
        return line(self.cleaned_data["title"])

    def clean_text(self) -> str:
        """Counted as readers count, a new line as one letter."""
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(text) > TEXT_LENGTH:
            too_many = len(text) - TEXT_LENGTH
            raise ValidationError(
                f"Your story is {too_many:,} letters too long. It can have {TEXT_LENGTH:,}. Nothing is lost: shorten "
                "it here, or tell it in two stories.",
                code="max_length",
            )
        return text

    def clean_when(self) -> str:
        self.moment = fuzzy_dates.read(self.cleaned_data["when"], today=timezone.localdate())
        return self.moment.words

    def clean_place(self) -> str:
        place = line(self.cleaned_data["place"])
        location_privacy.check(place)
        return place

    def clean_content_note(self) -> str:
        return line(self.cleaned_data["content_note"])

    def save(self) -> Version:
        """What is right of it, whether all is or not: a story that is half told is kept."""
        self.is_valid()
        version = self.version
        for name, value in self.right("title", "text", "language", "place", "content_note", "ward").items():
            setattr(version, name, value)
        if "when" in self.cleaned_data:
            moment = self.moment
            version.when_kind, version.when_words = moment.kind, moment.words
            version.year_from, version.year_to = moment.first, moment.last
        if self.questions:
            version.answers = [
                {"question": question.words, "answer": answer}
                for question in self.questions
                if (answer := self.cleaned_data.get(f"q{question.pk}", "").strip())
            ]
        self._keep_what_does_not_fit()
        version.save()
        if self.asks_about and "about" in self.cleaned_data:
            self._save_about(self.cleaned_data["about"] or ELSE)
        self.note_seen()
        return version

    def _keep_what_does_not_fit(self) -> None:
        """A title that is too long, or a text that is, is kept as far as it fits while its story is being written."""
        for name, most in (("title", TITLE_LENGTH), ("text", TEXT_LENGTH)):
            if name in self.errors and name not in self.newer and (typed := self.data.get(name, "").strip()):
                setattr(self.version, name, typed[:most])

    def _save_about(self, about: str) -> None:
        kind, _, slug = about.partition(":")
        call = self.story.call
        if kind != "call" or call is None or call.slug != slug:
            call = Call.objects.open().filter(slug=slug).first() if kind == "call" else None
        thread = Thread.objects.published().filter(slug=slug).first() if kind == "thread" else None
        if self.story.call != call:
            self.story.call = call
            self.story.save(update_fields=["call", "modified_at"])
        self.story.threads.set([thread] if thread else [])


class MailForm(Plain):
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="We send you a link that opens your story on any device. It works for 30 days.",
        error_messages={"required": "Write your e-mail address."} | BAD_MAIL,
        widget=forms.EmailInput(attrs=MAIL_ATTRIBUTES),
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class AddressForm(MailForm):
    """Another address than the one given with a story, to confirm it by."""

    def __init__(self, data: Any = None, *, story: Story) -> None:
        super().__init__(data, initial={"email": story.contributor.email})
        self.fields["email"].label = "The right e-mail address"
        self.fields["email"].help_text = "We send a new code to it. The one we sent before then opens nothing."


class CodeForm(Plain):
    code = forms.CharField(
        label="The code from our mail",
        max_length=12,
        help_text="Six figures.",
        error_messages={"required": "Write the six figures from our mail."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return "".join(letter for letter in self.cleaned_data["code"] if letter.isdigit())

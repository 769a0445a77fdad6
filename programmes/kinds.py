"""What can be edited about programmes: form, rows and page."""

from django.core.exceptions import ValidationError
from django.urls import resolve, reverse

from city.kinds import FIGURE_FIELDS
from cms.backoffice.forms import PublishableForm
from cms.backoffice.publishable.publishable_kind import PICTURE_FIELDS, PublishableKind
from cms.revisions import kinds
from cms.revisions.kinds import Rows
from programmes import views
from programmes.models import (
    Funding,
    GoodPractice,
    HeadlineFigure,
    Involvement,
    Period,
    Programme,
    ProgrammePicture,
    Step,
)

PICTURES = Rows(ProgrammePicture, PICTURE_FIELDS)
INVOLVEMENTS = Rows(Involvement, [("partner", "role"), "note"])
STEPS = Rows(Step, [("when", "order"), "what", "source"])
PERIODS = Rows(Period, ["label", ("started", "ended")])
FIGURES = Rows(HeadlineFigure, FIGURE_FIELDS)
FUNDING = Rows(Funding, ["funder", ("amount", "period"), "what", "source", "order"])
GOOD_PRACTICE = Rows(GoodPractice, ["problem", "approach", "evidence", "lessons", "source"])


class ProgrammeForm(PublishableForm):
    needed_to_publish = ("body",)

    def clean_slug(self):
        """The list of good practice stands among the programmes, so no programme may take its address."""
        slug = self.cleaned_data["slug"]
        if resolve(reverse("programmes:detail", args=[slug])).view_name != "programmes:detail":
            raise ValidationError("The portal itself uses this address. Choose another web name.", code="taken")
        return slug

    def clean(self):
        cleaned = super().clean()
        runs = cleaned.get("running") == Programme.Running.RUNNING
        if runs and self.becomes_public(cleaned) and not cleaned.get("running_note"):
            self.add_error(
                "running_note",
                ValidationError("Say what tells us that it runs, or choose “Unconfirmed”.", code="how_we_know"),
            )
        return cleaned


@kinds.register
class ProgrammeKind(PublishableKind[Programme]):
    model = Programme
    form = ProgrammeForm
    layout = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("Does it run?", {"fields": ["running", "running_note", ("started", "ended"), "dates_note", "instead"]}),
        ("Who it is for", {"fields": ["audience", "audiences", ("age_from", "age_to"), "ages_note", "take_part"]}),
        ("Where", {"fields": ["places", "wards"]}),
        ("What it belongs to", {"fields": ["themes", "priority_areas", "priority_note", "partners_note", "led_to"]}),
        ("What changed", {"fields": ["outcomes", "sources"]}),
        ("How it looks", {"fields": [("thread", "art"), "flagship"]}),
    ]
    rows = (
        PICTURES,
        INVOLVEMENTS,
        STEPS,
        PERIODS,
        FIGURES,
        FUNDING,
        GOOD_PRACTICE,
    )

    def template(self, programme):
        return "programmes/detail.html"

    def context(self, programme):
        return views.context_of(programme)

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.urls import resolve, reverse

from cms.backoffice.base_admin import BaseAdmin, RowInline
from cms.backoffice.forms import PublishableForm
from cms.backoffice.object_permissions import SharedMixin
from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from programmes import views
from programmes.models import (
    Audience,
    Funding,
    GoodPractice,
    HeadlineFigure,
    Involvement,
    Period,
    Programme,
    ProgrammePicture,
    Step,
)


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


class InvolvementInline(RowInline):
    model = Involvement
    verbose_name_plural = "Partners, and what each does in it"
    fields = [("partner", "role"), "note"]
    autocomplete_fields = ["partner"]


class PictureInline(PictureUseInline):
    model = ProgrammePicture


class StepInline(RowInline):
    model = Step
    verbose_name_plural = "How it went, step by step"
    fields = [("when", "order"), "what", "source"]
    autocomplete_fields = ["source"]


class PeriodInline(RowInline):
    model = Period
    verbose_name_plural = "School years or other stretches of time"
    fields = ["label", ("started", "ended")]


class FigureInline(RowInline):
    model = HeadlineFigure
    verbose_name_plural = "Figures"
    fields = [
        ("value", "unit", "is_more_than"),
        "what",
        ("before", "period"),
        "question",
        "source",
        "note",
        ("on_home", "order"),
    ]
    autocomplete_fields = ["source"]


class FundingInline(RowInline):
    model = Funding
    verbose_name_plural = "The money"
    fields = ["funder", ("amount", "period"), "what", "source", "order"]
    autocomplete_fields = ["funder", "source"]


class GoodPracticeInline(RowInline):
    model = GoodPractice
    fields = ["problem", "approach", "evidence", "lessons", "source"]
    autocomplete_fields = ["source"]


@admin.register(Programme)
class ProgrammeAdmin(PublishableAdmin):
    form = ProgrammeForm
    list_display = ["title", "state_shown", "running_shown", "owner", "review_shown", "modified_at"]
    list_filter = [
        *PublishableAdmin.list_filter,
        ("running", admin.ChoicesFieldListFilter),
        "themes",
        "priority_areas",
        "audiences",
    ]
    search_fields = ["title", "slug", "summary", "involvements__partner__name"]
    search_help_text = "Searches titles, summaries and partners."
    readonly_fields = ["modified_at"]
    ordering = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["led_to", "instead", "sources"]
    checkbox_fields = ("audiences", "themes", "priority_areas", "wards")
    bulk_links = ("themes",)
    form_select_related = ["owner", "instead"]
    inlines = [
        PictureInline,
        InvolvementInline,
        StepInline,
        PeriodInline,
        FigureInline,
        FundingInline,
        GoodPracticeInline,
    ]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("Does it run?", {"fields": ["running", "running_note", ("started", "ended"), "dates_note", "instead"]}),
        ("Who it is for", {"fields": ["audience", "audiences", ("age_from", "age_to"), "ages_note", "take_part"]}),
        ("Where", {"fields": ["places", "wards"]}),
        ("What it belongs to", {"fields": ["themes", "priority_areas", "priority_note", "partners_note", "led_to"]}),
        ("What changed", {"fields": ["outcomes", "sources"]}),
        ("How it looks", {"fields": [("thread", "art"), "flagship"]}),
        PUBLICATION,
    ]

    @admin.display(description="Does it run?", ordering="running")
    def running_shown(self, programme):
        return {"running": "Running", "unconfirmed": "Unconfirmed", "finished": "Finished"}[programme.status_kind]

    def preview_template(self, programme):
        return "programmes/detail.html"

    def preview_context(self, programme):
        return views.context_of(programme)


@admin.register(Audience)
class AudienceAdmin(SharedMixin, BaseAdmin):
    list_display = ["title", "programme_count", "order"]
    list_filter = []
    list_select_related = False
    search_fields = ["title"]
    readonly_fields = []
    prepopulated_fields = {"slug": ["title"]}
    fields = ["title", "slug", "order"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(programme_count=Count("programmes"))

    @admin.display(description="Programmes", ordering="programme_count")
    def programme_count(self, audience):
        return audience.programme_count

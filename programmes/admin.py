from django.contrib import admin
from django.db.models import Count

from cms.backoffice.base_admin import BaseAdmin, RowInline
from cms.backoffice.object_permissions import SharedMixin
from cms.backoffice.publishable.picture_rows import PictureUseInline
from cms.backoffice.publishable.publishable_admin import PUBLICATION, PublishableAdmin
from programmes import kinds
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


class InvolvementInline(RowInline):
    model = Involvement
    verbose_name_plural = "Partners, and what each does in it"
    fields = kinds.INVOLVEMENTS.fields
    autocomplete_fields = ["partner"]


class PictureInline(PictureUseInline):
    model = ProgrammePicture


class StepInline(RowInline):
    model = Step
    verbose_name_plural = "How it went, step by step"
    fields = kinds.STEPS.fields
    autocomplete_fields = ["source"]


class PeriodInline(RowInline):
    model = Period
    verbose_name_plural = "School years or other stretches of time"
    fields = kinds.PERIODS.fields


class FigureInline(RowInline):
    model = HeadlineFigure
    verbose_name_plural = "Figures"
    fields = kinds.FIGURES.fields
    autocomplete_fields = ["source"]


class FundingInline(RowInline):
    model = Funding
    verbose_name_plural = "The money"
    fields = kinds.FUNDING.fields
    autocomplete_fields = ["funder", "source"]


class GoodPracticeInline(RowInline):
    model = GoodPractice
    fields = kinds.GOOD_PRACTICE.fields
    autocomplete_fields = ["source"]


@admin.register(Programme)
class ProgrammeAdmin(PublishableAdmin):
    form = kinds.ProgrammeForm
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
        *kinds.ProgrammeKind.layout,
        PUBLICATION,
    ]

    @admin.display(description="Does it run?", ordering="running")
    def running_shown(self, programme):
        return {"running": "Running", "unconfirmed": "Unconfirmed", "finished": "Finished"}[programme.status_kind]


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

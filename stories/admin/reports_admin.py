"""Reported concerns, for staff: those that wait first, by when they are due, and one page on which each is decided.

Nobody sees what is said about their own story, nor the address of whoever reported it; an appeal is
decided by somebody else; and nobody changes what was reported.
"""

import csv
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Now
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from stories import workflow
from stories.models import CannedReply, Report, Story, Version, VersionPicture
from stories.moderation import queue
from stories.moderation.forms import WordsForm
from stories.reports import appeals, decisions, yearly_summary

State = Report.State
_LOOKS = {"open": "waiting", "appealed": "waiting", "acted": "approve", "kept": "draft", "closed": "draft"}
_SHORT = {
    "open": "Waits",
    "appealed": "An appeal waits",
    "acted": "Something was changed",
    "kept": "Left as it is",
    "closed": "Closed after an appeal",
}
YES, NO = "yes", "no"


class DecisionForm(WordsForm):
    """What was decided, what is done with it, and words for whoever reported it."""

    outcome = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide.", "invalid_choice": "Choose what you decide."},
    )
    also = forms.ChoiceField(
        label="What happens to the story?",
        required=False,
        widget=forms.RadioSelect,
        help_text="It is done when you send this, and its teller gets a mail as always.",
        error_messages={"invalid_choice": "That cannot be done any more. Look at the story, then decide."},
    )
    to_teller = forms.CharField(
        label="Words to its teller",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed if you take it down. Say what was wrong, and never who told us.",
    )

    field_order = ["outcome", "also", "to_teller", "sentences", "words"]

    def __init__(self, data=None, *, outcomes, also, **kwargs):
        sentences = list(CannedReply.objects.filter(use=CannedReply.For.REPORT))
        super().__init__(data, use=CannedReply.For.REPORT, sentences=sentences, **kwargs)
        self.fields["outcome"].choices = list(outcomes)
        self.fields["also"].choices = [("", "Nothing now"), *also]
        if not also:
            del self.fields["also"], self.fields["to_teller"]
        self.fields["words"].label = "In your words, to whoever reported it"
        self.fields["words"].max_length = 2000
        self.fields["words"].help_text = "Kindly and in plain words. Say nothing about who told the story."
        if "sentences" in self.fields:
            self.fields["sentences"].label = "Start your answer from"
        self.order_fields(self.field_order)

    def refuse(self, error: ValidationError) -> None:
        """What could not be done, beside what it is about."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, mistakes in by_field.items():
            self.add_error(name if name in self.fields else None, mistakes)


FIRST = ((YES, "We changed something, or took it down"), (NO, "We leave it as it is"))
AGAIN = ((YES, "They are right: it is decided otherwise now"), (NO, "It stays as it was decided"))


class WaitsFilter(admin.SimpleListFilter):
    """What waits is what anybody comes for, so it shows unless something else is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("open", "Not answered yet"),
            ("appealed", "Appeals"),
            ("late", "Late"),
            ("urgent", "Should be hidden, and is not"),
            ("answered", "Answered"),
            ("all", "All"),
        ]

    def choices(self, changelist):
        waiting, *others = super().choices(changelist)
        return [waiting | {"display": "All that waits"}, *others]

    def queryset(self, request, queryset):
        waits = Q(state__in=Report.OPEN)
        asked = {
            "open": Q(state=State.OPEN),
            "appealed": Q(state=State.APPEALED),
            "late": waits & Q(due_at__lt=Now()),
            "urgent": decisions.urgent(),
            "answered": ~waits,
            "all": Q(),
        }
        return queryset.filter(asked.get(self.value(), waits))


@admin.register(Report)
class ReportAdmin(ReadOnlyMixin, BaseAdmin):
    list_display = ["what", "story_shown", "came", "due", "state_shown", "at_once"]
    list_display_links = ["what"]
    list_select_related = ["story__shown", "picture"]
    list_filter = [WaitsFilter, "category", "hid_at_once"]
    search_fields = ["story_slug"]
    search_help_text = "Searches the web names of stories, as they stand in their addresses."
    actions = None

    def get_queryset(self, request):
        seen = decisions.seen_by(request.user).annotate(
            is_urgent=ExpressionWrapper(decisions.urgent(), output_field=BooleanField()),
            waits_until=Case(When(state__in=Report.OPEN, then=F("due_at")), default=Value(None)),
        )
        return seen.order_by(*self.get_ordering(request))

    def get_ordering(self, request):
        """What should be hidden and is not, then what is due next; the newest of what is answered."""
        return ["-is_urgent", F("waits_until").asc(nulls_last=True), "-at", "pk"]

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("summary/", view(require_safe(self.summary)), name="stories_report_summary"),
            path("<int:pk>/change/", view(require_safe(self.read)), name="stories_report_change"),
            path("<int:pk>/decide/", view(require_POST(self.decide)), name="stories_report_decide"),
        ]
        return own + [url for url in super().get_urls() if url.name == "stories_report_changelist"]

    @admin.display(description="Concern", ordering="category")
    def what(self, report):
        return _marked(report.get_category_display(), "Not hidden: look now" if report.is_urgent else "")

    @admin.display(description="Story")
    def story_shown(self, report):
        return _called(report)

    @admin.display(description="Came", ordering="at")
    def came(self, report):
        return format_html("<time>{}</time>", formats.date_format(timezone.localtime(report.at), "j M Y, H:i"))

    @admin.display(description="Answer by", ordering="due_at")
    def due(self, report):
        day = formats.date_format(timezone.localtime(report.due_at), "j M Y")
        if report.state not in Report.OPEN:
            return "–"
        return _marked(format_html("<time>{}</time>", day), "Late" if is_late(report) else "")

    @admin.display(description="State", ordering="state")
    def state_shown(self, report):
        words = _SHORT[report.state]
        return format_html('<span class="state state--{}">{}</span>', _LOOKS[report.state], words)

    @admin.display(description="Hidden at once", ordering="hid_at_once")
    def at_once(self, report):
        return "Yes" if report.hid_at_once else "No"

    def _found(self, request, pk) -> Report:
        found = self.get_queryset(request).select_related(
            "story__shown",
            "story__latest",
            "story__partner",
            "story__contributor",
            "picture",
            "decided_by",
            "closed_by",
        )
        report = found.filter(pk=min(pk, 2**63 - 1)).first()
        if report is None or not self.has_view_permission(request, report):
            raise Http404
        return report

    def read(self, request, pk):
        report = self._found(request, pk)
        return self._page(request, report, self._form(request, report))

    def _form(self, request, report, data=None, **kwargs) -> DecisionForm:
        outcomes = AGAIN if report.state == State.APPEALED else FIRST
        return DecisionForm(data, outcomes=outcomes, also=decisions.choices(report, request.user), **kwargs)

    def _may_decide(self, request, report) -> bool:
        if report.state == State.APPEALED:
            return appeals.may_close(report, request.user)
        return report.state == State.OPEN and decisions.may(report, request.user)

    def _page(self, request, report, form):
        story = report.story
        is_seen = story is not None and queue.seen_by(request.user).filter(pk=story.pk).exists()
        others = self.get_queryset(request).filter(story_slug=report.story_slug).exclude(pk=report.pk)
        sent = VersionPicture.objects.exclude(version__state=Version.State.WRITING)
        use = sent.filter(picture=report.picture_id).order_by("-version__number").first()
        context = self.admin_site.each_context(request) | {
            "title": report.get_category_display(),
            "report": report,
            "look": _LOOKS[report.state],
            "state": _SHORT[report.state],
            "is_open": report.state in Report.OPEN,
            "is_late": is_late(report),
            "story": story,
            "called": _called(report),
            "is_published": story is not None and story.status == Story.Status.PUBLISHED,
            "story_url": reverse("admin:stories_story_change", args=[story.pk]) if is_seen else "",
            "described": use.description if use else "",
            "picture_url": self._picture_url(report) if is_seen else "",
            "is_still_hidden": report.hid_at_once and decisions.is_still_hidden(report),
            "others": list(others[:10]),
            "may_decide": self._may_decide(request, report),
            "why_not": self._why_not(request, report),
            "form": form,
            "next_one": decisions.waiting_for(request.user).exclude(pk=report.pk).first(),
        }
        return render(request, "admin/stories/report/read.html", context)

    @staticmethod
    def _picture_url(report) -> str:
        return reverse("admin:stories_story_file", args=[report.picture.key, "preview.jpg"]) if report.picture else ""

    def _why_not(self, request, report) -> str:
        if report.state not in Report.OPEN or self._may_decide(request, report):
            return ""
        if report.state == State.APPEALED and report.decided_by_id == request.user.pk:
            return "You decided it first, so somebody else has to look at the appeal."
        if not request.user.has_perm(decisions.DECIDE):
            return "You may read this, and others decide it."
        return "Those who look after safeguarding decide about a child at risk."

    def decide(self, request, pk):
        """What was typed stays where it cannot be done."""
        report = self._found(request, pk)
        form = self._form(request, report, request.POST)
        if "start" in request.POST:
            typed = {name: request.POST.get(name, "") for name in ("outcome", "also", "to_teller")}
            return self._page(request, report, self._form(request, report, initial=typed | form.filled()))
        if not self._may_decide(request, report) and report.state in Report.OPEN:
            raise PermissionDenied
        if not form.is_valid():
            return self._page(request, report, form)
        told = {
            "words": form.note,
            "also": form.cleaned_data.get("also", ""),
            "to_teller": form.cleaned_data.get("to_teller", ""),
        }
        is_yes = form.cleaned_data["outcome"] == YES
        try:
            if report.state == State.APPEALED:
                appeals.close(report, by=request.user, was_right=is_yes, **told)
            else:
                decisions.decide(report, by=request.user, has_acted=is_yes, **told)
        except ValidationError as error:
            form.refuse(error)
            return self._page(request, self._found(request, pk), form)
        except workflow.Impossible as error:
            form.add_error(None, str(error))
            return self._page(request, self._found(request, pk), form)
        except decisions.Decided:
            messages.warning(request, "Nothing was done: it was decided while you wrote. Read what, below.")
        else:
            mailed = " They get your words by mail." if report.email else " Whoever reported it left no address."
            messages.success(request, f"It is decided.{mailed}")
        return HttpResponseRedirect(reverse("admin:stories_report_change", args=[report.pk]))

    def summary(self, request):
        if not self.has_view_permission(request) or request.user.is_limited:
            raise PermissionDenied
        years = yearly_summary.years()
        asked = request.GET.get("year", "")
        year = int(asked) if asked in map(str, years) else years[0]
        parts = yearly_summary.of(year)
        if request.GET.get("as") == "csv":
            audit_log.write(
                AuditEvent.Action.EXPORTED, Report, by=request.user, new={"year": year}, note="Yearly summary"
            )
            return _as_csv(year, parts)
        context = self.admin_site.each_context(request) | {
            "title": f"Concerns and stories in {year}",
            "year": year,
            "years": years,
            "parts": parts,
            "made_at": timezone.now(),
        }
        return render(request, "admin/stories/report/summary.html", context)


def _marked(told, mark) -> str:
    return format_html('{} <span class="due">{}</span>', told, mark) if mark else told


def is_late(report: Any) -> bool:
    return report.state in Report.OPEN and report.due_at < timezone.now()


def _called(report) -> str:
    """A story that is held is called by its web name alone."""
    story = report.story
    if story is None:
        return f"Gone ({report.story_slug})"
    is_public = story.status == Story.Status.PUBLISHED and story.shown is not None
    return story.shown.title if is_public else f"{report.story_slug} ({story.get_status_display()})"


def _as_csv(year, parts) -> HttpResponse:
    """Nobody typed any of it, so nothing in it can become a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="concerns-and-stories-{year}.csv"'
    writer = csv.writer(response)
    writer.writerow(["Year", "Part", "What", "How many"])
    for part in parts:
        writer.writerows([year, part.title, line.words, line.count] for line in part.lines)
    return response

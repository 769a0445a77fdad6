"""The queue: stories that wait for somebody to read them, the longest waiting first, and all others behind filters.

Nobody of the staff sees what is still being written, was never confirmed, or was taken back; what is held
is for those who look after safeguarding; and whoever is limited sees none, since no story is given to anybody.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from cms.backoffice.object_permissions import is_limited
from cms.lib.queries import number
from stories import languages, workflow
from stories.models import Story, StoryPicture, StoryQuerySet, VersionPicture
from stories.moderation import personal_data_hints

Status = Story.Status
LOOKS = {  # of each state: a class of the admin's style
    Status.SUBMITTED: "waiting",
    Status.IN_REVIEW: "waiting",
    Status.CHANGE_ASKED: "draft",
    Status.APPROVED: "scheduled",
    Status.SCHEDULED: "scheduled",
    Status.PUBLISHED: "public",
    Status.DECLINED: "refused",
    Status.HELD: "down",
    Status.REMOVED: "down",
}
SHORT = {
    Status.CHANGE_ASKED: "Change asked for",
    Status.APPROVED: "Approved",
    Status.SCHEDULED: "Scheduled",
    Status.HELD: "Held",
}


_BREAK, _FLAG = mark_safe("<br>"), mark_safe(' <span class="due">At risk?</span>')


def seen_by(person: Any) -> StoryQuerySet:
    """The stories that somebody of the staff may read."""
    if is_limited(person) or not person.has_perm("stories.view_story"):
        return Story.objects.none()
    seen = Story.objects.seen_by_staff()
    return seen if person.has_perm(workflow.SAFEGUARDING) else seen.exclude(status=Status.HELD)


class StateFilter(admin.SimpleListFilter):
    """What waits is what anybody comes for, so it shows unless something else is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        held = [("held", "Held for safeguarding")] if request.user.has_perm(workflow.SAFEGUARDING) else []
        return [
            ("new", "New stories that wait"),
            ("changes", "Changes of what is public"),
            *held,
            ("flood", "Many from one place"),
            ("asked", "Their teller was asked for a change"),
            ("coming", "Approved, or with a time"),
            ("published", "Published"),
            ("declined", "Not published"),
            ("removed", "Taken down"),
            ("all", "All"),
        ]

    def choices(self, changelist):
        waiting, *others = super().choices(changelist)
        return [waiting | {"display": "All that waits"}, *others]

    def queryset(self, request, queryset):
        is_held = Q(status=Status.HELD)
        waits = Q(waits_since__isnull=False, is_rate_limited=False)
        asked = {
            "new": waits & Q(status__in=Story.WAITING),
            "changes": waits & Q(status=Status.PUBLISHED),
            "held": is_held,
            "flood": Q(waits_since__isnull=False, is_rate_limited=True) & ~is_held,
            "asked": Q(status=Status.CHANGE_ASKED),
            "coming": Q(status__in=(Status.APPROVED, Status.SCHEDULED)),
            "published": Q(status=Status.PUBLISHED),
            "declined": Q(status=Status.DECLINED),
            "removed": Q(status=Status.REMOVED),
            "all": Q(),
        }
        everything_else = Q() if request.GET.get("q") else waits & ~is_held  # whoever searches may look for any
        return queryset.filter(asked.get(self.value(), everything_else))


class WhoFilter(admin.SimpleListFilter):
    title = "who is on it"
    parameter_name = "who"

    def lookups(self, request, model_admin):
        return [("me", "I am"), ("nobody", "Nobody yet"), ("others", "Somebody else"), ("not_me", "Anybody but me")]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(claimed_by=request.user)
        if self.value() == "others":
            return queryset.exclude(claimed_by=None).exclude(claimed_by=request.user)
        if self.value() == "not_me":
            return queryset.filter(~Q(claimed_by=request.user) | Q(claimed_by=None))
        return queryset.filter(claimed_by=None) if self.value() == "nobody" else queryset


class LanguageFilter(admin.SimpleListFilter):
    title = "language"
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return languages.LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(latest__language=self.value()) if self.value() else queryset


class TogetherFilter(admin.SimpleListFilter):
    """From the same address as one story, which is named by its number: an address has no place in a link."""

    title = "where from"
    parameter_name = "with"

    def lookups(self, request, model_admin):
        asked = request.GET.get(self.parameter_name)
        return [(asked, "The same address")] if number(asked) is not None else []

    def queryset(self, request, queryset):
        pk = number(self.value())
        if pk is None or not request.user.has_perm(workflow.MODERATOR):
            return queryset
        one = seen_by(request.user).filter(pk=pk).exclude(contributor__email="")
        return queryset.filter(contributor__email__in=one.order_by().values("contributor__email"))


class Queue(ChangeList):
    """Counts pictures and what was noticed for the rows of the page, in one question."""

    def get_results(self, request):
        super().get_results(request)
        stories = list(self.result_list)
        by_version = {row["version"]: row for row in counted([story.latest_id for story in stories])}
        for story in stories:
            row = by_version.get(story.latest_id, {"pictures": 0, "against": 0, "undescribed": 0})
            story.pictures_count = row["pictures"]
            story.warnings_count = row["against"] + row["undescribed"] + len(_noticed(story))
        self.result_list = stories


def counted(versions: list[int]):
    stands = Exists(StoryPicture.objects.showable().filter(pk=OuterRef("picture")))
    rows = VersionPicture.objects.filter(version__in=versions).order_by().annotate(stands=stands)
    return rows.values("version").annotate(
        pictures=Count("pk"),
        against=Count("pk", filter=Q(stands=False)),
        undescribed=Count("pk", filter=Q(description="")),
    )


def _noticed(story) -> list:
    words = [("the title", story.latest.title), ("the story", story.latest.text)] if story.latest else []
    return personal_data_hints.findings(words, getattr(story, "contributor", None))


class Columns(admin.ModelAdmin):
    """What a line of the queue says."""

    list_display = ["title_shown", "since", "state_shown", "about", "language", "pictures", "warnings"]
    list_display_links = ["title_shown"]
    list_select_related = ["latest", "contributor", "call", "claimed_by", "partner"]
    list_filter = [StateFilter, WhoFilter, "is_flagged", TogetherFilter, LanguageFilter, "call", "threads", "way"]
    ordering = [F("waits_since").asc(nulls_last=True), "-status_since", "pk"]

    def get_changelist(self, request, **kwargs):
        return Queue

    def get_search_fields(self, request):
        """Whom an address belongs to is for those who moderate."""
        fields = ["latest__title", "slug"]
        return [*fields, "contributor__email"] if request.user.has_perm(workflow.MODERATOR) else fields

    @admin.display(description="Story", ordering="latest__title")
    def title_shown(self, story):
        version = story.latest
        title = version.title if version and version.title else f"Without a title ({story.slug})"
        flag = _FLAG if story.is_flagged else ""
        if version is None:
            return format_html("{}{}", title, flag)
        tag = languages.tag_of(version.language)
        return format_html('<bdi lang="{}" dir="{}">{}</bdi>{}', tag, version.direction, title, flag)

    @admin.display(description="Waits since", ordering="waits_since")
    def since(self, story):
        if story.waits_since is None:
            return "–"
        waited = (timezone.now() - story.waits_since).days
        day = formats.date_format(timezone.localtime(story.waits_since), "j M Y")
        return format_html("<time>{}</time><br>{}", day, days_in_words(waited))

    @admin.display(description="State, and who is on it", ordering="status")
    def state_shown(self, story):
        is_change = story.status == Status.PUBLISHED and story.waits_since is not None
        look = "waiting" if is_change else LOOKS.get(story.status, "draft")
        words = "A change waits" if is_change else SHORT.get(story.status, story.get_status_display())
        shown = format_html('<span class="state state--{}">{}</span>', look, words)
        return format_html("{}<br>{}", shown, story.claimed_by) if story.claimed_by else shown

    @admin.display(description="Language", ordering="latest__language")
    def language(self, story):
        return languages.name_of(story.latest.language) if story.latest else ""

    @admin.display(description="About")
    def about(self, story):
        told = [str(story.call)] if story.call else []
        told += [str(thread) for thread in story.threads.all()]
        about = format_html_join(_BREAK, "{}", ((words,) for words in told)) or "Something else"
        return format_html("{}<br><span>{}</span>", about, self._way_of(story))

    @staticmethod
    def _way_of(story) -> str:
        words = {"online": "online", "partner": "by a partner", "table": "at a table", "sample": "sample"}[story.way]
        return f"by {story.partner}" if story.partner and story.way == Story.Way.PARTNER else words

    @admin.display(description="Pictures")
    def pictures(self, story):
        return story.pictures_count

    @admin.display(description="To look at")
    def warnings(self, story):
        return story.warnings_count


def days_in_words(days: int) -> str:
    return "today" if days < 1 else "1 day" if days == 1 else f"{days} days"

"""What a year brought: concerns and what became of them, and stories.

Counted from the record of decisions, which keeps a line of each and nobody's words: reports are deleted after their
period, and stories when their tellers ask.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from cms.audit.models import AuditEvent
from stories.models import Erasure, Report, Story
from stories.reports import deadlines, decisions

Action = AuditEvent.Action
_ABOUT = (Action.REPORTED, Action.REPORT_DECIDED)


@dataclass(frozen=True)
class Line:
    words: str
    count: int


@dataclass
class Concern:
    """One, as the record tells it."""

    category: str
    at: datetime.datetime
    is_hidden: bool
    decided: dict[str, Any] | None = None
    is_appealed: bool = False
    closed: dict[str, Any] | None = None

    @property
    def is_late(self) -> bool:
        return timezone.now() > deadlines.due(_VALUES.get(self.category, Report.Category.OTHER), self.at)


_VALUES = {category.label: category for category in Report.Category}


@dataclass
class Part:
    """Lines under one heading."""

    title: str
    lines: list[Line] = field(default_factory=list)
    note: str = ""


def years() -> list[int]:
    """Those there is something of, the newest first; always this one."""
    this_year = timezone.localdate().year
    lines = AuditEvent.objects.filter(Q(action__in=_ABOUT) | Q(content_type__app_label="stories"))
    first = lines.aggregate(at=Min("at"))["at"]
    return list(range(this_year, (timezone.localtime(first).year if first else this_year) - 1, -1))


def of(year: int) -> list[Part]:
    start, end = (datetime.datetime(one, 1, 1, tzinfo=timezone.get_default_timezone()) for one in (year, year + 1))
    concerns = _concerns(start, end)
    return [
        Part("Concerns reported", list(_categories(concerns))),
        Part("Hidden at once", list(_hidden(concerns)), "Before anybody had looked, as the site promises."),
        Part("Answered", list(_answers(concerns)), "In time: within the working days that the site promises."),
        Part("What was decided first", list(_outcomes(concerns))),
        Part("Appeals", list(_appeals(concerns))),
        Part("Stories", list(_stories(start, end))),
    ]


def _concerns(start: datetime.datetime, end: datetime.datetime) -> Collection[Concern]:
    """Those that came in that time, with what was decided since."""
    lines = AuditEvent.objects.filter(action__in=_ABOUT, at__gte=start).order_by("at", "pk")
    found: dict[int, Concern] = {}
    for action, at, new in lines.values_list("action", "at", "new").iterator():
        key = new.get("report")
        if action == Action.REPORTED and decisions.SECOND_LOOK not in new.values():
            if at < end:
                found[key] = Concern(new["category"], at, new["hidden at once"])
        elif key not in found:
            continue
        elif action == Action.REPORTED:
            found[key].is_appealed = True
        elif new["decided"] in decisions.AFTER_APPEAL.values():
            found[key].closed = new
        else:
            found[key].decided = new
    return found.values()


def _categories(concerns: Collection[Concern]) -> Iterator[Line]:
    count = Counter(concern.category for concern in concerns)
    for words in dict.fromkeys([*_VALUES, *count]):
        yield Line(words, count[words])
    yield Line("All together", len(concerns))


def _hidden(concerns: Collection[Concern]) -> Iterator[Line]:
    child = Report.Category.CHILD_AT_RISK.label
    hidden = Counter(concern.category == child for concern in concerns if concern.is_hidden)
    yield Line("Stories, because a child may be at risk", hidden[True])
    yield Line("Pictures, because somebody on them does not agree", hidden[False])


def _answers(concerns: Collection[Concern]) -> Iterator[Line]:
    answered = Counter(concern.decided["in time"] for concern in concerns if concern.decided)
    waiting = Counter(concern.is_late for concern in concerns if not concern.decided)
    yield Line("In time", answered[True])
    yield Line("Late", answered[False])
    yield Line("Not yet, and still in time", waiting[False])
    yield Line("Not yet, and late", waiting[True])


def _outcomes(concerns: Collection[Concern]) -> Iterator[Line]:
    count = Counter(concern.decided["decided"] for concern in concerns if concern.decided)
    for words in dict.fromkeys([Report.State.ACTED.label, Report.State.KEPT.label, *count]):
        yield Line(words, count[words])


def _appeals(concerns: Collection[Concern]) -> Iterator[Line]:
    appealed = [concern for concern in concerns if concern.is_appealed]
    closed = [concern.closed for concern in appealed if concern.closed]
    yield Line("Asked for a second look", len(appealed))
    for was_right, words in ((True, "Decided otherwise"), (False, "Stayed as decided")):
        yield Line(words, sum(1 for new in closed if new["decided"] == decisions.AFTER_APPEAL[was_right]))
    yield Line("Not decided yet", len(appealed) - len(closed))
    yield Line("Decided late", sum(1 for new in closed if not new["in time"]))


def _stories(start: datetime.datetime, end: datetime.datetime) -> Iterator[Line]:
    """By the record: a story that is gone has a line there still."""
    told = Story.objects.exclude(way=Story.Way.SAMPLE).filter(sent_at__gte=start, sent_at__lt=end).count()
    lines = AuditEvent.objects.filter(at__gte=start, at__lt=end, content_type__app_label="stories")
    samples = Story.objects.filter(way=Story.Way.SAMPLE).values("pk")
    about = lines.filter(content_type__model="story").exclude(object_id__in=samples)
    counted = about.aggregate(
        published=Count("object_id", Q(action=Action.PUBLISHED), distinct=True),
        declined=Count("object_id", Q(action=Action.STORY, new__state=Story.Status.DECLINED.label), distinct=True),
        withdrawn=Count("object_id", Q(action=Action.STORY, new__state=Story.Status.WITHDRAWN.label), distinct=True),
        held=Count("object_id", Q(action=Action.STORY, new__state=Story.Status.HELD.label), distinct=True),
        removed=Count("object_id", Q(action=Action.TAKEN_DOWN), distinct=True),
    )
    yield Line("Sent, and not erased since", told)
    yield Line("Published", counted["published"])
    yield Line("Not published, with a reason", counted["declined"])
    yield Line("Taken back by their tellers", counted["withdrawn"])
    yield Line("Held for safeguarding", counted["held"])
    yield Line("Taken down by us", counted["removed"])
    erased = Erasure.objects.filter(erased_at__gte=start, erased_at__lt=end)
    yield Line("Erased for ever, because their tellers asked", erased.filter(asked_by="teller").count())
    yield Line("Erased when their time was over", erased.filter(asked_by="rule").count())

"""Where a story stands and what happens next, in words for its teller.

Of what is held for safeguarding its teller learns that it takes longer, and none of the words of staff.
"""

import datetime
from dataclasses import dataclass
from itertools import takewhile

from django.utils import formats, timezone

from cms.lib import datetime_fields
from cms.site_settings.models import SiteSettings
from stories import changes
from stories.models import Consent, Story, Version

Status, State = Story.Status, Version.State
BRING_BACK_DAYS = 30
DRAFT, TEAM, WORD = "Draft", "With our team", "Needs a word"
PUBLISHED, DOWN, NOT = "Published", "Taken down", "Not published"
# As what components/status.html draws it.
_KINDS = {PUBLISHED: "running", DOWN: "finished", NOT: "finished"}

_NOW = {
    Status.DRAFT: (DRAFT, "You are still writing it. Nobody else has read it."),
    Status.AWAITING_VERIFICATION: (
        WORD,
        "We sent you a mail with a link. Open it, so that we know that the address is yours. Then we read your story.",
    ),
    Status.AWAITING_GUARDIAN: (
        WORD,
        "We wrote to your parent or guardian. When they have said yes, our team reads your story.",
    ),
    Status.SUBMITTED: (TEAM, "It waits to be read. Somebody reads it{soon}, and writes to you."),
    Status.IN_REVIEW: (TEAM, "Somebody of our team is reading it now, and writes to you."),
    Status.CHANGE_ASKED: (WORD, "We asked you to change something. When you have sent it, we read it again."),
    Status.APPROVED: (TEAM, "We have read it, and are getting it ready. It will be on the site soon."),
    Status.SCHEDULED: (TEAM, "We have read it. Everybody can read it from {when}."),
    Status.PUBLISHED: (PUBLISHED, "Everybody can read it. You can change it or take it back at any time."),
    Status.WITHDRAWN: (
        DOWN,
        "You took it back. We keep a private copy until {until}; until then you can bring it back, or have it erased.",
    ),
    Status.DECLINED: (NOT, "We decided not to show it. You can download it, or have it erased."),
    Status.HELD: (
        TEAM,
        "We need more time with it. It is not public, and cannot be changed now. We write to you when we know more.",
    ),
    Status.REMOVED: (DOWN, "We took it off the site. You can download it, or have it erased."),
}
_CHANGE = {
    State.WAITING: (PUBLISHED, "You sent a change. Readers see your story as it was until our team has read it."),
    State.ASKED: (WORD, "We have a question about your change. Until you answer, readers see your story as it was."),
    State.APPROVED: (PUBLISHED, "We have read your change. Readers see it as soon as its pictures are ready."),
}


@dataclass(frozen=True)
class Standing:
    state: str
    means: str

    @property
    def kind(self) -> str:
        return _KINDS.get(self.state, "unconfirmed")


def of(story: Story) -> Standing:
    change = changes.pending(story)
    state, means = _CHANGE[State(change.state)] if change else _NOW[Status(story.status)]
    when = datetime_fields.in_words(story.publish_at) if story.publish_at else ""
    until = formats.date_format(timezone.localtime(brought_back_until(story)), "j F Y")
    return Standing(state, means.format(when=when, until=until, soon=SiteSettings.load().within("story_days")))


def brought_back_until(story: Story) -> datetime.datetime:
    return story.status_since + datetime.timedelta(days=BRING_BACK_DAYS)


def may_bring_back(story: Story) -> bool:
    return story.status == Status.WITHDRAWN and timezone.now() < brought_back_until(story)


def asked(story: Story) -> str:
    """What the team waits for, in its words; empty if for nothing."""
    if story.status == Status.CHANGE_ASKED:
        return story.words
    change = changes.pending(story)
    return change.words if change and change.state == State.ASKED else ""


@dataclass(frozen=True)
class Said:
    about: str
    words: str
    at: datetime.datetime | None


def said(story: Story) -> list[Said]:
    """What the team wrote, the newest first. Words about the whole story are told where they still hold: what staff
    note when they hold a story is kept in the same place."""
    told = []
    if story.words and story.status in (Status.DECLINED, Status.REMOVED, Status.CHANGE_ASKED):
        about = {Status.DECLINED: "We did not publish it", Status.REMOVED: "We took it down"}
        told.append(Said(about.get(Status(story.status), "We asked for a change"), story.words, story.status_since))
    for version in story.versions.exclude(words="").exclude(state=State.WRITING).order_by("-number"):
        if told and version.words == story.words:
            continue  # the same, from where it was decided
        about_version = "We did not show it" if version.state == State.REFUSED else "We asked for a change"
        told.append(Said(about_version, version.words, version.decided_at))
    return told


@dataclass(frozen=True)
class Answer:
    """All that was answered at once: to what, in which words."""

    at: datetime.datetime
    by: str
    wording: int
    lines: list[Consent]

    @property
    def shared(self) -> str:
        """What stood above all boxes, the licence: how the words of each end. Empty if there was only one."""
        each = [line.words_shown.split("\n")[::-1] for line in self.lines]
        same = takewhile(lambda found: len(set(found)) == 1, zip(*each, strict=False))
        return "\n".join([found[0] for found in same][::-1]) if len(each) > 1 else ""

    @property
    def boxes(self) -> list[tuple[Consent, str]]:
        """Each answer, and what stood beside its box alone."""
        return [(line, line.words_shown.removesuffix(self.shared).strip()) for line in self.lines]


_TOGETHER = datetime.timedelta(seconds=10)


def answers(story: Story) -> list[Answer]:
    """Every answer that was ever given, the newest first, each with the words that were shown."""
    found: list[Answer] = []
    for line in story.consents.select_related("wording").order_by("-at", "-pk"):
        last = found[-1] if found else None
        is_new = (
            last is None
            or (last.by, last.wording) != (line.get_by_display(), line.wording.number)
            or last.at - line.at > _TOGETHER
            or line.purpose in {each.purpose for each in last.lines}
        )
        if is_new:
            found.append(Answer(line.at, line.get_by_display(), line.wording.number, []))
        found[-1].lines.insert(0, line)
    return found

"""What a teller changes after sending. Readers see the version that was shown until a changed one is, all
of it at once: words, pictures, descriptions, credits, their order, when, where and in whose name.

    step      from                to         who
    begin     –                   writing    teller, of a story that waits, is asked about, or is public
    send      writing             waiting    teller; what was sent before and not decided is replaced by it
    drop      writing, asked,     old        teller
              waiting
    show      waiting             shown      moderator, not their own; approved till its pictures are ready
    ask       waiting             asked      moderator, with words
    refuse    waiting             refused    moderator, with words

Only changes of what is public are decided here. A change of what is not is read with the story, and `workflow.take`
decides about both. Raises what that raises.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django import app

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories import display_name, emails, workflow
from stories.consent import guardian_requests
from stories.models import Story, Version, VersionPicture
from stories.publication import publishing
from stories.workflow import Impossible, Role

Status, State = Story.Status, Version.State
CHANGEABLE = (Status.SUBMITTED, Status.IN_REVIEW, Status.CHANGE_ASKED, Status.PUBLISHED)
# Step, and the one of the story's own that somebody must be allowed to take for it.
_RIGHTS = {"show": "approve", "ask": "ask", "refuse": "decline"}
WORDS = {"show": "Show the change", "ask": "Ask for something else", "refuse": "Leave it as it was"}
_FINISH = "stories.jobs.show_change_when_ready"  # by its name: it calls us
_TOLD = (
    "title", "text", "language", "when_kind", "when_words", "year_from", "year_to", "ward_id", "place",
    "content_note", "answers",
)  # fmt: skip
_NAMED = display_name.Named._fields
_ON_PICTURES = ("picture_id", "description", "caption", "credit", "order")


def waiting() -> models.QuerySet[Version]:
    """Changes of public stories that somebody should read, the longest waiting first."""
    found = Version.objects.filter(
        state=State.WAITING, latest_for__status=Status.PUBLISHED, latest_for__waits_since__isnull=False
    )
    return found.select_related("story__contributor", "story__shown").order_by("latest_for__waits_since", "pk")


def begun(story: Story) -> Version | None:
    """What its teller is writing now and has not sent. What still has its first words being written is no change."""
    if story.status == Status.DRAFT:
        return None
    return story.versions.filter(state=State.WRITING).order_by("number").last()


def pending(story: Story) -> Version | None:
    """What was sent about a public story and is not shown: it waits, waits for its pictures, or for its teller."""
    latest = story.latest
    if story.status != Status.PUBLISHED or latest is None or latest.pk == story.shown_id:
        return None
    return latest if latest.state in (State.WAITING, State.ASKED, State.APPROVED) else None


def may_change(story: Story) -> bool:
    return story.status in CHANGEABLE


def copy_of(version: Version) -> Version:
    """Its words as they would begin a change; not saved, and without its pictures."""
    return Version(story=version.story, **{name: getattr(version, name) for name in (*_TOLD, *_NAMED)})


@transaction.atomic
def begin(story: Story) -> Version:
    """The version its teller writes on: the one begun before, or a new one like the last that was sent."""
    story = _locked(story.pk)
    if not may_change(story) or story.latest is None:
        raise Impossible("This story cannot be changed now.")
    if found := begun(story):
        return found
    made = copy_of(story.latest)
    made.number = (story.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    made.save()
    for one in story.latest.pictures.all():
        VersionPicture.objects.create(version=made, **{name: getattr(one, name) for name in _ON_PICTURES})
    return made


@transaction.atomic
def send(version: Version) -> Story:
    story, version = _both(version)
    if version.state != State.WRITING or not may_change(story):
        raise Impossible("This change was sent already, or the story cannot be changed now.")
    if not version.title.strip() or not version.text.strip():
        raise ValidationError("Your story needs a title and a few words.")
    if story.status != Status.CHANGE_ASKED and is_same(version, story.latest):
        raise ValidationError("You have not changed anything yet.")
    _turn(story.versions.filter(number__lt=version.number, state__in=(State.WAITING, State.ASKED)), State.OLD)
    story.latest = version
    if story.status == Status.CHANGE_ASKED:
        story.save()
        _tell_a_parent(story)
        return workflow.take("answer", story, by=Role.TELLER)  # which turns the version, too
    now = timezone.now()
    version.state, version.sent_at = State.WAITING, now
    version.save()
    if story.status == Status.PUBLISHED:
        story.waits_since, story.is_rate_limited = story.waits_since or now, False  # somebody let it pass before
    else:
        display_name.settle(story, version)
    story.save()
    _write(story, "Send a change", AuditEvent.Action.STORY, by_words=str(Role.TELLER))
    _tell_a_parent(story)
    emails.tell(story, "change_sent" if story.status == Status.PUBLISHED else "answer", "")
    return story


def _tell_a_parent(story: Story) -> None:
    """They said yes to other words, and may take that back before anybody reads these."""
    teller = story.contributor
    if teller.age == teller.Age.TEENAGER and teller.guardian_confirmed_at is not None:
        guardian_requests.tell_of_change(story)


@transaction.atomic
def drop(version: Version) -> Story:
    """Its teller does not want it any more."""
    story, version = _both(version)
    is_sent = version.state != State.WRITING
    if version.state not in (State.WRITING, State.WAITING, State.ASKED) or (is_sent and version != pending(story)):
        raise Impossible("There is nothing to throw away: it was decided meanwhile.")
    if not is_sent:
        version.delete()  # nobody but its teller has seen it
        return story
    _turn(story.versions.filter(pk=version.pk), State.OLD)
    _back_to_shown(story)
    _write(story, "Take a change back", AuditEvent.Action.STORY, by_words=str(Role.TELLER))
    return story


def may(step: str, version: Version, by: Any) -> bool:
    return workflow.may(_RIGHTS[step], version.story, by)


def steps_open_to(version: Version, by: Any) -> list[str]:
    is_there = version.state == State.WAITING and pending(version.story) == version
    return [step for step in WORDS if is_there and may(step, version, by)]


@transaction.atomic
def take(step: str, version: Version, *, by: Any, note: str = "", seen_at: str = "") -> Version:
    """A moderator decides. `seen_at`, if given, is when the story had last been changed as they have seen it."""
    story, version = _both(version)
    if not may(step, version, by):
        raise PermissionDenied
    if version.state != State.WAITING or pending(story) != version:
        raise Impossible("Nothing was done: this change was decided, taken back or replaced by a newer one meanwhile.")
    if seen_at and seen_at != story.modified_at.isoformat():
        raise Impossible("Nothing was done: it was changed after you opened this page. Read it again, then decide.")
    if step != "show" and not note.strip():
        raise ValidationError("Say why, in words its teller can read.", code="required")
    version.decided_by, version.decided_at, version.words = by, timezone.now(), note.strip()
    if step == "show":
        publishing.check(story, version)
        version.state = State.APPROVED
        version.save()
        story.waits_since = None
        story.save()
        if not _is_ready(version):
            app.configure_task(_FINISH).defer(version_id=version.pk)
    else:
        version.state = State.ASKED if step == "ask" else State.REFUSED
        version.save()
        story.waits_since = None
        if step == "refuse":
            _back_to_shown(story)
        else:
            story.save()
    _write(story, WORDS[step], AuditEvent.Action.STORY_CHANGED, by=by, note=note)
    if step == "show" and _is_ready(version):
        _show(story, version)
    elif step != "show":
        emails.tell(story, f"change_{step}", note)
    return version


@transaction.atomic
def finish(version: Version) -> None:
    """Shows what was approved once its pictures are ready; the worker calls it, perhaps twice."""
    story, version = _both(version)
    newer = story.shown is None or version.number > story.shown.number
    if story.status != Status.PUBLISHED or version.state != State.APPROVED or not newer or not _is_ready(version):
        return
    try:
        publishing.check(story, version)
    except ValidationError:  # its teller's choices, or somebody on a picture, changed meanwhile
        version.state = State.WAITING if version == story.latest else State.OLD
        version.save()
        story.waits_since = story.waits_since or timezone.now()
        story.save()
        _write(story, "Stop a change", AuditEvent.Action.STORY_CHANGED)
        return
    _show(story, version)


def unfinished() -> models.QuerySet[Version]:
    """Approved, and their pictures are ready by now."""
    approved = Version.objects.filter(state=State.APPROVED, story__status=Status.PUBLISHED)
    return approved.exclude(pictures__picture__widths=[])


def is_same(one: Version, other: Version | None) -> bool:
    """Whether a reader could tell no difference."""
    return other is not None and _all_of(one) == _all_of(other)


def _show(story: Story, version: Version) -> None:
    before = (State.SHOWN, State.APPROVED, State.WAITING, State.ASKED)
    _turn(story.versions.filter(number__lt=version.number, state__in=before), State.OLD)
    version.state = State.SHOWN
    version.save()
    story.shown = version
    if story.latest is None or story.latest.number < version.number:
        story.latest = version
    display_name.settle(story, version)
    story.save()
    publishing.show(story)
    emails.tell(story, "change_show", "")


def _back_to_shown(story: Story) -> None:
    """So that what was refused or taken back is not taken for the story when that is read again as a whole. What was
    approved before and waits for its pictures is."""
    coming = story.versions.filter(state=State.APPROVED, number__gt=story.shown.number if story.shown else 0)
    story.latest, story.waits_since = coming.order_by("number").last() or story.shown, None
    story.save()


def _locked(pk: int) -> Story:
    found = Story.objects.select_for_update(of=("self",))
    return found.select_related("latest", "shown", "partner", "contributor").get(pk=pk)


def _both(version: Version) -> tuple[Story, Version]:
    """As they are now. Whoever changes one of a story's versions holds the story."""
    story = _locked(version.story_id)
    found = story.versions.filter(pk=version.pk).first()
    if found is None:
        raise Impossible("This change was thrown away meanwhile.")
    found.story = story
    return story, found


def _turn(versions: models.QuerySet[Version], state: Version.State) -> None:
    for version in versions:
        version.state = state
        version.save(update_fields=["state", "modified_at"])


def _is_ready(version: Version) -> bool:
    return not version.pictures.filter(picture__widths=[]).exists()


def _all_of(version: Version) -> tuple[Any, ...]:
    pictures = list(version.pictures.order_by("order", "pk").values_list(*_ON_PICTURES[:-1]))
    return (*(getattr(version, name) for name in (*_TOLD, *_NAMED)), pictures)


def _write(story: Story, step: str, action: AuditEvent.Action, *, by: Any = None, by_words="", note="") -> None:
    new = {"step": step, "state": story.get_status_display()}
    audit_log.write(action, story, by=by, by_words=by_words, new=new, note=note)

"""One picture withdrawn is gone everywhere: from the page, from lists and feeds, and at each of its addresses.

Nobody is shown again without asking the rules; and the rule about people is set aside by an administrator
alone, for one picture, with the reason in the record.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now, TruncDate
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories import safeguarding, workflow
from stories.models import DepictedPerson, Override, Story, StoryPicture
from stories.publication import photo_rules, publishing
from stories.workflow import Role

OVERRIDE = "stories.override_storypicture"
_NEEDED = ValidationError("Say why, so that others understand it later.", code="required")


@transaction.atomic
def hide(picture: StoryPicture, *, by: Any, why: str) -> None:
    """At once, for whatever reason. `by` is a person or a Role, and the caller has asked for their right."""
    found = _locked(picture)
    if found.is_hidden:
        return
    found.is_hidden, found.hidden_why = True, " ".join(why.split())[:200]
    found.save(update_fields=["is_hidden", "hidden_why"])
    _write(found, by, {"hidden": True}, found.hidden_why)
    publishing.refresh(found.story)
    if by == Role.PORTAL:
        safeguarding.alert_picture_hidden(found)


@transaction.atomic
def show_again(picture: StoryPicture, *, by: Any) -> None:
    """Raises ValidationError with what stands against it, if it would be public then."""
    found = _locked(picture)
    if not found.is_hidden:
        return
    if mistakes := _mistakes_of(found):
        raise ValidationError(mistakes)
    found.is_hidden, found.hidden_why = False, ""
    found.save(update_fields=["is_hidden", "hidden_why"])
    _write(found, by, {"hidden": False})
    publishing.refresh(found.story)


@transaction.atomic
def override(picture: StoryPicture, *, by: Any, why: str) -> Override:
    """Lets a picture pass against the rule about people. Raises PermissionDenied, or ValidationError without words."""
    found = _locked(picture)
    _may_override(found, by)
    if not why.strip():
        raise _NEEDED
    _end(found)
    made = Override.objects.create(picture=found, by=by, why=why.strip()[:1000])
    audit_log.write(AuditEvent.Action.OVERRIDE, found.story, by=by, new={"picture": found.pk}, note=made.why)
    publishing.refresh(found.story)
    return made


@transaction.atomic
def end_override(picture: StoryPicture, *, by: Any) -> None:
    """The rule holds again. A picture that stands against it by more than the database can see is hidden."""
    found = _locked(picture)
    _may_override(found, by)
    if _end(found):
        audit_log.write(AuditEvent.Action.OVERRIDE, found.story, by=by, old={"picture": found.pk}, new={"ended": True})
        people_changed(found, by=by)


@transaction.atomic
def people_changed(picture: StoryPicture, *, by: Any, was_showable: bool = True) -> None:
    """After somebody noted something else about the people on it.

    What the public may not see goes at once: by the database where it can tell, and hidden where a name is the reason.
    A picture of a published story that was not shown before does not come back by its teller's word alone.
    """
    found = _locked(picture)
    is_back = not was_showable and StoryPicture.objects.public().filter(pk=found.pk).exists()
    if is_back and by == Role.TELLER:
        hide(found, by=Role.PORTAL, why="Its teller says something else about who is on it. Look at it first.")
    elif StoryPicture.objects.public().filter(pk=found.pk).exists() and _mistakes_of(found):
        hide(found, by=Role.PORTAL, why="With the people on it as they stand now, it may not be shown.")
    else:
        publishing.refresh(found.story)


def _locked(picture: StoryPicture) -> StoryPicture:
    """The story first, as whoever decides about it does, so that neither waits for the other for ever."""
    Story.objects.select_for_update(no_key=True).get(pk=picture.story_id)
    found = StoryPicture.objects.select_for_update(of=("self",), no_key=True).select_related("story")
    return found.get(pk=picture.pk)


def _mistakes_of(picture: StoryPicture) -> list[str]:
    """What the rules say of the words that are public, if this picture is shown with them."""
    story = picture.story
    if story.status != Story.Status.PUBLISHED or story.shown is None:
        return []
    if not story.shown.pictures.filter(picture=picture).exists():
        return []
    return list(photo_rules.mistakes(story, story.shown, only=picture))


def _may_override(picture: StoryPicture, person: Any) -> None:
    is_of_staff = person.is_active and person.is_staff and (person.is_superuser or not person.is_limited)
    if not is_of_staff or not person.has_perm(OVERRIDE) or workflow.is_own(picture.story, person):
        raise PermissionDenied


def _end(picture: StoryPicture) -> bool:
    open_ones = list(picture.overrides.filter(ended_at=None))
    for one in open_ones:
        one.ended_at = timezone.now()
        one.save(update_fields=["ended_at"])
    return bool(open_ones)


def _write(picture: StoryPicture, by: Any, new: dict[str, Any], note: str = "") -> None:
    person, words = (None, str(by)) if isinstance(by, Role) else (by, "")
    new = {"picture": picture.pk} | new
    audit_log.write(AuditEvent.Action.STORY_PICTURE, picture.story, by=person, by_words=words, new=new, note=note)


def refresh_ended() -> None:
    """Each published story of which somebody's yes has ended since lists and kept pages were last made. What readers
    ask for is judged by the clock anyway (`showable()`); however often this runs, each is made anew once."""
    ended = DepictedPerson.objects.filter(
        picture__uses__version__shown_for__isnull=False,
        until__lt=TruncDate(Now()),
        until__gte=TruncDate("picture__story__shelf__modified_at"),
    )
    for story in Story.objects.published().filter(pk__in=ended.values("picture__story")):
        publishing.refresh(story)

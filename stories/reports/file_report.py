"""Takes a concern in, and hides at once what cannot wait for anybody to read it.

Whoever reports learns nothing of a story that the public does not know; what they write and their address
reach nobody but staff, never the teller, a partner or the record; and nobody can empty the site by reporting it.

    a child at risk             the story is held at once
    “me” on a picture           that picture is hidden at once
    all else                    stays until somebody has looked

Whoever looks after safeguarding gets an email of each of the first two (stories/safeguarding.py).
"""

import datetime
import uuid

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from cms import limits
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories import safeguarding, workflow
from stories.models import Report, Story, StoryPicture, VersionPicture
from stories.photos import takedown
from stories.reports import deadlines
from stories.workflow import Role

A_READER = "a reader"
WHY_HIDDEN = "Somebody says that they are on it, or their child, and do not agree"
MOST_HIDDEN = 3  # a day by one network
_TWICE = datetime.timedelta(minutes=10)
_A_DAY = 24 * 3600
_Category, _Status = Report.Category, Story.Status


def story_at(slug: str) -> Story | None:
    """One that is public, or was until a day ago: whoever has its page open still can say what worries them."""
    lately = Q(
        status__in=(_Status.HELD, _Status.WITHDRAWN, _Status.REMOVED),
        published_at__isnull=False,
        status_since__gt=Now() - datetime.timedelta(days=1),
    )
    return Story.objects.filter(Q(status=_Status.PUBLISHED) | lately, slug=slug).select_related("shown").first()


def picture_at(story: Story, key: str) -> StoryPicture | None:
    """One that its readers see, or saw."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return StoryPicture.objects.filter(key=wanted, uses__version__shown_for=story).first()


def pictures_of(story: Story) -> list[VersionPicture]:
    """What its readers see now, with what is said of each."""
    if story.status != _Status.PUBLISHED:
        return []
    shown = VersionPicture.objects.filter(version=story.shown_id, picture__in=StoryPicture.objects.showable())
    return list(shown.select_related("picture"))


@transaction.atomic
def take_in(
    story: Story, *, picture: StoryPicture | None, category: str, words: str, email: str, network: str
) -> Report:
    """Sent twice within minutes, it is one; from another network it may hide what the first could not."""
    found = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    email = email.lower()
    told = {"story": found, "picture": picture, "category": category, "words": words, "email": email}
    same = Report.objects.filter(**told, state=Report.State.OPEN, at__gt=Now() - _TWICE).first()
    due_at = deadlines.due(category, timezone.now())
    report = same or Report.objects.create(**told, story_slug=found.slug, due_at=due_at)
    if not report.hid_at_once and _hide(report, found, picture, network):
        report.hid_at_once = True
        report.save(update_fields=["hid_at_once"])
    if same is not None:
        return same
    new = {"report": report.pk, "category": report.get_category_display(), "hidden at once": report.hid_at_once}
    audit_log.write(AuditEvent.Action.REPORTED, found, by=None, by_words=A_READER, new=new)
    if category == _Category.CHILD_AT_RISK and not report.hid_at_once:
        safeguarding.alert_not_held(report)
    return report


def _hide(report: Report, story: Story, picture: StoryPicture | None, network: str) -> bool:
    """Whether anything was hidden: not what is gone already, nor more of a day than one network may hide."""
    if story.status != _Status.PUBLISHED:
        return False
    if report.category == _Category.CHILD_AT_RISK:
        if not _may_hide(network):
            return False
        workflow.take("hold", story, by=Role.PORTAL, cause=report)
        return True
    if report.category == _Category.ME_IN_PICTURE and picture is not None and not picture.is_hidden:
        if not _may_hide(network):
            return False
        takedown.hide(picture, by=Role.PORTAL, why=WHY_HIDDEN)
        return True
    return False


def _may_hide(network: str) -> bool:
    return limits.allows("concern hides", network, most=MOST_HIDDEN, seconds=_A_DAY)

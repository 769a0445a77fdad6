"""Which stories a partner's people see at their desk, and where each stands, in words.

A colleague's unfinished story is theirs alone; of what an organisation did not send itself it sees what
is public; and its people never see a teller's address, nor a name that is not shown.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from cms.site_settings.models import SiteSettings
from partners.models import Partner
from stories.models import Story

Status = Story.Status


@dataclass(frozen=True)
class Standing:
    """`kind` colours it, `words` say it, `more` says what happens next."""

    kind: str
    words: str
    more: str


_READ = Standing("unconfirmed", "With the council’s team", "Somebody reads it{soon}.")
_COMING = Standing("unconfirmed", "Will be published", "It has been read, and is getting ready.")
STANDINGS = {
    Status.DRAFT: Standing("finished", "Being written", "Only you see it. It is not sent yet."),
    Status.AWAITING_VERIFICATION: Standing("unconfirmed", "Waits for its teller", "They confirm their address."),
    Status.AWAITING_GUARDIAN: Standing(
        "unconfirmed", "Waits for a parent or guardian", "They have a mail, and say yes or no. Remind them, if you can."
    ),
    Status.SUBMITTED: _READ,
    Status.IN_REVIEW: _READ,
    Status.CHANGE_ASKED: Standing("unconfirmed", "Needs a word from you", "A moderator asks for a change."),
    Status.APPROVED: _COMING,
    Status.SCHEDULED: _COMING,
    Status.PUBLISHED: Standing("running", "Published", "Everybody can read it."),
    Status.WITHDRAWN: Standing("finished", "Taken back by its teller", "It is not on the site any more."),
    Status.DECLINED: Standing("finished", "Not published", "It is deleted after 90 days."),
    Status.HELD: Standing("unconfirmed", "Takes a little longer", "We need more time with it. It is not on the site."),
    Status.REMOVED: Standing("finished", "Taken down", "It is not on the site any more."),
}
# Of these not even the title is shown: they are not the partner's to read any more, or not now.
NAMELESS = (Status.WITHDRAWN, Status.HELD)
_SAID = (Status.CHANGE_ASKED, Status.DECLINED, Status.REMOVED)


def seen_by(person: Any, partner: Partner) -> QuerySet[Story]:
    """What waits for an answer first, then the newest."""
    sent_by_it = Q(way=Story.Way.PARTNER) & (~Q(status=Status.DRAFT) | Q(entered_by=person))
    needs_them = When(status=Status.CHANGE_ASKED, way=Story.Way.PARTNER, then=Value(0))
    stories = Story.objects.filter(sent_by_it | Q(status=Status.PUBLISHED), partner=partner)
    place = Case(needs_them, default=Value(1), output_field=IntegerField())
    return stories.select_related("latest", "shown", "contributor").order_by(place, "-created_at", "pk")


def may_answer(story: Story) -> bool:
    return story.way == Story.Way.PARTNER and story.status == Status.CHANGE_ASKED


def row(story: Story) -> dict[str, Any]:
    """One line of the list. Of what somebody else sent it tells only what readers see."""
    version = story.shown if story.status == Status.PUBLISHED else story.latest
    title = version.title if version and story.status not in NAMELESS else ""
    contributor, standing = getattr(story, "contributor", None), STANDINGS[Status(story.status)]
    return {
        "story": story,
        "title": title or "A story",
        "has_title": bool(title),
        "language": version.language if version else "en",
        "direction": version.direction if version else "ltr",
        "told_by": contributor.shown_name if title and contributor is not None else "",
        "standing": replace(standing, more=standing.more.format(soon=SiteSettings.load().within("story_days"))),
        "said": story.words if story.way == Story.Way.PARTNER and story.status in _SAID else "",
        "is_draft": story.status == Status.DRAFT,
        "needs_answer": may_answer(story),
        "public_url": story.get_absolute_url() if story.status == Status.PUBLISHED else "",
    }

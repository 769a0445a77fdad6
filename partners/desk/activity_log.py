"""What the record says about a partner, in words for its own people.

The council's staff are “the council”, and what they wrote down for each other is not shown.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from cms.audit.models import AuditEvent
from cms.revisions.models import Proposal
from partners.models import Partner
from partners.permissions import called

_Action = AuditEvent.Action
A_MINUTE = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    at: datetime.datetime
    words: str
    why: str = ""


# In each: who did it, whom it is about, and as what.
_WORDS: dict[str, str] = {
    _Action.PUBLISHED: "Your page became public.",
    _Action.TAKEN_DOWN: "Your page was taken down.",
    _Action.PROPOSED: "{who} sent a change of the page to the council.",
    _Action.REPLACED: "{who} wrote over words of {person} that waited.",
    _Action.TAKEN_BACK: "{who} took a change of the page back.",
    _Action.APPROVED: "A change of your page was published.",
    _Action.REFUSED: "The council did not publish a change you sent.",
    _Action.DIRECT: "{who} changed the page.",
    _Action.CHECKED: "{who} confirmed that the page is still right.",
    _Action.INVITED: "{who} invited somebody as {role}.",
    _Action.UNINVITED: "{who} took an invitation back.",
    _Action.JOINED: "{person} accepted an invitation, and is {role} now.",
    _Action.MEMBER_ROLE: "{who} made {person} {role}.",
    _Action.LEFT: "{person} does not speak for you any more: {who} ended it.",
    _Action.JOIN_ACCEPTED: "The council said yes to your request to join.",
    _Action.ACTED: "The council began to work at this desk for you.",
    _Action.ANSWERED: "{who} answered a suggestion.",
    _Action.MERGED: "The council made one page of two about you.",
    _Action.ENDED: "The council ended the partnership.",
}
_ROLES = {"manager": "a manager", "contributor": "a contributor"}
# Of stories it sent: what is told of each, by what happened, or by the step a moderator took.
_OF_STORIES: dict[str, str] = {
    _Action.PUBLISHED: "A story you sent is on the site.",
    _Action.TAKEN_DOWN: "A story you sent was taken down.",
}
_OF_STEPS = {
    "Ask for a change": "A moderator asks about a story you sent.",
    "Do not publish": "A story you sent is not published.",
    "Answer for its teller": "{who} answered a moderator about a story.",
}
# Staff do these, too, with changes of their own, of which a partner need not know.
_OWN = (_Action.PROPOSED, _Action.TAKEN_BACK)


def about(partner: Partner) -> QuerySet[AuditEvent]:
    """The newest first."""
    kind = ContentType.objects.get_for_model(Partner)
    people = list(partner.members.values_list("person_id", flat=True))
    # The record says what was decided, not about which change: one in the partner's name at that moment.
    of_ours = Proposal.objects.filter(
        content_type=kind,
        object_id=partner.pk,
        decided_at__range=(OuterRef("at") - A_MINUTE, OuterRef("at") + A_MINUTE),
    ).exclude(for_name="")
    by_staff = Q(action__in=_OWN) & ~Q(by__in=people) & ~Q(by_words__endswith=f", for {partner}")
    events = AuditEvent.objects.filter(content_type=kind, object_id=partner.pk, action__in=_WORDS)
    of_page = events.exclude(by_staff).exclude(~Exists(of_ours), action=_Action.REFUSED)
    return (of_page | _of_stories(partner)).order_by("-at", "-pk")


def _of_stories(partner: Any) -> QuerySet[AuditEvent]:
    """Of what it sent itself; the tables are above us, and known by their relation alone."""
    sent = partner.stories.filter(way="partner")
    told = Q(action__in=_OF_STORIES) | Q(action=_Action.STORY, new__step__in=list(_OF_STEPS))
    kind = ContentType.objects.get_for_model(sent.model)
    return AuditEvent.objects.filter(told, content_type=kind, object_id__in=sent.order_by().values("pk"))


def in_words(events: list[AuditEvent], partner: Partner) -> list[Line]:
    members = partner.members.select_related("person").order_by()
    names = {member.person_id: called(member.person) for member in members}
    by = {event.by_id for event in events if event.by_id}
    gone = by - set(User.objects.filter(pk__in=by).values_list("pk", flat=True))
    return [_line(event, names | dict.fromkeys(gone, "somebody who has left")) for event in events]


def _words(event: AuditEvent) -> str:
    if event.content_type_id == ContentType.objects.get_for_model(Partner).pk:
        return _WORDS[event.action]
    return _OF_STEPS[event.new["step"]] if event.action == _Action.STORY else _OF_STORIES[event.action]


def _line(event: AuditEvent, names: dict[int, str]) -> Line:
    who = names.get(event.by_id or 0) or ("the council" if event.by_id else event.by_words)
    person = event.new.get("person") or event.old.get("person") or "somebody"
    words = _words(event)
    if event.action == _Action.LEFT and person == who:
        words = "{person} left."
    if event.action == _Action.ACTED and "ended" in event.new:
        words = "The council stopped working at this desk for you."
    said = words.format(who=who, person=person, role=_ROLES.get(event.new.get("role", ""), "a member"))
    return Line(event.at, said[:1].upper() + said[1:], event.note if event.action == _Action.ACTED else "")

"""Lets somebody without an account see a draft or a proposal, and answer, by a link that ends.

The key is kept only as its hash; it stands after the question mark, which no log of ours writes; looking
changes nothing; and whoever made the link, or may change the thing, can end it at any moment.
"""

import datetime
import secrets
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from cms.access_links import token_links
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox import mail
from cms.revisions.models import Answer, PreviewLink, Proposal

DAYS = 14
MOST_DAYS = 60
MOST_ANSWERS = 50  # by one link; after that somebody is playing


@transaction.atomic
def make(
    thing: Any, *, for_whom: str, by: Any, proposal: Proposal | None = None, days: int = DAYS
) -> tuple[str, PreviewLink]:
    """The key, which is nowhere afterwards, and its row."""
    key = secrets.token_urlsafe(16)
    link = PreviewLink.objects.create(
        digest=token_links.digest(key),
        proposal=proposal,
        content_type=ContentType.objects.get_for_model(thing),
        object_id=thing.pk,
        for_whom=for_whom,
        by=by,
        expires_at=timezone.now() + datetime.timedelta(days=days),
    )
    audit_log.write(AuditEvent.Action.SHARED, thing, by=by, new={"for": for_whom, "until": link.expires_at.isoformat()})
    return key, link


def find(key: str) -> PreviewLink | None:
    """The link this key opens now."""
    return PreviewLink.objects.live().select_related("proposal", "by").filter(digest=token_links.digest(key)).first()


@transaction.atomic
def revoke(link: PreviewLink, *, by: Any) -> None:
    link = PreviewLink.objects.select_for_update().get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save()
        audit_log.write(AuditEvent.Action.REVOKED, link.thing, by=by, old={"for": link.for_whom})


@transaction.atomic
def answer(link: PreviewLink, *, name: str, verdict: str, comment: str, address: str) -> Answer:
    """Kept with what it is about, and mailed to whoever made the link. `address` is where staff read it."""
    given = Answer.objects.create(link=link, name=name, verdict=verdict, comment=comment, shown_at=shown_at(link))
    agrees = verdict == Answer.Verdict.APPROVE
    action = AuditEvent.Action.SIGNED_OFF if agrees else AuditEvent.Action.CHANGE_ASKED
    audit_log.write(action, link.thing, by=None, by_words=f"by a link for {link.for_whom}")
    if link.by and link.by.is_active:
        said = "agrees with it" if agrees else "asks for a change"
        words = [f"{name} has looked at “{link.thing}” and {said}.", comment, f"Read it, and go on: {address}"]
        text = "\n\n".join(filter(None, words))
        mail.send(to=link.by.email, subject=f"An answer about “{link.thing}”", text=text)
    return given


def shown_at(link: PreviewLink) -> datetime.datetime:
    """When what the link shows was last changed: a change beside a page is shown together with what the page says."""
    return max(shown.modified_at for shown in (link.proposal, link.thing) if shown)

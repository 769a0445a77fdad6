"""Erases a story for ever.

    goes     the story, its words in every version, who told it, consents, pictures and all their files, keys, mails
             sent or not, jobs, its place in search and on kept pages
    stays    a line in the record and a receipt, which hold its web name and nothing of what it was; what others wrote
             when they reported a concern, without a link to it; the mail with the receipt, for a week

Nobody is told that a story is erased before the list of erasures, which no backup holds, has it; and what
is held for safeguarding is not erased.
"""

import logging
import secrets
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from cms.access_links import token_links
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.media import storage
from cms.outbox import mail
from cms.publishing import suggestions
from stories import workflow
from stories.models import Erasure, Story
from stories.retention import erasure_list
from stories.workflow import Role

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
_JOBS = """
DELETE FROM procrastinate_jobs
WHERE status <> 'doing' AND (
    (args ->> 'story_id')::bigint = %(story)s
    OR (args ->> 'version_id')::bigint = ANY(%(versions)s)
    OR (args ->> 'picture_id')::bigint = ANY(%(pictures)s)
) AND task_name LIKE 'stories.%%'
"""
_RECEIPT = (
    "Hello,\n\n"
    "your story is erased for ever: its words, its pictures, and what we knew about you as its teller. Nobody can "
    "bring it back, and neither can we.\n\n"
    "Your receipt: {receipt}, {day}.\n\n"
    "If you ever ask us about it, the receipt is all we need. We have kept a line that says that a story was erased on "
    "this day, so that it stays erased, and nothing of what it was. What was printed before stays printed; copies for "
    "emergencies are overwritten in time.\n\n"
    "We forget your address a week after this mail."
)
log = logging.getLogger(__name__)


class CannotErase(Exception):
    """The message says why, to its teller."""


class Held(CannotErase):
    pass


class NotNow(CannotErase):
    pass


@transaction.atomic
def erase(story: Story, *, asked_by: str) -> Erasure:
    """`asked_by` is “teller”, or “rule” when its time was over. Raises CannotErase, and nothing has changed."""
    found = Story.objects.select_for_update(of=("self",)).select_related("contributor").filter(pk=story.pk).first()
    if found is None:  # a double click, or its time was over a moment ago
        if done := Erasure.objects.filter(slug=story.slug, story_id_then=story.pk).first():
            return done
        raise NotNow("This story is not with us any more.")
    if found.status == Story.Status.HELD:
        raise Held(
            "This story cannot be erased today, because somebody of our team has to look at it first. It is not on the "
            "site. Please try again in a few days, or write to us."
        )
    contributor = getattr(found, "contributor", None)
    is_known = contributor is not None and contributor.email_verified_at is not None
    email = contributor.email if contributor is not None and is_known else ""
    erasure = Erasure(
        story_id_then=found.pk, slug=found.slug, receipt=_new_receipt(), asked_by=asked_by, erased_at=timezone.now()
    )
    words = str(Role.TELLER) if asked_by == "teller" else audit_log.THE_PORTAL
    delete(found)
    erasure.save()
    new = {"receipt": erasure.receipt, "asked by": erasure.get_asked_by_display()}
    audit_log.write(AuditEvent.Action.ERASED, story, by=None, by_words=words, new=new)
    if email:
        _mail_receipt(erasure, email)
    try:
        erasure_list.append(erasure)
    except OSError as error:
        log.exception("The list of erasures could not be written.")
        raise NotNow(
            "We could not erase your story just now, and that is our fault. Nothing was changed. Please try again in a "
            "few minutes."
        ) from error
    return erasure


def delete(story: Story) -> None:
    """All of it, inside the transaction of whoever decided so, and its files once that is certain."""
    if story.status == Story.Status.PUBLISHED:
        story = workflow.take("withdraw", story, by=Role.TELLER)
    pictures = list(story.pictures.all())
    names = [name for picture in pictures for name in storage.names_of(picture)]
    told: dict[str, Any] = {
        "story": story.pk,
        "versions": list(story.versions.values_list("pk", flat=True)),
        "pictures": [picture.pk for picture in pictures],
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, told)
    token_links.forget_all(story)
    mail.forget(story)
    suggestions.forget_about(story)
    Story.objects.get(pk=story.pk).delete()
    transaction.on_commit(partial(remove_files, names))


def remove_files(names: Iterable[str]) -> None:
    """One that cannot be removed keeps no other from going; `retention.sweep` tries again."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:
            log.exception("A picture of an erased story could not be removed; it is tried again tonight.")


def _new_receipt() -> str:
    while True:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        receipt = f"ERASE-{letters[:4]}-{letters[4:]}"
        if not Erasure.objects.filter(receipt=receipt).exists():
            return receipt


def _mail_receipt(erasure: Erasure, email: str) -> None:
    day = timezone.localtime(erasure.erased_at)
    text = _RECEIPT.format(receipt=erasure.receipt, day=f"{day:%-d %B %Y}")
    mail.send(to=email, subject="Your story is erased", text=text, about=erasure)

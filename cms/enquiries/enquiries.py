"""Questions to the site team: how they come in, are answered, and are deleted.

Neither what somebody wrote nor their address ever reaches the audit log. An enquiry is deleted with all its replies and
emails a year after it was closed, and in any case two years after it came in.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.enquiries.models import Enquiry, EnquiryReply
from cms.lib.structured_data import absolute
from cms.outbox import mail

A_READER = "a reader"
KEPT_DAYS = 365  # after it was closed
MOST_DAYS = 2 * 365  # after it came in


class ChangedMeanwhile(Exception):
    """A colleague replied to it after this person had opened it."""


@transaction.atomic
def take_in(*, topic: str, message: str, email: str = "") -> Enquiry:
    enquiry = Enquiry.objects.create(topic=topic, message=message, email=email.lower())
    audit_log.write(AuditEvent.Action.ENQUIRY, enquiry, by=None, by_words=A_READER, new={"topic": topic})
    return enquiry


@transaction.atomic
def reply(enquiry: Enquiry, *, by: Any, text: str, seen: int, send: bool) -> EnquiryReply:
    """Writes it down, closes the enquiry and, with `send`, emails it.

    `seen` is how many replies the writer saw. Raises ValidationError without words, or where there is no address to
    send to; ChangedMeanwhile if there are more replies by now.
    """
    text = text.strip()
    if not text:
        raise ValidationError("Write what you answer.", code="required")
    found = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if send and not found.email:
        raise ValidationError("They left no address, so nothing can be sent.", code="no_address")
    if found.replies.count() != seen:
        raise ChangedMeanwhile
    written = EnquiryReply.objects.create(enquiry=found, text=text, is_sent=send, by=by)
    found.closed_at = timezone.now()
    found.save(update_fields=["closed_at"])
    action = AuditEvent.Action.ENQUIRY_ANSWERED if send else AuditEvent.Action.ENQUIRY_CLOSED
    audit_log.write(action, found, by=by, new={"topic": found.topic})
    if send:
        mail.send(to=found.email, subject=_subject(found), text=_letter(found, text), about=found)
    return written


def _subject(enquiry: Enquiry) -> str:
    return f"Your question to Derby, a learning city (number {enquiry.pk})"


def _letter(enquiry: Enquiry, text: str) -> str:
    day = timezone.localtime(enquiry.created_at)
    again = absolute(reverse("city:contact"))
    return "\n\n".join(
        [
            f"On {day:%-d %B %Y} you wrote to us. Here is our answer.",
            text,
            "What you wrote:",
            enquiry.message,
            f"Nobody reads answers to this email. To write again, go to {again} and give the number {enquiry.pk}.",
        ]
    )


def forget_old() -> int:
    """Deletes those whose time is over; says how many."""
    closed = Q(closed_at__lt=Now() - datetime.timedelta(days=KEPT_DAYS))
    old = Q(created_at__lt=Now() - datetime.timedelta(days=MOST_DAYS))
    with transaction.atomic():
        ended = list(Enquiry.objects.select_for_update().filter(closed | old))
        for enquiry in ended:
            mail.forget(enquiry)
            enquiry.delete()
        if ended:
            rule = "Questions to the site team, a year after they were answered"
            audit_log.write(AuditEvent.Action.RETENTION, Enquiry, by=None, new={"rule": rule, "how many": len(ended)})
    return len(ended)

"""What readers say should be different, and what is answered.

A suggestion is answered once, with words; neither the reader's words nor their address ever reach the
record, and the address is forgotten a year after the answer.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib.structured_data import absolute
from cms.outbox import mail
from cms.publishing.models import Suggestion
from cms.publishing.page_subjects import Subject

A_READER = "a reader"
FORGET_DAYS = 365


class Answered(Exception):
    """Somebody answered it a moment ago."""


@transaction.atomic
def take_in(page: Subject, *, words: str, known_from: str = "", email: str = "") -> Suggestion:
    """The record says of a page that is no single thing only its address."""
    thing = page.thing
    found = Suggestion.objects.create(
        thing=thing,
        title=page.title[:250],
        path=page.path,
        words=words,
        known_from=known_from,
        email=email.lower(),
    )
    address = {} if thing is not None else {"page": page.path}
    audit_log.write(AuditEvent.Action.SUGGESTED, thing, by=None, by_words=A_READER, new=address)
    return found


@transaction.atomic
def answer(suggestion: Suggestion, *, by: Any, words: str, in_name_of: str, by_words: str = "") -> Suggestion:
    """Raises ValidationError without words, Answered where somebody was quicker. `by_words` are for the record."""
    words = words.strip()
    if not words:
        raise ValidationError("Write what you answer.", code="required")
    found = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if found.answered_at is not None:
        raise Answered
    found.answer, found.answered_by, found.answered_for = words, by, in_name_of[:150]
    found.answered_at = timezone.now()
    found.save()
    thing = found.thing
    address = {} if found.content_type_id else {"page": found.path}
    new = address | {"in the name of": in_name_of}
    audit_log.write(AuditEvent.Action.ANSWERED, thing, by=by, by_words=by_words, new=new)
    if found.email:
        mail.send(to=found.email, subject=f"Your suggestion about {found.title}", text=_answer(found), about=thing)
    return found


def address_of(suggestion: Suggestion) -> str:
    """Where the page is now; nothing if what it is about is not there any more."""
    if suggestion.content_type_id is None:
        return suggestion.path
    return suggestion.thing.get_absolute_url() if suggestion.thing is not None else ""


def forget_about(thing: Model) -> int:
    """Deletes all that was suggested about a thing that is erased for ever; says how many."""
    return Suggestion.objects.about(thing).delete()[0]


def _answer(suggestion) -> str:
    day = timezone.localtime(suggestion.at)
    parts = [
        f"On {day:%-d %B %Y} you suggested a change of the page “{suggestion.title}”. Thank you for that.",
        f"{suggestion.answered_for} answers:",
        suggestion.answer,
    ]
    if address := address_of(suggestion):
        parts.append(f"The page is here: {absolute(address)}")
    parts.append("We wrote to you because you left your address for this answer. We use it for nothing else.")
    return "\n\n".join(parts)


def forget_addresses() -> int:
    """Of suggestions answered a year ago; says how many."""
    long_ago = Suggestion.objects.filter(answered_at__lt=Now() - datetime.timedelta(days=FORGET_DAYS))
    return long_ago.exclude(email="").update(email="")

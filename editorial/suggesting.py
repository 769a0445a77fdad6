"""What readers say should be different, and what is answered.

The law here: a suggestion is answered once, with words; neither the reader's words nor their address ever reach the
record, and the address is forgotten a year after the answer.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.urls import Resolver404, resolve
from django.utils import timezone

from editorial import mail, record
from editorial.models import AuditEvent, Publishable, Suggestion, publishable_models
from editorial.structured import absolute

A_READER = "a reader"
FORGET_DAYS = 365
_LONGEST = 300  # letters of any address of ours


class Answered(Exception):
    """Somebody answered it a moment ago."""


def thing_at(path: str) -> Publishable | None:
    """The published thing whose page this is."""
    if len(path) > _LONGEST or "\0" in path:
        return None
    try:
        slug = resolve(path).kwargs.get("slug")
    except Resolver404:
        return None
    for model in publishable_models() if slug else []:
        thing = model._default_manager.published().filter(slug=slug).first()
        if thing is not None and thing.get_absolute_url() == path:
            return thing
    return None


@transaction.atomic
def take_in(thing: Publishable, *, words: str, known_from: str = "", email: str = "") -> Suggestion:
    found = Suggestion.objects.create(
        thing=thing, title=str(thing)[:250], words=words, known_from=known_from, email=email.lower()
    )
    record.write(AuditEvent.Action.SUGGESTED, thing, by=None, by_words=A_READER)
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
    record.write(AuditEvent.Action.ANSWERED, thing, by=by, by_words=by_words, new={"in the name of": in_name_of})
    if found.email:
        mail.send(to=found.email, subject=f"Your suggestion about {found.title}", text=_answer(found, thing))
    return found


def _answer(suggestion, thing) -> str:
    day = timezone.localtime(suggestion.at)
    parts = [
        f"On {day:%-d %B %Y} you suggested a change of the page “{suggestion.title}”. Thank you for that.",
        f"{suggestion.answered_for} answers:",
        suggestion.answer,
    ]
    if thing is not None:
        parts.append(f"The page is here: {absolute(thing.get_absolute_url())}")
    parts.append("We wrote to you because you left your address for this answer. We use it for nothing else.")
    return "\n\n".join(parts)


def forget_addresses() -> int:
    """Of suggestions answered a year ago; says how many."""
    long_ago = Suggestion.objects.filter(answered_at__lt=Now() - datetime.timedelta(days=FORGET_DAYS))
    return long_ago.exclude(email="").update(email="")

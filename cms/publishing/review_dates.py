"""Owners, and the days they look again. An owner is told of a day once, and once more when it is past.

A new day, or a new owner, is a new reason to tell.
"""

import datetime
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import formats, timezone

from cms.lib.admin_urls import admin_url
from cms.lib.dates import in_months
from cms.outbox import mail
from cms.publishing.models import Publishable, Reminder, publishable_models

OVERDUE_DAYS = 30
MONTHS_UNTIL_REVIEW = 12


_ASKED = (
    "you keep these pages of the portal true. Please see whether all that they say is still right. Then press “Still "
    "right” on the page’s form, or change what is not."
)


def overdue_since() -> datetime.date:
    """Whatever should have been looked at by this day is overdue."""
    return timezone.localdate() - datetime.timedelta(days=OVERDUE_DAYS)


def days() -> dict[str, datetime.date]:
    """What stands on a thing that is found right today."""
    return {"checked_on": timezone.localdate(), "review_on": in_months(MONTHS_UNTIL_REVIEW)}


def changes(thing: Publishable, chosen: Any = None) -> dict[str, datetime.date]:
    """What changes when staff find that all is still right; nothing, if they did so today."""
    new = days()
    is_so = thing.checked_by == Publishable.Checker.COUNCIL
    return {} if is_so and all(getattr(thing, name) == day for name, day in new.items()) else new


def remind() -> int:
    """Writes each owner at most one mail, about everything whose day has come since the last; says how many."""
    due = defaultdict(list)
    for model in publishable_models():
        things = model._default_manager.due_for_review().filter(owner__is_active=True, owner__is_staff=True)
        for thing in things.select_related("owner").order_by("review_on", "pk"):
            due[thing.owner].append(thing)
    return sum(_remind(owner, things) for owner, things in due.items())


@transaction.atomic
def _remind(owner, things) -> bool:
    new = [thing for thing in things if _is_news(owner, thing)]
    if new:
        mail.send(to=owner.email, subject=_subject(new), text=_text(owner, new))
    return bool(new)


def _is_news(owner, thing) -> bool:
    kind = Reminder.Kind.OVERDUE if thing.review_on <= overdue_since() else Reminder.Kind.DUE
    _, is_new = Reminder.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(thing),
        object_id=thing.pk,
        owner=owner,
        review_on=thing.review_on,
        kind=kind,
    )
    return is_new


def _subject(things) -> str:
    return f"Please check again: {things[0]}" if len(things) == 1 else f"Please check {len(things)} pages again"


def _text(owner, things) -> str:
    long_due = [thing for thing in things if thing.review_on <= overdue_since()]
    due = [thing for thing in things if thing not in long_due]
    parts = [
        f"Hello {owner.get_short_name()},",
        _ASKED,
    ]
    if due:
        parts += ["Their day has come:", *map(_line, due)]
    if long_due:
        parts += [f"These have waited for {OVERDUE_DAYS} days or more:", *map(_line, long_due)]
    parts.append("We remind you of a day once when it comes, and once more a month later.")
    return "\n\n".join(parts)


def _line(thing) -> str:
    day = formats.date_format(thing.review_on, "j F Y")
    return f"{thing} ({thing._meta.verbose_name}), {day}\n{settings.SITE_URL}{admin_url(thing)}"

"""Brings a database and the list of erasures together again, after one of them was brought back from a copy.

What was erased once stays erased. However often it runs, it does so once.
"""

from typing import NamedTuple

from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories.models import Erasure, Story
from stories.retention import erase, erasure_list
from stories.retention.erasure_list import Line

_AT_ONCE = 1000


class Done(NamedTuple):
    erased: int  # stories that the copy had brought back
    remembered: int  # receipts that the copy did not know
    listed: int  # lines that the list did not have


def erase_again() -> Done:
    lines = {line.receipt: line for line in erasure_list.listed()}
    erased = sum(_erase(line) for line in come_back(list(lines.values())))
    remembered = sum(_remember(line) for line in lines.values())
    missing = [erasure for erasure in Erasure.objects.order_by("erased_at") if erasure.receipt not in lines]
    for erasure in missing:
        erasure_list.append(erasure)
    return Done(erased, remembered, len(missing))


def come_back(lines: list[Line]) -> list[Line]:
    """Those whose stories are there. By web name and number: after a restore, numbers are given out again."""
    found: set[tuple[str, int]] = set()
    for start in range(0, len(lines), _AT_ONCE):
        slugs = [line.slug for line in lines[start : start + _AT_ONCE]]
        found |= set(Story.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    return [line for line in lines if (line.slug, line.story) in found]


@transaction.atomic
def _erase(line: Line) -> bool:
    """Held or not: this was decided before. Nobody is told a second time."""
    story = Story.objects.select_for_update(of=("self",)).filter(pk=line.story, slug=line.slug).first()
    if story is None:
        return False
    audit_log.write(
        AuditEvent.Action.ERASED, story, by=None, new={"receipt": line.receipt}, note="Again, after a restore."
    )
    erase.delete(story)
    return True


def _remember(line: Line) -> bool:
    known = {"story_id_then": line.story, "slug": line.slug, "asked_by": line.asked_by, "erased_at": line.at}
    return Erasure.objects.get_or_create(receipt=line.receipt, defaults=known)[1]

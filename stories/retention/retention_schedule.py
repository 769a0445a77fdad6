"""Deletes what is not needed any more, when its time is over, by the clock of the database.

    what                                        goes                                      told before
    a draft                                     30 days after it was last changed         7 days, if there is an address
    waits for its address to be confirmed       30 days after it was sent, or changed     7 days
    waits for a parent or guardian              30 days after they were asked             7 days
    taken back                                  30 days later, with a receipt             when it was taken back
    not published                               90 days later, with a receipt             when it was decided
    taken down                                  a year later, with a receipt              when it was taken down
    a reported concern                          a year after the last decision: the address, and what was written
    who said yes for a young person             5 years later: their name and address
    the mail with a receipt                     a week after it was sent

Why it is these: docs/decisions/0010-what-is-kept-of-a-story.md. Each deletion is a line in the record,
which holds web names and counts; what is held, or has an open concern, waits until that is decided.
"""

import datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.urls import reverse
from django.utils import timezone

from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox import mail
from cms.outbox.models import Mail
from stories import emails
from stories.consent.guardian_requests import YEARS_OF_YOUTH
from stories.models import Contributor, Erasure, PictureSize, Report, Story, StoryPicture
from stories.retention import erase

Status = Story.Status
UNSENT_DAYS, WARN_DAYS = 30, 7
RULES = {  # state: after how many days it is erased, and in which words the record says so
    Status.WITHDRAWN: (30, "Taken back 30 days ago"),
    Status.DECLINED: (90, "Not published 90 days ago"),
    Status.REMOVED: (365, "Taken down a year ago"),
}
REPORT_DAYS = 365
RECEIPT_DAYS = 7
STRAY_HOURS = 24
AT_ONCE = 500  # of one kind in one run; the next one goes on
_UNSENT = {
    Status.DRAFT: "Never sent, and not changed for 30 days",
    Status.AWAITING_VERIFICATION: "Its address was not confirmed in 30 days",
    Status.AWAITING_GUARDIAN: "No parent or guardian answered in 30 days",
}
MOST_WARNINGS = 3  # a day to one address
WARNING = "Your story will be deleted in a week"
_GO_ON = (
    "Hello,\n\n"
    "some weeks ago you began a story on Derby’s learning-city site, and did not send it. We delete it on {day}, so "
    "that nothing of yours lies about.\n\n"
    "If you want to go on with it, open this link before then:\n\n"
    "{link}\n\n"
    "If not, or if that was not you, do nothing."
)
_CONFIRM = (
    "Hello,\n\n"
    "some weeks ago somebody sent us a story and gave this address. Nobody has confirmed that it is theirs, so nobody "
    "has read the story. We delete it on {day}.\n\n"
    "If it is yours, open this link before then:\n\n"
    "{link}\n\n"
    "If not, do nothing."
)
_NO_ANSWER = (
    "Hello,\n\n"
    "your story still waits for the yes of your parent or guardian. If they do not answer, we delete it on {day}.\n\n"
    "Ask them to look for our mail, also among the unwanted ones. If we have the wrong address, you can give us "
    "another."
)
_WAYS = {
    Status.DRAFT: (AccessToken.Purpose.GO_ON, "submit:go_on", _GO_ON),
    Status.AWAITING_VERIFICATION: (AccessToken.Purpose.STORY_ADDRESS, "submit:confirm", _CONFIRM),
}


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def _unsent() -> Any:
    """With when somebody last did something about it."""
    touched = Greatest("modified_at", "status_since", Coalesce("latest__modified_at", "modified_at"))
    return Story.objects.filter(status__in=_UNSENT).annotate(touched_at=touched)


def warn() -> int:
    """Says a week before that a story will be deleted, where there is an address; says how many mails that were."""
    due = _unsent().filter(touched_at__lte=Now() - _days(UNSENT_DAYS - WARN_DAYS), contributor__email__gt="")
    due = due.filter(Q(warned_at=None) | Q(warned_at__lt=F("touched_at")))
    return sum(_warn(pk, due) for pk in due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _warn(pk: int, due: Any) -> bool:
    story = due.filter(pk=pk).select_related("contributor").select_for_update(of=("self",)).first()
    if story is None:
        return False
    email = story.contributor.email.lower()
    # Anybody can type an address into a draft: its owner is not flooded. The others are told on another day.
    if not limits.allows("story warning", email, most=MOST_WARNINGS, seconds=24 * 60 * 60):
        return False
    story.warned_at = timezone.now()
    story.save(update_fields=["warned_at"])
    last = timezone.now() + _days(WARN_DAYS)
    day = f"{timezone.localtime(last):%-d %B %Y}"
    if story.status == Status.AWAITING_GUARDIAN:
        emails.to_teller(story, WARNING, _NO_ANSWER.format(day=day))
        return True
    purpose, view, words = _WAYS[Status(story.status)]
    text, _ = token_links.make(purpose, story, days=UNSENT_DAYS, email=email)  # whoever goes on needs it for a while
    link = f"{settings.SITE_URL}{reverse(view)}?key={text}"
    said = words.format(day=day, link=link)
    mail.send(to=email, subject=WARNING, text=said, is_secret=True, useless_at=last, about=story)
    return True


def delete_unsent() -> int:
    """What was never sent on, thirty days after anybody did something about it; says how many."""
    due = _unsent().filter(touched_at__lte=Now() - _days(UNSENT_DAYS))
    is_told = Q(warned_at__lte=Now() - _days(WARN_DAYS), warned_at__gte=F("touched_at"))
    due = due.filter(is_told | Q(contributor=None) | Q(contributor__email=""))
    return sum(_delete(pk, due) for pk in due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _delete(pk: int, due: Any) -> bool:
    story = due.filter(pk=pk).select_for_update(of=("self",)).first()
    if story is None:
        return False
    audit_log.write(AuditEvent.Action.RETENTION, story, by=None, new={"rule": _UNSENT[Status(story.status)]})
    erase.delete(story)
    return True


def erase_ended() -> int:
    """What was taken back, not published, or taken down, when its time is over; says how many."""
    erased = 0
    for status, (days, words) in RULES.items():
        concerns = Report.objects.filter(story=OuterRef("pk"), state__in=Report.OPEN)
        due = Story.objects.filter(~Exists(concerns), status=status, status_since__lte=Now() - _days(days))
        for pk in due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
            erased += _erase(pk, due, words)
    return erased


@transaction.atomic
def _erase(pk: int, due: Any, words: str) -> bool:
    """Raises erasing.NotNow where the list of erasures cannot be written: the job then fails, and somebody looks."""
    story = due.filter(pk=pk).select_for_update(of=("self",)).first()
    if story is None:
        return False
    audit_log.write(AuditEvent.Action.RETENTION, story, by=None, new={"rule": words})
    erase.erase(story, asked_by="rule")
    return True


@transaction.atomic
def forget_reporters() -> int:
    """Of concerns decided a year ago: who reported them, and in which words; says how many."""
    decided = Report.objects.exclude(state__in=Report.OPEN).annotate(ended_at=Coalesce("closed_at", "decided_at"))
    due = decided.filter(ended_at__lte=Now() - _days(REPORT_DAYS)).exclude(email="", words="", appeal="")
    reports = list(due.order_by("pk").select_for_update(of=("self",))[:AT_ONCE])
    for report in reports:
        report.email = report.words = report.appeal = ""
        report.save(update_fields=["email", "words", "appeal"])
        token_links.forget_all(report)
        mail.forget(report)
    _write(Report, "Address and words of concerns decided a year ago", len(reports))
    return len(reports)


@transaction.atomic
def forget_guardians() -> int:
    """Whoever said yes so long ago that the young person is grown up; that somebody did stays. Says how many."""
    long_ago = Now() - _days(365 * YEARS_OF_YOUTH)
    due = Contributor.objects.filter(guardian_confirmed_at__lte=long_ago)
    due = due.exclude(guardian_name="", guardian_email="").order_by("pk")
    tellers = list(due.select_for_update(of=("self",))[:AT_ONCE])
    for teller in tellers:
        teller.guardian_name = teller.guardian_email = ""
        teller.save(update_fields=["guardian_name", "guardian_email"])
        token_links.revoke_all(AccessToken.Purpose.GUARDIAN, teller.story)
    _write(Contributor, "Name and address of who said yes for a young person five years ago", len(tellers))
    return len(tellers)


@transaction.atomic
def forget_receipts() -> int:
    """The last that holds the address of somebody whose story is erased; says how many."""
    begins = f"{Erasure._meta.label_lower} "
    due = Mail.objects.filter(about__startswith=begins, created_at__lte=Now() - _days(RECEIPT_DAYS))
    gone = due.delete()[1].get(Mail._meta.label, 0)
    _write(Erasure, "Mails with receipts, a week after they were sent", gone)
    return gone


def sweep() -> int:
    """Removes files of pictures that no row names: of an upload that broke off, or because one could not be removed
    when its story was erased. Says how many."""
    try:
        names = sorted(default_storage.listdir(StoryPicture.folder)[1])
    except FileNotFoundError:
        return 0
    gone = 0
    for start in range(0, len(names), AT_ONCE):
        found = [f"{StoryPicture.folder}/{name}" for name in names[start : start + AT_ONCE]]
        strays = sorted({name for name in found if _is_old(name)} - _named(found))
        erase.remove_files(strays)
        gone += len(strays)
    _write(StoryPicture, "Files that belong to no story any more", gone)
    return gone


def _is_old(name: str) -> bool:
    try:
        return default_storage.get_modified_time(name) < timezone.now() - datetime.timedelta(hours=STRAY_HOURS)
    except FileNotFoundError:
        return False


def _named(found: list[str]) -> set[str]:
    named: set[str] = set()
    for field in ("master", "preview"):
        named |= set(StoryPicture.objects.filter(**{f"{field}__in": found}).values_list(field, flat=True))
    return named | set(PictureSize.objects.filter(file__in=found).values_list("file", flat=True))


def _write(kind: type[Model], what: str, number: int) -> None:
    if number:
        audit_log.write(AuditEvent.Action.RETENTION, kind, by=None, new={"rule": what, "how many": number})

"""Puts another wording of consent to use, and asks tellers again if it means something else.

Whoever does not answer has agreed to what they had agreed to, and to nothing more. Each teller gets one
mail, however many stories they told, and is reminded once.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.aggregates import StringAgg
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat, Now
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib import datetime_fields
from cms.outbox import mail
from cms.site_settings.models import NamedBody
from stories.consent import guardian_requests
from stories.emails import LINK_DAYS
from stories.models import PURPOSES, Consent, ConsentVersion, Contributor, Story, WordingLine

PUBLISH = "stories.publish_consentversion"
REMIND_DAYS = 30
_ASK = "stories.jobs.ask_about_wording"  # by its name: it calls us
_COPIED = ("purpose", "words", "hint", "words_for_children", "hint_for_children")
# With us, or public; those that wait for an address or a guardian are asked once they are sent on.
_ASKED = (
    Story.Status.SUBMITTED, Story.Status.IN_REVIEW, Story.Status.CHANGE_ASKED, Story.Status.APPROVED,
    Story.Status.SCHEDULED, Story.Status.PUBLISHED,
)  # fmt: skip


class InUse(Exception):
    """It was put to use already; the message says so in words."""


def draft_of_next(*, by: Any) -> ConsentVersion:
    """A copy of the wording in use, to be written anew; the one that is begun already, if there is one."""
    with transaction.atomic():
        current = ConsentVersion.objects.select_for_update(no_key=True).current()
        begun = ConsentVersion.objects.filter(used_since=None).first()
        if begun is not None:
            take_over_bodies(begun)
            return begun
        number = ConsentVersion.objects.aggregate(Max("number"))["number__max"] + 1
        words = {"licence": current.licence, "licence_for_children": current.licence_for_children}
        made = ConsentVersion.objects.create(number=number, by=by, **words)
        for line in current.lines.all():
            WordingLine.objects.create(wording=made, **{name: getattr(line, name) for name in _COPIED})
        take_over_bodies(made)
        return made


def bodies_now() -> dict[str, str]:
    """By purpose, who may use a story as About this site has it: a line for each body."""
    named: dict[str, list[str]] = {}
    for body in NamedBody.objects.order_by("use", "name"):
        named.setdefault(body.use, []).append(f"{body.name}. {body.told_how}")
    return {purpose: "\n".join(lines) for purpose, lines in named.items()}


def take_over_bodies(wording: ConsentVersion) -> bool:
    """Writes who may use a story into a wording that is not in use yet; whether that changed anything."""
    now, is_changed = bodies_now(), False
    for line in wording.lines.all():
        if line.bodies != now.get(line.purpose, ""):
            line.bodies, is_changed = now.get(line.purpose, ""), True
            line.save(update_fields=["bodies"])
    return is_changed


def lines_naming_others() -> QuerySet[WordingLine]:
    """Those of the wording in use that name other bodies than About this site does now (bodies_now)."""
    called = Concat("name", Value(". "), "told_how")
    bodies = NamedBody.objects.filter(use=OuterRef("purpose")).order_by().values("use")
    named = bodies.annotate(named=StringAgg(called, delimiter="\n", order_by="name")).values("named")
    lines = WordingLine.objects.filter(wording__in=_in_use())
    return lines.exclude(bodies=Coalesce(Subquery(named), Value(""), output_field=TextField()))


def _in_use() -> QuerySet:
    return ConsentVersion.objects.filter(used_since__isnull=False).order_by("-number").values("pk")[:1]


def approve(wording: ConsentVersion, *, by: Any) -> None:
    """Notes that somebody read the wording in use and found it right: the first one came with the software. Raises
    PermissionDenied."""
    if not by.has_perm(PUBLISH) or wording.used_since is None:
        raise PermissionDenied
    audit_log.write(AuditEvent.Action.WORDING_OK, wording, by=by, new={"version": wording.number})


def unapproved() -> QuerySet[ConsentVersion]:
    """The wording in use, unless a person put it to use or approved it."""
    by_somebody = AuditEvent.objects.filter(
        content_type=ContentType.objects.get_for_model(ConsentVersion),
        object_id=OuterRef("pk"),
        action__in=(AuditEvent.Action.WORDING, AuditEvent.Action.WORDING_OK),
        by__isnull=False,
    )
    return ConsentVersion.objects.filter(~Exists(by_somebody), pk__in=_in_use())


def mistakes_of(wording: ConsentVersion) -> list[str]:
    """What keeps it from being put to use, in words."""
    worded = {line.purpose for line in wording.lines.all() if line.words.strip() and line.words_for_children.strip()}
    missing = [purpose.label for purpose in PURPOSES if purpose not in worded]
    return [f"Write what stands beside the box of “{label}”." for label in missing]


@transaction.atomic
def put_to_use(wording: ConsentVersion, *, by: Any, is_material: bool, what_changed: str = "") -> ConsentVersion:
    """Raises PermissionDenied, InUse or ValidationError."""
    if not by.has_perm(PUBLISH):
        raise PermissionDenied
    found = ConsentVersion.objects.select_for_update().get(pk=wording.pk)
    if found.used_since is not None:
        raise InUse(f"Version {found.number} is in use already.")
    mistakes = mistakes_of(found)
    if is_material and not what_changed.strip():
        mistakes.append("Say in two or three sentences what has changed. Tellers read it in their mail.")
    if mistakes:
        raise ValidationError(mistakes)
    found.is_material, found.what_changed = is_material, what_changed.strip()
    found.used_since, found.by = timezone.now(), by
    found.save()
    new = {"version": found.number, "means something else": "Yes" if is_material else "No"}
    audit_log.write(AuditEvent.Action.WORDING, found, by=by, new=new)
    if is_material:
        app.configure_task(_ASK).defer()
    return found


def ask() -> int:
    """Mails whoever has not answered the newest wording that means something else; says how many mails that were.
    It may run twice, and finds whoever sent a story in the old words meanwhile."""
    wording = _newest_material()
    if wording is None:
        return 0
    unasked = _unanswered(wording).exclude(asked_wording=wording)
    return sum(_ask_all_of(email, wording) for email in _addresses(unasked))


def remind() -> int:
    """Once, after thirty days."""
    wording = _newest_material()
    if wording is None:
        return 0
    long_ago = Now() - datetime.timedelta(days=REMIND_DAYS)
    silent = _unanswered(wording).filter(asked_wording=wording, asked_at__lte=long_ago, reminded_at=None)
    return sum(_ask_all_of(email, wording, again=True) for email in _addresses(silent))


def _newest_material() -> ConsentVersion | None:
    return (
        ConsentVersion.objects.filter(used_since__isnull=False, is_material=True, number__gt=1)
        .order_by("number")
        .last()
    )


def _unanswered(wording: ConsentVersion) -> QuerySet[Contributor]:
    """Tellers whose address we know, who agreed to something in older words only."""
    older = Consent.objects.exclude(by=Consent.By.GUARDIAN).filter(is_given=True)
    answered = Consent.objects.exclude(by=Consent.By.GUARDIAN).filter(wording__number__gte=wording.number)
    return (
        Contributor.objects.filter(story__status__in=_ASKED, email_verified_at__isnull=False)
        .exclude(email="")
        .filter(story__in=older.values("story"))
        .exclude(story__in=answered.values("story"))
    )


def _addresses(tellers: QuerySet[Contributor]) -> Iterable[str]:
    return tellers.order_by("email").values_list("email", flat=True).distinct()


@transaction.atomic
def _ask_all_of(email: str, wording: ConsentVersion, *, again: bool = False) -> bool:
    """One mail with a link for each of their stories."""
    due = _unanswered(wording).filter(email=email).select_for_update(of=("self",)).select_related("story")
    due = due.filter(asked_wording=wording, reminded_at=None) if again else due.exclude(asked_wording=wording)
    tellers = list(due.order_by("story_id"))
    if not tellers:  # answered, taken back or asked by another worker meanwhile
        return False
    _mail(email, tellers, wording, again=again)
    now = timezone.now()
    for teller in tellers:
        if again:
            teller.reminded_at = now
        else:
            teller.asked_wording, teller.asked_at, teller.reminded_at = wording, now, None
        teller.save(update_fields=["asked_wording", "asked_at", "reminded_at"])
        if not again and teller.guardian_confirmed_at is not None and teller.age == Contributor.Age.TEENAGER:
            guardian_requests.tell_of_wording(teller.story, wording.what_changed)
    return True


def _mail(email: str, tellers: list[Contributor], wording: ConsentVersion, *, again: bool) -> None:
    said = [
        "Hello,",
        "we have changed what we say about using the stories that people tell us, and it means something else now:",
        wording.what_changed,
        "What you allowed before still holds. Please look at the new words, and choose again:",
    ]
    if again:
        said.insert(1, "a month ago we wrote to you about this. We will not write about it again.")
    ends = None
    for teller in tellers:
        text, key = token_links.make(AccessToken.Purpose.MY_STORY, teller.story, days=LINK_DAYS, email=email)
        ends = key.expires_at
        if len(tellers) > 1:
            said.append(
                f"The story you sent on {datetime_fields.in_words(teller.story.sent_at or teller.story.created_at)}:"
            )
        said.append(f"{settings.SITE_URL}{reverse('my_stories:consent', args=[teller.story.slug])}?key={text}")
    said.append("If you do nothing, nothing changes. You can take your story down at any time.")
    subject = "Please choose again what we may do with your story"
    about = tellers[0].story if len(tellers) == 1 else None
    mail.send(to=email, subject=subject, text="\n\n".join(said), is_secret=True, useless_at=ends, about=about)

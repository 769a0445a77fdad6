"""Organisations that ask to join: asked, confirmed from the address, decided once.

What cannot be done is a ValidationError with words; a link that has ended is `keys.Spent`.
"""

import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from partners.members import emails, invitations
from partners.models import JoinRequest, Member, Partner

CONFIRM_DAYS = 3
FORGOTTEN_DAYS = 14
DECIDED_KEPT_DAYS = 365
_State = JoinRequest.State


@transaction.atomic
def ask(**answers: Any) -> JoinRequest:
    """Nobody sees it before its address is confirmed."""
    request = JoinRequest.objects.create(**answers)
    text, key = token_links.make(AccessToken.Purpose.JOIN, request, days=CONFIRM_DAYS, email=request.email)
    emails.asked(request, text, until=key.expires_at)
    return request


def find(key_text: str) -> JoinRequest | None:
    """What a link would confirm now."""
    key = token_links.find(key_text, AccessToken.Purpose.JOIN)
    return key.thing if key else None


@transaction.atomic
def confirm(key_text: str) -> JoinRequest:
    key = token_links.find(key_text, AccessToken.Purpose.JOIN)
    if key is None:
        raise token_links.Spent
    token_links.use(key)
    request = JoinRequest.objects.select_for_update().get(pk=key.object_id)
    request.state, request.confirmed_at = _State.WAITING, timezone.now()
    request.save(update_fields=["state", "confirmed_at"])
    audit_log.write(AuditEvent.Action.ASKED_TO_JOIN, request, by=None, by_words="Somebody from the organisation")
    return request


@transaction.atomic
def accept(request: JoinRequest, *, by: Any, words: str = "", partner: Partner | None = None) -> Partner:
    """Gives the organisation a page, a draft, or one that is there; and whoever asked, the invitation to manage it."""
    found = _undecided(request, by)
    page = partner or _new_page(found)
    invitations.make(page, email=found.email, role=Member.Role.MANAGER, by=by, from_council=True, words=words)
    found.partner = page
    _decide(found, _State.ACCEPTED, by=by, words=words)
    audit_log.write(AuditEvent.Action.JOIN_ACCEPTED, page, by=by, new={"asked as": found.name}, note=words)
    return page


@transaction.atomic
def decline(request: JoinRequest, *, by: Any, words: str) -> None:
    found = _undecided(request, by)
    if not words.strip():
        raise ValidationError("Say why, so that whoever asked knows what to do.", code="required")
    _decide(found, _State.DECLINED, by=by, words=words.strip())
    emails.declined(found)
    audit_log.write(AuditEvent.Action.JOIN_DECLINED, found, by=by, note=found.words)


def forget_unconfirmed() -> int:
    """What nobody confirmed in two weeks; says how many there were."""
    old = JoinRequest.objects.filter(
        state=_State.UNCONFIRMED, created_at__lt=Now() - datetime.timedelta(days=FORGOTTEN_DAYS)
    )
    forgotten = list(old.values_list("pk", flat=True))
    kind = ContentType.objects.get_for_model(JoinRequest)
    AccessToken.objects.filter(content_type=kind, object_id__in=forgotten).delete()
    JoinRequest.objects.filter(pk__in=forgotten, state=_State.UNCONFIRMED).delete()
    return len(forgotten)


def forget_decided() -> int:
    """Who asked, a year after the answer; that they were answered stays in the record. Says how many there were."""
    old = JoinRequest.objects.filter(decided_at__lt=Now() - datetime.timedelta(days=DECIDED_KEPT_DAYS))
    return old.delete()[1].get(JoinRequest._meta.label, 0)


def _undecided(request: JoinRequest, by: Any) -> JoinRequest:
    if not by.has_perm("partners.decide_joinrequest"):
        raise PermissionDenied
    found = JoinRequest.objects.select_for_update().get(pk=request.pk)
    if found.state != _State.WAITING:
        raise ValidationError(f"Nothing was done: this request is “{found.get_state_display()}” now.", code="decided")
    return found


def _decide(request: JoinRequest, state: str, *, by: Any, words: str) -> None:
    request.state, request.words = state, words
    request.decided_by, request.decided_at = by, timezone.now()
    request.save(update_fields=["state", "words", "decided_by", "decided_at", "partner"])


def _new_page(request: JoinRequest) -> Partner:
    if Partner.objects.filter(name__iexact=request.name).exists():
        raise ValidationError(
            f"There is a page called “{request.name}” already. Choose that one, instead of a new one.", code="there"
        )
    return Partner.objects.create(
        name=request.name,
        slug=_free_slug(request.name),
        sector=request.sector,
        summary=request.summary,
        website=request.website,
        status=Partner.Status.DRAFT,
    )


def _free_slug(name: str) -> str:
    """A web name nobody has; a name without a Latin letter has none of its own."""
    wanted = slugify(name)[:70].strip("-") or "partner"
    taken = set(Partner.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(
        slug for slug in (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))) if slug not in taken
    )

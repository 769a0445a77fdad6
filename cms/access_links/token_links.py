"""Makes and reads links that grant power. GET shows what one is for; only a POST uses it, since mail scanners follow
links."""

import datetime
import hashlib
import secrets
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from cms.access_links.models import AccessToken


class Spent(Exception):
    """Somebody used it a moment ago, or it has ended since it was shown."""


def digest(text: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def make(
    purpose: AccessToken.Purpose, thing: models.Model, *, days: float, email: str = "", by: Any = None
) -> tuple[str, AccessToken]:
    """The text for the link, which is nowhere afterwards, and its row."""
    text = secrets.token_urlsafe(16)
    key = AccessToken.objects.create(
        digest=digest(text),
        purpose=purpose,
        thing=thing,
        email=email.lower(),
        by=by,
        expires_at=timezone.now() + datetime.timedelta(days=days),
    )
    return text, key


def find(text: str, purpose: AccessToken.Purpose) -> AccessToken | None:
    """What this text opens now, for this purpose and no other."""
    return AccessToken.objects.live().filter(digest=digest(text), purpose=purpose).first()


def use(key: AccessToken) -> None:
    """Ends it, inside the transaction of what it allows. Raises Spent where somebody else was quicker."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a key is used in the transaction of what it allows")
    if not AccessToken.objects.live().select_for_update().filter(pk=key.pk).exists():
        raise Spent
    key.used_at = timezone.now()
    key.save(update_fields=["used_at"])


def forget_all(thing: models.Model) -> None:
    """Deletes every key about a thing that goes for ever, whatever it was for."""
    AccessToken.objects.about(thing).delete()


def revoke_all(purpose: AccessToken.Purpose, thing: models.Model) -> int:
    """Ends all live keys about this thing; says how many there were."""
    live = AccessToken.objects.live().about(thing).filter(purpose=purpose)
    return live.update(revoked_at=timezone.now())

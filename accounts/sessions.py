"""Sessions: how long they last, what they have proved, and how they end.

Whoever loses a right loses it in the same moment, on every device.
"""

import time
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
SEEN_EVERY = 60  # seconds between two notes that somebody is there


def end_all(person: User, *, keeping: HttpRequest | None = None) -> None:
    """Signs somebody out everywhere, at once; except where `keeping` comes from."""
    person.sign_outs = F("sign_outs") + 1
    person.save(update_fields=["sign_outs"])
    person.refresh_from_db(fields=["sign_outs"])
    devices = UserSession.objects.filter(user_id=person.pk)
    if keeping is not None:
        keeper: Any = keeping.user
        keeper.sign_outs = person.sign_outs
        update_session_auth_hash(keeping, keeper)
        devices = devices.exclude(session_key=keeping.session.session_key)
    for device in devices:
        device.end()
    if keeping is not None:
        UserSession.objects.create_from_request(keeping)


def age(request: HttpRequest) -> float:
    """Seconds since this session was signed in."""
    return time.time() - request.session.get(SIGNED_IN_AT, 0)


def idle(request: HttpRequest) -> float:
    """Seconds since its owner was last there, to the minute."""
    return time.time() - request.session.get(SEEN_AT, 0)


def begin(request: HttpRequest, **kwargs: Any) -> None:
    """When somebody has signed in."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def note(request: HttpRequest) -> None:
    """That they are there; written down once a minute at most."""
    if idle(request) >= SEEN_EVERY:
        request.session[SEEN_AT] = int(time.time())
        device = UserSession.objects.filter(session_key=request.session.session_key)
        device.update(last_seen_at=timezone.now())

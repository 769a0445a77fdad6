"""Failed passwords and codes asked for, counted so that guessing ends and whoever is right does not suffer.

    what is counted                                       at most       then
    a browser that this person signed in with before      10 an hour    no password is tried, right or wrong
    any other: the address, from one network              10 an hour    the same
        the address, from everywhere else together        50 an hour    the same, except where it was right before
        one network, whatever the address                 300 an hour   the same, except for addresses that were right
                                                                        from there before
    codes mailed, for such a browser                      10 in 15 minutes
        for the address, from one network                 5 in 15 minutes
        for the address, from everywhere together         20 an hour
    codes of a second factor, by person                   5 in 5 minutes, 30 a day; at the tenth its owner gets a mail

A browser is known by a signed cookie that it gets with a sign-in. So nobody locks somebody out of their own, whatever
network they share. What is counted is the address typed: one without an account is refused after as many tries as one
that has an account.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.authentication.networks import network_of
from cms import limits

QUARTER, HOUR, DAY = 15 * 60, 60 * 60, 24 * 60 * 60
KNOWN_FOR = 60 * DAY
PAIR, ADDRESS, NETWORK = 10, 50, 300
MAILED_DEVICE, MAILED_PAIR, MAILED_ADDRESS = 10, 5, 20
FACTOR_A_DAY, FACTOR_TOLD = 30, 10
_SALT = "accounts.authentication.throttle"


def _pair(request: HttpRequest, email: str) -> str:
    return f"{email.lower()} {network_of(request)}"


def _owner(email: str) -> str:
    return salted_hmac(_SALT, email.lower(), algorithm="sha256").hexdigest()


def device_of(request: HttpRequest, email: str) -> str:
    """The number of a browser that this person signed in with before; empty for any other."""
    try:
        known = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=settings.DEVICE_COOKIE_AGE
        )
    except signing.BadSignature:
        return ""
    return known["id"] if constant_time_compare(known["owner"], _owner(email)) else ""


def remember_device(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """After a sign-in. Nobody can read from the cookie whose it is."""
    if device_of(request, email):
        return
    value = signing.dumps({"owner": _owner(email), "id": secrets.token_urlsafe(12)}, salt=_SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def may_try(request: HttpRequest, email: str) -> bool:
    """Counts a try before it is made, so that many at once are counted too."""
    if device := device_of(request, email):
        return limits.allows("failed device", device, most=PAIR, seconds=HOUR)
    pair, network = _pair(request, email), network_of(request)
    is_known = limits.counted("right before", pair) > 0
    tries = limits.count("failed pair", pair, seconds=HOUR)
    from_here = limits.count("failed network", network, seconds=HOUR)
    from_anywhere = 0 if is_known else limits.count("failed address", email.lower(), seconds=HOUR)
    if tries > PAIR:
        return False
    return is_known or (from_anywhere <= ADDRESS and from_here <= NETWORK)


def succeeded(request: HttpRequest, email: str) -> None:
    """The try was right, so it is not counted; and the next one from here is let in whatever others do."""
    if device := device_of(request, email):
        limits.forget("failed device", device)
        return
    pair = _pair(request, email)
    limits.uncount("failed network", network_of(request))
    if not limits.counted("right before", pair):
        limits.uncount("failed address", email.lower())
    limits.forget("failed pair", pair)
    limits.forget("right before", pair)
    limits.count("right before", pair, seconds=KNOWN_FOR)


def may_be_mailed(request: HttpRequest, email: str) -> bool:
    """Whether one more code may go to this address."""
    if device := device_of(request, email):
        return limits.allows("mailed device", device, most=MAILED_DEVICE, seconds=QUARTER)
    from_here = limits.allows("mailed pair", _pair(request, email), most=MAILED_PAIR, seconds=QUARTER)
    return limits.allows("mailed address", email.lower(), most=MAILED_ADDRESS, seconds=HOUR) and from_here


def may_try_factor(person_key: int) -> bool:
    return limits.counted("wrong factor", str(person_key)) < FACTOR_A_DAY


def factor_failed(person_key: int) -> bool:
    """Counts a wrong code, which no right one takes back; whether its owner should hear of it now."""
    return limits.count("wrong factor", str(person_key), seconds=DAY) == FACTOR_TOLD

"""Failed passwords, counted so that guessing ends and a right password from a busy network does not suffer.

    what is counted                                     at most, an hour    then
    one address, from one network                       10                  no password is tried, right or wrong
    one address, from everywhere else together          50                  the same, except where it was right before
    one network, whatever the address                   300                 the same, except for addresses that were
                                                                            right from there before

Whoever is refused can still sign in with a code by mail or a passkey. What is counted is the address typed, so that an
address without an account is refused after as many tries as one that has an account.
"""

from django.http import HttpRequest

from accounts.proving.networks import network_of
from editorial import limits

HOUR = 60 * 60
KNOWN_FOR = 60 * 24 * HOUR
PAIR, ADDRESS, NETWORK = 10, 50, 300


def _pair(request: HttpRequest, email: str) -> str:
    return f"{email.lower()} {network_of(request)}"


def may_try(request: HttpRequest, email: str) -> bool:
    """Counts a try before it is made, so that many at once are counted too."""
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
    pair = _pair(request, email)
    limits.uncount("failed network", network_of(request))
    if not limits.counted("right before", pair):
        limits.uncount("failed address", email.lower())
    limits.forget("failed pair", pair)
    limits.forget("right before", pair)
    limits.count("right before", pair, seconds=KNOWN_FOR)

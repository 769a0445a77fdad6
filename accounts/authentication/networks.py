"""Where a request comes from. Nobody but our own proxy is believed about somebody else's address."""

import ipaddress
import logging
from functools import cache

from django.conf import settings
from django.http import HttpRequest

_logger = logging.getLogger(__name__)


def _plain(text: str) -> str:
    """The same address however it is written: an IPv4 one may come in the clothes of IPv6."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


UNKNOWN = "0.0.0.0"  # noqa: S104 - no address is listened on


def address_of(request: HttpRequest) -> str:
    """The reader's address: what the connection says, or, through our proxy, what the proxy adds last."""
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    proxies = _networks(tuple(settings.TRUSTED_PROXIES))
    # gunicorn behind a socket has no address; only our proxy can reach that
    if _is_in(address, proxies) or (not address and proxies):
        said = [_plain(_without_port(part)) for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = next((part for part in reversed(said) if not _is_in(part, proxies)), "")
    if not address:
        _log_unknown()
    return address or UNKNOWN


@cache
def _networks(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def _is_in(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    return bool(address) and any(ipaddress.ip_address(address) in network for network in networks)


def _without_port(part: str) -> str:
    """Some proxies write a port behind the address: 203.0.113.9:51514, [2001:db8::1]:443."""
    part = part.strip().strip('"')
    if part.startswith("["):
        return part[1:].partition("]")[0]
    return part.partition(":")[0] if part.count(":") == 1 else part


@cache
def _log_unknown() -> None:
    """Once for each process: it says what to mend, and nothing about anybody."""
    _logger.warning(
        "A request came whose address cannot be told, so such readers share the limits of one. "
        "Look at FORWARDED_ALLOW_IPS and at the X-Forwarded-For that the proxy sends."
    )


def network_of(request: HttpRequest) -> str:
    """One household or school: an IPv4 address, or the 64 leading bits of an IPv6 one."""
    address = ipaddress.ip_address(address_of(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
    return str(address)

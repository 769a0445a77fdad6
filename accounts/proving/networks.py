"""Where a request comes from. The law here: nobody but our own proxy is believed about somebody else's address."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


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
    # gunicorn behind a socket has no address; only our proxy can reach that
    if address in settings.TRUSTED_PROXIES or (not address and settings.TRUSTED_PROXIES):
        said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = next((part for part in reversed(said) if part not in settings.TRUSTED_PROXIES), address)
    return _plain(address) or UNKNOWN


def network_of(request: HttpRequest) -> str:
    """One household or school: an IPv4 address, or the 64 leading bits of an IPv6 one."""
    address = ipaddress.ip_address(address_of(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
    return str(address)

"""Whether a form was sent from one of our own pages, by what the browser itself says of it.

No page can write these headers: `Sec-Fetch-Site` (W3C, Fetch Metadata Request Headers) says where the page came from;
browsers of before 2023 send `Origin` (RFC 6454) with a form instead.
"""

from django.http import HttpRequest


def is_same_origin(request: HttpRequest) -> bool | None:
    """True for a page of this very host, or an address that was typed; False for any other page, one of a sibling host
    included; None where the browser says nothing at all."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    if origin := request.headers.get("Origin"):
        return origin == f"{request.scheme}://{request.get_host()}"
    return None

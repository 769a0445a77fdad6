"""Asks other sites whether an address of theirs still leads anywhere.

Only the worker asks, never a view, so no visitor can make the server fetch anything; and it asks only
public addresses. A name is looked up once, and the connection goes to exactly the address that was judged.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

SECONDS = 10  # for one address, with all it leads on to
MOST_STEPS = 5
_PORTS = {"http": 80, "https": 443}
_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that the internet routes
# Said to be public, and yet for documents, protocols, or a way from one kind of address into the other.
_NOT_FOR_THE_WEB = [ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")]
_REDIRECTS = {301, 302, 303, 307, 308}
# They say that a machine may not look, or not now; a reader may.
_NOT_FOR_MACHINES = {401, 403, 405, 406, 408, 425, 429, 451}

Allowed = Callable[[str, int], bool]


def is_public(address: str, port: int) -> bool:
    """Whether this is an ordinary web server's place on the open internet."""
    if port not in _PORTS.values():
        return False
    ip = ipaddress.ip_address(address)
    if (ip.version == 6 and ip not in _UNICAST) or any(ip in network for network in _NOT_FOR_THE_WEB):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@dataclass(frozen=True)
class Outcome:
    """Empty words: it works. `is_certain`: trying again is of no use. `whole_site`: nothing else there would work."""

    problem: str = ""
    is_certain: bool = False
    whole_site: bool = False


class _Lost(Exception):
    def __init__(self, problem, *, is_certain=False, whole_site=False):
        super().__init__(problem)
        self.outcome = Outcome(problem, is_certain, whole_site)


def ask(url: str, *, allowed: Allowed = is_public) -> Outcome:
    """What a reader would find at the address, as far as a machine can tell. Never raises."""
    end = time.monotonic() + SECONDS
    try:
        for _ in range(MOST_STEPS + 1):
            status, url = _look(url, end, allowed)
            if status not in _REDIRECTS:
                return _judged(status)
    except _Lost as lost:
        return lost.outcome
    return Outcome("It sends the reader on and on.")


def _judged(status: int) -> Outcome:
    if status < HTTPStatus.BAD_REQUEST or status in _NOT_FOR_MACHINES:
        return Outcome()
    if status == HTTPStatus.NOT_FOUND:
        return Outcome("There is no such page (404).", is_certain=True)
    if status == HTTPStatus.GONE:
        return Outcome("The page was taken away for good (410).", is_certain=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(f"The site has an error ({status}).")
    return Outcome(f"The site refuses it ({status}).")


def _look(url: str, end: float, allowed: Allowed) -> tuple[int, str]:
    """The status, and where it leads on to. Some sites answer only a whole question, so a refusal is asked again."""
    parts, host, port = _read(url)
    address = _find(host, port, allowed)
    status, onward = _ask_once("HEAD", parts, host, port, address, end)
    if status >= HTTPStatus.BAD_REQUEST:
        status, onward = _ask_once("GET", parts, host, port, address, end)
    if status in _REDIRECTS and not onward:
        raise _Lost("It sends the reader on, but does not say where to.")
    try:
        return status, urljoin(url, onward)
    except ValueError:
        raise _Lost("It sends the reader on to what is no web address.") from None


def _read(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or _PORTS[parts.scheme]
        if not host or parts.username is not None:
            raise ValueError
    except (ValueError, KeyError):
        raise _Lost("This is no web address that a browser could open.") from None
    return parts, host, port


def _find(host: str, port: int, allowed: Allowed) -> str:
    """The one address to connect to; none if any of those the name has lies where no reader could go."""
    try:
        found = [str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise _Lost("There is no site of that name.", whole_site=True) from None
    if not found or not all(allowed(address, port) for address in found):
        raise _Lost("It leads into a private network, or to a door that is not for the web.", whole_site=True)
    return found[0]


def _ask_once(method, parts: SplitResult, host: str, port: int, address: str, end: float) -> tuple[int, str]:
    """Reads the head of the answer and nothing of its body. Whatever is slow in it, it ends in time."""
    left = end - time.monotonic()
    if left <= 0:
        raise _too_slow()
    connection = (_Secure if parts.scheme == "https" else _Plain)(host, port, address, left)
    watch = threading.Timer(left, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        path = iri_to_uri(f"{parts.path or '/'}?{parts.query}".removesuffix("?"))
        headers = {"User-Agent": f"DerbyCity link check (+{settings.SITE_URL})", "Accept": "*/*", "Connection": "close"}
        connection.request(method, path, headers=headers)
        with closing(connection.getresponse()) as response:
            return response.status, response.headers.get("Location", "")
    except ssl.SSLCertVerificationError:
        raise _Lost("The site cannot prove who it is: its certificate is not valid.", whole_site=True) from None
    except (http.client.HTTPException, OSError, ValueError):
        raise (_too_slow() if time.monotonic() >= end else _no_answer()) from None
    finally:
        watch.cancel()
        connection.close()


def _too_slow():
    return _Lost(f"The site did not answer within {SECONDS} seconds.", whole_site=True)


def _no_answer():
    return _Lost("The site does not answer.", whole_site=True)


class _Plain(http.client.HTTPConnection):
    """Connects to the address that was judged, and calls it by its name."""

    def __init__(self, host, port, address, seconds):
        super().__init__(host, port, timeout=seconds)
        self.address = address

    def connect(self):
        self.sock = socket.create_connection((self.address, self.port), self.timeout)

    def cut(self) -> None:
        """From another thread, when the time is over: whatever waits for the socket stops waiting."""
        with suppress(OSError, AttributeError):  # not connected yet, or no more
            self.sock.shutdown(socket.SHUT_RDWR)


class _Secure(_Plain):
    default_port = 443

    def connect(self):
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()  # by now cut() knows the socket that it waits for

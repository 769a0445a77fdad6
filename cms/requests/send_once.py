"""A form that is sent twice counts once: a double click, or a second try while the first is still at work.

Each time a page is made, its form gets a token of its own (Django masks it anew), or the signed time where no token is.
So the same mark with the same words from the same browser is the same press of a button: it gets the answer that the
first one got, and nothing is done. Whoever opens the page again and sends the same means it.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac

from cms.requests.preserve_input import BUSY, give_back

REMEMBERED_SECONDS = 30
WAIT_SECONDS = 5  # for the first one to be done
_POLL_SECONDS = 0.05
_SALT = "cms.requests.send_once"
# What is another each time a page is made: Django's token; the signed time of forms for anybody (spam_guard.py).
_MARKS = ("csrfmiddlewaretoken", "shown_at")

_FIND = "SELECT value FROM cms_cache WHERE cache_key = %s AND expires > clock_timestamp()"
_KEEP = """
INSERT INTO cms_cache (cache_key, value, expires)
VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""


class SendOnce:
    """Stands around sessions, so that what the first one left in its session is saved when the second looks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or not any(request.POST.get(mark) for mark in _MARKS):
            return self.get_response(request)
        press = _Press(request)
        with _turn(press.number) as is_our_turn:
            if not is_our_turn:
                return give_back(request, BUSY)
            if (answer := press.answered()) is not None:
                return answer
            response = self.get_response(request)
            if _was_taken(request, response):
                press.remember(response)
            return response


class _Press:
    """One press of a button. Where it led, and the cookies that came with it, are kept in the database, readable only
    to whoever sends the very same again: an address may hold a key."""

    def __init__(self, request: HttpRequest) -> None:
        files = [(name, file.name, file.size) for name, all_ in request.FILES.lists() for file in all_]
        whose = [request.headers.get(name, "") for name in ("Cookie", "User-Agent", "X-Forwarded-For")]
        sent = [request.get_full_path(), whose, request.META.get("REMOTE_ADDR"), list(request.POST.lists()), files]
        secret = salted_hmac(_SALT, repr(sent), algorithm="sha256").digest()
        self.name = f"sent:{hashlib.sha256(secret).hexdigest()}"
        self.number = int.from_bytes(hashlib.sha256(secret).digest()[:7])
        self.box = Fernet(base64.urlsafe_b64encode(secret))

    def answered(self) -> HttpResponse | None:
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [self.name])
            row = cursor.fetchone()
        if row is None:
            return None
        address, cookies = json.loads(self.box.decrypt(row[0]))
        response = HttpResponseRedirect(address)
        for name, value, attributes in cookies:
            response.cookies[name] = value
            response.cookies[name].update(attributes)
        return response

    def remember(self, response: HttpResponseBase) -> None:
        cookies = [(name, cookie.value, dict(cookie)) for name, cookie in response.cookies.items()]
        value = self.box.encrypt(json.dumps([response.headers["Location"], cookies]).encode()).decode()
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [self.name, value, REMEMBERED_SECONDS])


def _was_taken(request: HttpRequest, response: HttpResponseBase) -> bool:
    """It led on. A page that says what is wrong did nothing; nor did one that asks first who they are."""
    if response.status_code != 302:
        return False
    account = reverse("accounts:home")
    return request.path.startswith(account) or not urlsplit(response.headers["Location"]).path.startswith(account)


@contextmanager
def _turn(number: int) -> Iterator[bool]:
    """False if the first one is not done in time. The lock is the connection's, and goes with it."""
    until = time.monotonic() + WAIT_SECONDS
    while not (is_ours := _asked("SELECT pg_try_advisory_lock(%s)", number)) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(DatabaseError):  # lost with the connection
                _asked("SELECT pg_advisory_unlock(%s)", number)


def _asked(question: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [number])
        return cursor.fetchone()[0]

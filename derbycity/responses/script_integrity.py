"""Subresource integrity: each script element of a page names the hash of the file it loads (W3C SRI).

Done in one place for every page that may hold scripts, Django's own admin and the editor included, so that none is
forgotten. A file that cannot be found keeps its element as it is.
"""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

_SCRIPT = re.compile(rb'<script\b(?=[^>]*\ssrc="([^"]+)")(?![^>]*\sintegrity=)')


def integrity_of(content: bytes) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


class ScriptIntegrity:
    """Stands inside compression and ETags, since it changes the page."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.catalog_path = reverse("admin:jsi18n")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and b"<script" in response.content:
            response.content = _SCRIPT.sub(self._with_integrity, response.content)
        return response

    def _with_integrity(self, found: re.Match[bytes]) -> bytes:
        address = found[1].decode()
        is_catalog = address == self.catalog_path
        integrity = _integrity_of_catalog(get_language()) if is_catalog else _integrity_of_static(address)
        return found[0] + f' integrity="{integrity}"'.encode() if integrity else found[0]


def _integrity_of_static(address: str) -> str:
    """Empty for an address that is no static file of ours."""
    path, _, query = unquote(address).partition("?")
    if query or not path.startswith(settings.STATIC_URL):
        return ""
    file = _file_of(path.removeprefix(settings.STATIC_URL))
    return _integrity_of_file(file, file.stat().st_mtime_ns) if file else ""


def _file_of(name: str) -> Path | None:
    collected = Path(settings.STATIC_ROOT) / name
    if collected.is_file():
        return collected
    found = finders.find(name)
    return Path(found) if isinstance(found, str) else None


@lru_cache(maxsize=500)
def _integrity_of_file(file: Path, changed: int) -> str:
    """`changed` makes a file that is edited in development another one."""
    return integrity_of(file.read_bytes())


@lru_cache(maxsize=20)
def _integrity_of_catalog(language: str | None) -> str:
    """Of the words of the admin's scripts, which Django makes for each language. Asked as the browser will ask, which
    is by GET, however the page around it came about."""
    request = HttpRequest()
    request.method = "GET"
    return integrity_of(admin.site.i18n_javascript(request).content)

"""One rule for e-mail addresses, wherever one is typed.

    outside the address    spaces and letters that nobody sees are taken off
    inside it              they are refused
    before the @           ASCII only, because most mail servers take nothing else; small letters
    behind it              a name of the internet's, kept in its ASCII form (IDNA 2008, RFC 5891): münchen.example is
                           stored as xn--mnchen-3ya.example; no literal such as [127.0.0.1], no localhost

What is stored can be put on an envelope as it is.
"""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from cms.text import text_cleaning

MOST_LETTERS = 254  # RFC 5321, less the brackets around it
EXAMPLE = _("Write the address like this: name@example.org.")
UNSEEN = _("This address has a letter in it that nobody can see. Please type it, without copying.")
NOT_ASCII = _("Before the “@” there may be only plain letters a to z, figures and signs. Please look at “%(letter)s”.")
NO_HOST = _("What stands after the “@” is no name that mail can be sent to. Please look for a typing mistake.")
_EDGE = re.compile(r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u061c\u180e]+|"
                   r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u061c\u180e]+$")  # fmt: skip
_LOCAL = EmailValidator.user_regex


def tidy(typed: str) -> str:
    """The address as it is stored, if it is one; otherwise what was typed, without what surrounds it."""
    trimmed = _EDGE.sub("", typed)
    try:
        return clean(trimmed)
    except ValidationError:
        return trimmed


def clean(typed: str) -> str:
    """The address as it is stored. Raises ValidationError, in words for whoever typed it."""
    address = _EDGE.sub("", typed)
    if text_cleaning.holds_unseen(address):
        raise ValidationError(UNSEEN, code="unseen")
    local, at, host = address.rpartition("@")
    if not at or not local or not host or len(address) > 2 * MOST_LETTERS or re.search(r"\s", address):
        raise ValidationError(EXAMPLE, code="invalid")
    if not local.isascii():
        letter = next(one for one in local if not one.isascii())
        raise ValidationError(NOT_ASCII, code="not_ascii", params={"letter": letter})
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise ValidationError(EXAMPLE, code="invalid")
    address = f"{local.lower()}@{_ascii_host(host)}"
    if len(address) > MOST_LETTERS:
        raise ValidationError(EXAMPLE, code="invalid")
    return address


def validate(address: str) -> None:
    """Raises ValidationError unless the address is one, in any way of writing it."""
    clean(address)


def readable(address: str) -> str:
    """As people read it: xn--mnchen-3ya.example as münchen.example. A host whose letters could be taken for those of
    another alphabet stays as it is."""
    local, at, host = address.rpartition("@")
    if "xn--" not in host:
        return address
    try:
        shown = idna.decode(host)
    except idna.IDNAError:
        return address
    is_latin = all(letter < "\u0250" for letter in shown)
    return f"{local}{at}{shown}" if is_latin else address


def _ascii_host(host: str) -> str:
    try:
        found = idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError:
        raise ValidationError(NO_HOST, code="host") from None
    last = found.rpartition(".")[2]
    if "." not in found or found.endswith(".") or last.isdigit() or last in ("localhost", "local", "internal"):
        raise ValidationError(NO_HOST, code="host")
    return found

"""Reads what differs between machines, and refuses what is missing or malformed by its name.

The environment wins over a file `.env` beside manage.py, which `make` writes on a developer's machine.
A line of that file is NAME=VALUE, taken as it stands: nothing in a secret is ever expanded.
"""

import base64
import hashlib
import ipaddress
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
_NONE_GIVEN = object()


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


_VALUES = _from_file(BASE_DIR / ".env") | dict(os.environ)


def text(name: str, default: object = _NONE_GIVEN) -> str:
    """The value of NAME; an empty one counts as missing."""
    value = _VALUES.get(name, "")
    if value:
        return value
    if default is _NONE_GIVEN:
        raise ImproperlyConfigured(f"{name} is not set. docs/operators.md says what it is for.")
    return str(default)


def choice(name: str, allowed: tuple[str, ...], default: object = _NONE_GIVEN) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(allowed)}.")
    return value


def flag(name: str, default: bool) -> bool:
    return choice(name, ("0", "1"), "1" if default else "0") == "1"


def number(name: str, default: int) -> int:
    value = text(name, default)
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


def words(name: str, default: object = _NONE_GIVEN) -> list[str]:
    """A list written with commas between."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: object = _NONE_GIVEN) -> list[str]:
    """A list of addresses and networks, such as 10.0.0.0/8. `*` is refused: it would believe everybody."""
    found = words(name, default)
    for each in found:
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {each!r}; write addresses or networks of the proxy, such as 10.0.0.2 or 10.0.0.0/8."
            ) from None
    return found


def beginning(prefix: str) -> dict[str, str]:
    """All values whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in _VALUES.items() if name.startswith(prefix) and value}


def made_of(secret: str) -> str:
    """A key for encryption made of another secret, for a developer's machine."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"encryption {secret}".encode()).digest()).decode()


if __name__ == "__main__":
    print(base64.urlsafe_b64encode(os.urandom(32)).decode())  # noqa: T201 - a new key for ENCRYPTION_KEYS

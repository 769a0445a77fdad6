"""Secrets of second factors, unreadable in the database and its backups without a key that is kept elsewhere."""

from functools import lru_cache

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

_SECRETS = ("secret", "seed")


@lru_cache(maxsize=2)
def _keys_of(texts: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(text) for text in texts])
    except ValueError:  # not quoted, and not shown as the cause: it is a secret
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS is malformed; make each key with: python -m derbycity.env"
        ) from None


def _keys() -> MultiFernet:
    return _keys_of(tuple(settings.ENCRYPTION_KEYS))


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Raises ImproperlyConfigured if the key that wrote it is not among those we have."""
    try:
        return _keys().decrypt(text.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured("A second factor was encrypted with a key that ENCRYPTION_KEYS lacks.") from None


@transaction.atomic
def rotate() -> int:
    """Writes every secret anew with the first key, so that the others can go; says how many."""
    rotated = 0
    for authenticator in Authenticator.objects.select_for_update():
        for name in _SECRETS:
            if name in authenticator.data:
                authenticator.data[name] = encrypt(decrypt(authenticator.data[name]))
                authenticator.save(update_fields=["data"])
                rotated += 1
    return rotated

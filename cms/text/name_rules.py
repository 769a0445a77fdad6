"""What nobody and nothing may be called. A name leads nowhere, for it stands in mails that we send to
others.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.html import urlize

WORDS = "Please write the name without an address: no “@”, “www.” or “://”, and nothing like “name.com”."


def leads_somewhere(name: str) -> bool:
    """Whether it holds an address, or something that a mail would make a link of."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return bool(re.search(r"://|\bwww\.|@", plain)) or "<a " in urlize(plain, autoescape=True)


def check(name: str) -> None:
    """A validator of fields that people type a name into."""
    if leads_somewhere(name):
        raise ValidationError(WORDS, code="address")

"""Where a story happened, and no nearer than that. A home is never stored; a place that somebody lives in
is blurred to its ward."""

import re

from django.core.exceptions import ValidationError

_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)
_STREETS = (
    "street|st|road|rd|lane|ln|avenue|ave|close|drive|dr|way|court|crescent|place|grove|terrace|gardens|walk|mews|row|"
    "hill|square|gate|green"
)
# “12 Green Lane”, but not “1962 in the Market Square”, nor “Platform 2 by the stairs”.
_BETWEEN = r"(?:(?!(?:at|by|in|of|on|to|and|the|near|from|opposite|behind)\s)[\w’'.-]+\s+){0,3}"
_HOUSE = re.compile(rf"\b(?:flat\s*)?\d{{1,4}}\s?[a-d]?,?\s+{_BETWEEN}(?:{_STREETS})\b", re.IGNORECASE)
_HOUSE_LAST = re.compile(
    rf"\w\s+(?:{_STREETS}),?\s+(?:no\.?\s*|number\s+)?\d{{1,3}}[a-d]?(?=\s*(?:$|[,;(]))", re.IGNORECASE
)
_FLAT = re.compile(r"\b(?:flat|apartment|apt\.?)\s+(?:no\.?\s*)?\d+[a-d]?\b", re.IGNORECASE)
_KIN = (
    "mum|mom|mam|mother|dad|father|parent|nan|nana|gran|granny|grandma|grandmother|grandad|granddad|grandpa|"
    "grandfather|grandparent|aunt|auntie|aunty|uncle|cousin|sister|brother|friend|neighbour|mate"
)
_OWN = re.compile(
    rf"\b(?:my|our|his|her|their|(?:{_KIN})(?:['’]s|s['’]?)?)\s+(?:own\s+|old\s+|first\s+|new\s+|family\s+)?"
    r"(?:home|house|flat|bungalow|bedroom|kitchen|garden|front room|living room|back yard|yard)\b",
    re.IGNORECASE,
)
_AT_HOME = re.compile(r"^(?:at\s+)?home$|\bat\s+home\b|\bwhere\s+(?:i|we|he|she|they)\s+lived?\b", re.IGNORECASE)
WORDS = (
    "That looks like somebody’s home. To keep people safe we never show one: choose the part of the city instead, or "
    "name a public place, such as a park, a school gate or a works."
)


def is_a_home(place: str) -> bool:
    return any(pattern.search(place) for pattern in (_POSTCODE, _HOUSE, _HOUSE_LAST, _FLAT, _OWN, _AT_HOME))


def check(place: str) -> None:
    """Raises ValidationError for what leads to somebody’s door."""
    if is_a_home(place):
        raise ValidationError(WORDS, code="home")

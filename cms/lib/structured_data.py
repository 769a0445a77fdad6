"""Structured data in the vocabulary of schema.org, as search engines read it."""

from collections.abc import Sequence

from django.conf import settings


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def without_empty(data: dict) -> dict:
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def breadcrumbs(trail: Sequence[tuple[str, str]]) -> dict:
    """The way from the home page to here: (words, path) for each step."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": words, "item": absolute(path)}
            for position, (words, path) in enumerate((("Home", "/"), *trail), start=1)
        ],
    }


def graph(*things: dict) -> dict:
    return {"@context": "https://schema.org", "@graph": [without_empty(thing) for thing in things]}


PUBLISHER = {"@type": "Organization", "name": "Derby, a learning city", "url": absolute("/")}

"""Links are often read out without the words around them, one after the other. Each says where it leads."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from cms.quality.content_checks import addresses
from cms.quality.content_checks.texts import Link, Text

_SAYS_NOTHING = {
    "click", "click here", "click on this link", "details", "find out more", "follow this link", "go", "here", "info",
    "information", "learn more", "link", "more", "more details", "more here", "more info", "more information", "open",
    "page", "please click here", "read more", "read more here", "read on", "see here", "see more", "site", "the link",
    "the website", "this", "this link", "this page", "this site", "this website", "visit", "web page", "web site",
    "website",
}  # fmt: skip
_BARE = re.compile(r"(https?:|www\.)\S*|[\w-]+(\.[\w-]+)+(/\S*)?", re.IGNORECASE)
_EDGES = " .,;:!?…»«“”\"'‘’()[]<>→›-–"


def plain(words: str) -> str:
    return " ".join(words.lower().strip(_EDGES).split())


def paths_in(links: Iterable[Link]) -> set[str]:
    """The addresses on this site that are to be looked up."""
    return {addresses.path_of(link.address) for link in links if addresses.is_ours(link.address)}


def check(text: Text, lost: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`lost` says which addresses on this site lead nowhere, and where they lead on from there, if they do."""
    told = [link for link in text.links if not link.address.startswith(("mailto:", "tel:"))]
    if any(not plain(link.words) for link in text.links):
        yield "There is a link without words. Write where it leads, or take the link away.", ()
    if vague := _words(link for link in told if plain(link.words) in _SAYS_NOTHING):
        yield "Read alone, this link does not say where it leads. Use the name of what a reader finds there.", vague
    if bare := _words(link for link in told if _BARE.fullmatch(link.words)):
        yield "A web address is hard to read and worse to listen to. Link the name of the page instead.", bare
    if in_full := _words(link for link in told if addresses.is_ours_in_full(link.address)):
        yield "This leads to our own site: write only the part of its address from the first single “/” on.", in_full
    yield from _dead(told, lost)


def _dead(links: list[Link], lost: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    ours = [(link, addresses.path_of(link.address)) for link in links if addresses.is_ours(link.address)]
    moved = [f"{link.words}: {path} is now {lost[path]}" for link, path in ours if lost.get(path)]
    dead = [f"{link.words}: {path}" for link, path in ours if lost.get(path) == ""]
    staff = [f"{link.words}: {path}" for link, path in ours if addresses.is_for_staff(path)]
    relative = [f"{link.words}: {link.address}" for link in links if _is_relative(link.address)]
    for words, found in (
        ("This link leads to no page of ours that the public can read now.", dead),
        ("This page has moved. The link still works; the new address is better.", moved),
        ("Only staff can open this.", staff),
        ("A link is a whole web address, or starts with “/” if it leads to a page of ours.", relative),
    ):
        if found:
            yield words, tuple(dict.fromkeys(found))


def _is_relative(address: str) -> bool:
    parts = addresses.urlsplit_or_none(address)
    return not parts.scheme and not address.startswith(("/", "#"))


def _words(links: Iterable[Link]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.words for link in links))


def same_words(links: Iterable[Link]) -> tuple[str, ...]:
    """Words by which links of one page lead to different places."""
    found = defaultdict(set)
    for link in links:
        found[plain(link.words)].add(link.address.rstrip("/"))
    return tuple(words for words, targets in found.items() if words not in _SAYS_NOTHING and words and len(targets) > 1)

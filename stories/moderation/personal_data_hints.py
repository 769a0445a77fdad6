"""What a machine can notice in the words of a story before anybody reads them: where somebody lives, how to reach
them, a name its teller hides, the school of a child. Advice for whoever decides; it stops nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stories.models import Contributor
from stories.publication import name_detection

_AROUND = 40
_STREETS = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Drive|Crescent|Terrace|Way|Court|Gardens|Grove|Place|Square|Row|Walk|"
    "Mews|Hill|View|Croft|Rise|Green|Parade|Mount|Yard"
)
_SCHOOLS = "School|Academy|Nursery|Preschool|Pre-school|Primary|Juniors|Infants|College|Sixth Form"
PATTERNS = (
    ("An e-mail address", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")),
    ("A link", re.compile(r"\b(?:https?://|www\.)\S{1,200}", re.IGNORECASE)),
    ("A link", re.compile(r"(?<![@\w.-])[\w-]{2,63}\.(?:com|co\.uk|org|org\.uk|net|info|io|shop|online)\b")),
    ("A telephone number", re.compile(r"(?<![\w.,£$€])(?:\+|00)\d{1,3}(?:[ ()./-]{0,2}\d){7,12}(?!\d)")),
    ("A telephone number", re.compile(r"(?<![\w.,£$€])0(?:[ ()./-]{0,2}\d){9,10}(?!\d)")),
    ("A postcode", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)),
    ("A house number", re.compile(rf"\b\d{{1,4}}[a-z]?,? (?:[A-Z][\w’'-]{{1,30}} ){{1,3}}(?:{_STREETS})\b")),
    ("A house number", re.compile(r"\b(?:house|flat|home|at) (?:number|no\.?) ?\d{1,4}[a-z]?\b", re.IGNORECASE)),
    ("A house number", re.compile(r"\bflat \d{1,4}[a-z]?\b", re.IGNORECASE)),
)  # fmt: skip
CHILDS_SCHOOL = (
    "A school, and its teller is a child",
    re.compile(rf"\b(?:[A-Z][\w’'.-]{{0,30}} ){{1,4}}(?:{_SCHOOLS})\b"),
)
THEIR_NAME = "Its teller’s full name, which they do not show"
CHILDS_NAME = "The full name of the child who tells it"


@dataclass(frozen=True)
class Finding:
    """Where in which words, and a little of what stands around it."""

    what: str
    where: str
    start: int
    end: int
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Piece:
    text: str
    is_marked: bool


def findings(words: Iterable[tuple[str, str]], teller: Contributor | None) -> list[Finding]:
    """Of words by the name of where they stand, each in the order of the text; the same place is told once."""
    patterns = [*PATTERNS, CHILDS_SCHOOL] if teller is not None and teller.is_child else list(PATTERNS)
    what, name = _name_to_keep(teller)
    gap = r"\s+"
    spelt = re.compile(rf"(?<!\w){gap.join(map(re.escape, name.split()))}(?!\w)", re.IGNORECASE)
    names = name_detection.ways(name)
    found = []
    for where, text in words:
        named = name_detection.holds(text, names)
        here = _findings_in(where, text, [(what, spelt), *patterns] if named else patterns)
        if named and not any(one.what == what for one in here):  # spelt in another way
            here.append(Finding(what, where, 0, 0, "", name, ""))
        found += here
    return found


def _name_to_keep(teller: Contributor | None) -> tuple[str, str]:
    """A name that should not stand in the words, and why."""
    if teller is not None and teller.is_child:
        return CHILDS_NAME, teller.full_name
    if teller is not None and teller.shown_as != Contributor.ShownAs.FULL:
        return THEIR_NAME, teller.full_name
    return "", ""


def _findings_in(where: str, text: str, patterns) -> list[Finding]:
    found: list[Finding] = []
    for what, pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= other.start or start >= other.end for other in found):
                before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
                found.append(Finding(what, where, start, end, before, match[0], after))
    return sorted(found, key=lambda one: one.start)


def marked(text: str, found: Iterable[Finding]) -> list[Piece]:
    """The text in pieces, those that were noticed marked."""
    pieces, at = [], 0
    for one in found:
        if one.end <= at:
            continue
        pieces += [Piece(text[at : one.start], False), Piece(one.found, True)]
        at = one.end
    return [piece for piece in [*pieces, Piece(text[at:], False)] if piece.text]

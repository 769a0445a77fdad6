"""What the story of a child is better without: their surname, and the name of their school. It is said before they send
it, and keeps nothing back; a child's full name beside a picture does (stories/publication/photo_rules.py).
"""

import re
import unicodedata

from stories.models import Contributor, Version

_KIND = "primary|junior|infants?|secondary|high|grammar|community|nursery|church|catholic|c of e|ce"
_SCHOOL = re.compile(rf"(?P<before>[\w’'.-]+)\s+(?:(?:{_KIND})\s+)*(?:school|academy)\b", re.IGNORECASE)
_CALLED = re.compile(r"\b(?:school|academy)\s+(?:is\s+|was\s+)?(?:called|named)\s+\w", re.IGNORECASE)
# What stands before the word where no name does: “at school”, “my old primary school”.
_COMMON = (
    "a an the my our your his her their its this that which what no any every each some and or but as at to from "
    "in of off into for by near after before since until during with without past behind through around about is "
    "was left start started begin began finish finished miss missed skip skipped love loved like liked hate hated "
    "old new big small little whole first second last next other another same best local nearest nearby village "
    "special boarding middle summer sunday saturday night dance music art driving riding state public private "
    "girls’ boys’ girls boys girl's boy's upper lower sixth form free drama football swimming ballet home high "
    "primary junior infant infants secondary grammar community nursery church catholic"
)
_NO_NAMES = frozenset(_COMMON.split())
SURNAME = "Your story has your surname in it. A first name is safer: could you leave it out?"
SCHOOL = "Your story may say which school you go to. Could you leave out its name? “My school” is enough."


def advice(person: Contributor, version: Version) -> list[str]:
    if not person.is_child:
        return []
    told = "\n".join(_told(version))
    found = [SURNAME] if _has_surname(person, told) else []
    return found + ([SCHOOL] if names_a_school(told) else [])


def names_a_school(told: str) -> bool:
    before = (found["before"].casefold().strip("’'.-") for found in _SCHOOL.finditer(told))
    return bool(_CALLED.search(told)) or any(word and word not in _NO_NAMES for word in before)


def _told(version: Version) -> list[str]:
    of_pictures = [words for use in version.pictures.all() for words in (use.description, use.caption, use.credit)]
    answers = [answer.get("answer", "") for answer in version.answers]
    return [version.title, version.text, version.place, version.content_note, *answers, *of_pictures]


def _has_surname(person: Contributor, told: str) -> bool:
    """Of what they typed as their name, all but the first word."""
    surnames = {word for word in _words(person.full_name)[1:] if len(word) > 1}
    return bool(surnames & set(_words(f"{told} {person.shown_name}")))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))

"""Whether a text holds somebody's full name, however it is written.

Letters count, not how they are set: no capitals, no accents, and whatever stands between two words. A name is full with
two words of it, a first one and the last, in either order.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import permutations

# What people write instead of a name, or around one: “my sister Amy”, “a girl from the next class”. None that is also a
# common surname, so no colours.
_SAID = (
    "a an and the my our his her their your of from in on at with by who is to two three some other next last "
    "first older younger oldest youngest left right front back middle behind beside standing sitting holding "
    "wearing hat coat shirt dress jumper hair me myself i we us she he they you baby boy boys girl girls child "
    "children kid kids teenager man men woman women lady person people somebody someone friend friends mate "
    "neighbour neighbours sister sisters brother brothers mother mum mam mummy father dad daddy parents nan nana "
    "nanny gran granny grandma grandmother grandad granddad grandpa grandfather grandson granddaughter grandchild "
    "grandchildren son sons daughter daughters twins cousin cousins aunt auntie uncle niece nephew wife husband "
    "partner colleague colleagues teacher pupil pupils student students class school team club group family "
    "nursery dr mr mrs ms miss mx not name named called unknown"
)
_EDGE = 4  # words at the end and at the beginning of a text; few names are longer
_NO_NAMES = frozenset(_SAID.split())
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# Cyrillic letters that nobody can tell from ours.
_LOOK_ALIKES = str.maketrans("аеорсухкмтвні", "aeopcyxkmtbhi")


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS).translate(_LOOK_ALIKES)
    kept = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    return re.findall(r"[^\W\d_]+", kept)


def _is_written_together(word: str) -> bool:
    """Chinese, Japanese or Korean: a full name is one word, and no gaps show where it ends."""
    return len(word) > 1 and all(
        "CJK" in (called := unicodedata.name(letter, "")) or "HANGUL" in called for letter in word
    )


def ways(name: str, *, is_name: bool = False) -> set[str]:
    """All ways to write it in full, without the gaps; none for a first name alone. Unless it certainly is a name, none
    for “my sister”."""
    words = [word for word in _words(name) if is_name or word not in _NO_NAMES]
    if len(words) < 2:
        return {word for word in words if _is_written_together(word)}
    *before, last = [word for word in words if len(word) > 1] or words
    ways = {"".join(words), words[-1] + "".join(words[:-1])}
    for first in before:
        ways |= {first + last, last + first}
    return ways


def holds(text: str, names: set[str]) -> bool:
    """Whether one of these `ways` stands in it, as whole words."""
    words = _words(text)
    if not names or not words:
        return False
    return _holds(words, names) or _holds([word for word in words if len(word) > 1], names)  # “Amy J. Smith”


def split_over(texts: Sequence[tuple[str, str]], names: set[str]) -> tuple[str, str] | None:
    """The first two of these named texts where a full name begins at the end of one and goes on at the beginning of the
    other, as a title and a caption side by side do; None where there are none. Each text is a pair of name and words.
    """
    ends = [(where, words[-_EDGE:], words[:_EDGE]) for where, text in texts if (words := _words(text))]
    for (where, tail, _), (other, _, head) in permutations(ends, 2):
        if names and _holds(tail + head, names):
            return where, other
    return None


def _holds(words: list[str], names: set[str]) -> bool:
    starts, ends, at = set(), set(), 0
    for word in words:
        starts.add(at)
        at += len(word)
        ends.add(at)
    joined = "".join(words)
    return any(
        _is_written_together(name) or (at in starts and at + len(name) in ends)
        for name in names
        for at in _places(joined, name)
    )


def _places(joined: str, name: str) -> Iterator[int]:
    at = joined.find(name)
    while at >= 0:
        yield at
        at = joined.find(name, at + 1)

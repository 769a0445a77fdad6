"""What differs between two texts, word by word, for the eye and for the ear."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from cms.publishing.display import NOTHING

_TOKEN = re.compile(r"\S+|\n")
_MOST = 4_000_000  # pairs of words; beyond that whole lines are compared
_ISLAND = 2  # fewer words than this in common between two changes are no help to a reader


@dataclass(frozen=True)
class Piece:
    """`kind` is same, gone, new, or cut, which stands for words left out because both texts have them."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One field, or one row of a list, that is not the same on both sides."""

    what: str
    old: str
    new: str
    note: str = ""

    @property
    def pieces(self) -> list[Piece]:
        return pieces(*self._texts())

    @property
    def short(self) -> list[Piece]:
        """Only what differs, and a few words around it."""
        return pieces(*self._texts(), around=8)

    def _texts(self) -> tuple[str, str]:
        return tuple("" if text == NOTHING else text for text in (self.old, self.new))  # type: ignore[return-value]


def pieces(old: str, new: str, around: int | None = None) -> list[Piece]:
    """The two texts as one, with what went and what came. With `around`, of what stayed only so many words."""
    before, after = _tokens(old), _tokens(new)
    if len(before) * len(after) > _MOST:
        before, after = old.splitlines(), new.splitlines()
    found = [Piece(kind, " ".join(words)) for kind, words in _runs(before, after)]
    return found if around is None else list(_shortened(found, around))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    gone: list[str] = []
    new: list[str] = []
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(blocks):
        is_island = kind == "equal" and b - a < _ISLAND and 0 < number < len(blocks) - 1
        if kind == "equal" and not is_island:
            yield from _changed(gone, new)
            gone, new = [], []
            yield "same", before[a:b]
        else:
            gone += before[a:b]
            new += after[c:d]
    yield from _changed(gone, new)


def _changed(gone, new):
    if gone:
        yield "gone", gone
    if new:
        yield "new", new


def _shortened(found: list[Piece], around: int) -> Iterator[Piece]:
    for number, piece in enumerate(found):
        words = piece.text.split(" ")
        first, last = number == 0, number == len(found) - 1
        room = around if first or last else 2 * around
        if piece.kind != "same" or len(words) <= room + 2:
            yield piece
            continue
        if not first:
            yield Piece("same", " ".join(words[:around]))
        yield Piece("cut", "…")
        if not last:
            yield Piece("same", " ".join(words[-around:]))

"""Letters with their marks, as a browser shows them in a line, and as few tags as say so."""

import re
from dataclasses import dataclass, replace
from html import escape

_SPACES = re.compile("[ \t\r\n\f\xa0]{2,}|[ \t\r\n\f]")  # one that does not break, alone, is meant
_SPACE = " \xa0"


@dataclass(frozen=True)
class Marks:
    bold: bool = False
    italic: bool = False
    link: tuple[str, str] | None = None  # address, title


@dataclass(frozen=True)
class Run:
    """Letters with the same marks."""

    text: str
    marks: Marks = Marks()


BREAK = Run("\0")  # no text has it


def trimmed(runs: list[Run], *, has_bold: bool) -> list[Run]:
    """As a browser shows them: one space for several, and none at the edges of a block or a line."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run is BREAK:
            lines.append([])
        elif run.text:
            lines[-1].append(run if has_bold else replace(run, marks=replace(run.marks, bold=False)))
    shown = [_line(line) for line in lines]
    while shown and not shown[0]:
        shown.pop(0)
    while shown and not shown[-1]:
        shown.pop()
    kept = []
    for number, line in enumerate(shown):
        kept += [BREAK] * bool(number) + line
    return kept


def _line(runs: list[Run]) -> list[Run]:
    letters = [(letter, run.marks) for run in runs for letter in run.text]
    text = "".join(letter for letter, _ in letters)
    kept: list[tuple[str, Marks]] = []
    at = 0
    for found in _SPACES.finditer(text):
        kept += letters[at : found.start()]
        kept.append((" ", letters[found.start()][1]))
        at = found.end()
    kept += letters[at:]
    while kept and kept[0][0] in _SPACE:
        kept.pop(0)
    while kept and kept[-1][0] in _SPACE:
        kept.pop()
    # A space belongs to what has the same marks on both of its sides.
    for at, (letter, _) in enumerate(kept):
        if letter in _SPACE:
            kept[at] = (letter, _both(kept[at - 1][1], kept[at + 1][1]))
    joined: list[Run] = []
    for letter, marks in kept:
        if joined and joined[-1].marks == marks:
            joined[-1] = Run(joined[-1].text + letter, marks)
        else:
            joined.append(Run(letter, marks))
    return joined


def _both(one: Marks, other: Marks) -> Marks:
    link = one.link if one.link == other.link else None
    return Marks(one.bold and other.bold, one.italic and other.italic, link)


def written(runs: list[Run]) -> str:
    """A tag stays open as long as it may; of those that open together, the one that lasts longest is outside."""
    wanted = [None if run is BREAK else _tags(run.marks) for run in runs]
    parts: list[str] = []
    open_now: list[str] = []

    def close(keep: int) -> None:
        while len(open_now) > keep:
            parts.append(f"</{open_now.pop().split(' ', 1)[0]}>")

    for at, run in enumerate(runs):
        tags = wanted[at]
        if tags is None:
            parts.append("<br>")
            continue
        close(next((number for number, tag in enumerate(open_now) if tag not in tags), len(open_now)))
        new = [tag for tag in tags if tag not in open_now]
        new.sort(key=lambda tag: -_lasts(tag, wanted[at:]))
        parts += [f"<{tag}>" for tag in new]
        open_now += new
        parts.append(escape(run.text, quote=False))
    close(0)
    return "".join(parts)


def _lasts(tag: str, wanted: "list[tuple[str, ...] | None]") -> int:
    """For how many runs."""
    return next((number for number, tags in enumerate(wanted) if tags is not None and tag not in tags), len(wanted))


def _tags(marks: Marks) -> tuple[str, ...]:
    bold, italic = ("strong",) * marks.bold, ("em",) * marks.italic
    if not marks.link:
        return bold + italic
    address, title = map(escape, marks.link)
    return (*bold, *italic, f'a href="{address}"' + (f' title="{title}"' if title else ""))

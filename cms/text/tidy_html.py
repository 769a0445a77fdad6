"""Makes of HTML as word processors write it what the eye saw there, in the few tags we keep.

Bold and italic are read from styles, lists from Word's numbered paragraphs, cells of a table stand apart in one line,
and what is empty goes. `static/js/admin/paste.js` does the same for what is pasted, by the same cases
(tests/cms/text/pasted.py). It cleans nothing: what is unsafe has gone before, and goes again after (richtext.py).
"""

import re
from dataclasses import dataclass, field, replace

from cms.text.html_tree import Node, parse
from cms.text.tidy_lines import BREAK, Marks, Run, trimmed, written

_BOLD_TAGS, _ITALIC_TAGS = {"b", "strong"}, {"i", "em", "cite", "dfn"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LISTS = {"ul", "ol"}
_BLOCKS = (
    {"p", "div", "pre", "blockquote", "li", "table", "caption", "tr", "td", "th", "thead", "tbody", "tfoot"}
    | {"section", "article", "header", "footer", "main", "aside", "address", "figure", "figcaption", "dl", "dt", "dd"}
    | _HEADINGS
    | _LISTS
)
BETWEEN_CELLS = " – "

_BOLD = re.compile(r"bold|bolder|[6-9]\d\d|1000")
_LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d)")
_NUMBER = re.compile(r"\(?(\d{1,9}|[a-z]{1,4})[.)]", re.IGNORECASE)
# A list that Word wrote as text: a sign or a number, and spaces that do not break.
_MARKER = re.compile("(?:(\\d{1,9})[.)]|[·•▪◦‣§\uf0b7\uf0a7]|o(?= *\xa0)) *\xa0[ \xa0]+")


@dataclass
class Block:
    tag: str  # p, h2, h3, blockquote, ul, ol, li; empty for words that stand in an item by themselves
    runs: list[Run] = field(default_factory=list)
    blocks: "list[Block]" = field(default_factory=list)
    start: str = ""  # of ol
    level: int = 0  # of a paragraph that Word numbered
    joins: bool = False  # a list that is one with the list before it


def tidy(html: str) -> str:
    """`html` must be well formed. Raises RecursionError for what nobody wrote by hand."""
    root = parse(html)
    reader = _Reader("p", shift=1 if _has(root, "h1") else 0)
    reader.read(root, Marks())
    return "".join(map(_html, reader.ended()))


def _has(node: Node, tag: str) -> bool:
    return any(child.tag == tag or _has(child, tag) for child in node.children if isinstance(child, Node))


class _Reader:
    """Gathers the blocks of one container. `kind` is what words outside any block are: a paragraph, or bare."""

    def __init__(self, kind: str, *, shift: int):
        self.kind, self.shift = kind, shift
        self.blocks: list[Block] = []
        self.runs: list[Run] = []

    def read(self, node: Node, marks: Marks) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.runs.append(Run(child, marks))
            elif _is_hidden(child):
                continue
            elif child.tag == "br":
                self.runs.append(BREAK)
            elif child.tag in _BLOCKS:
                self.flush(self.kind)
                self.block(child, _marks(child, marks))
            else:
                self.read(child, _marks(child, marks))

    def flush(self, tag: str, level: int = 0, start: str = "") -> None:
        if runs := trimmed(self.runs, has_bold=tag not in ("h2", "h3")):
            self.blocks.append(Block(tag, runs, level=level, start=start))
        self.runs = []

    def ended(self) -> list[Block]:
        self.flush(self.kind)
        return _joined(_listed(self.blocks))

    def block(self, node: Node, marks: Marks) -> None:
        if node.tag in _LISTS:
            self.read_list(node, marks)
        elif node.tag == "li":  # outside a list
            self.read_list(Node("ul", {}, [node]), marks, joins=True)
        elif node.tag == "blockquote":
            if inside := self.inside(node, marks, "p"):
                self.blocks.append(Block("blockquote", blocks=inside))
        elif node.tag == "tr":
            self.read_row(node, marks)
        elif node.tag == "div" and "ListContainerWrapper" in node.attributes.get("class", ""):
            before = len(self.blocks)
            self.read(node, marks)  # Word in a browser puts each item into a list of its own
            for block in self.blocks[before:]:
                block.joins = True
        else:
            self.paragraph(node, marks)

    def paragraph(self, node: Node, marks: Marks) -> None:
        """Or a heading, or an item of a list that Word made of paragraphs."""
        tag, kind, level, start = self.kind, self.kind, 0, ""
        if node.tag in _HEADINGS or "MsoTitle" in node.attributes.get("class", ""):
            depth = int(node.tag[1]) if node.tag in _HEADINGS else 1
            tag = "h2" if depth + self.shift <= 2 else "h3"
        elif node.tag == "p":
            tag = "p"
            level, start = _numbered(node)
        self.kind = kind if tag in ("h2", "h3") and kind != "p" else tag
        self.read(node, marks)
        self.flush(self.kind, level, start)
        self.kind = kind

    def inside(self, node: Node, marks: Marks, kind: str) -> list[Block]:
        reader = _Reader(kind, shift=self.shift)
        reader.read(node, marks)
        return reader.ended()

    def read_list(self, node: Node, marks: Marks, *, joins: bool = False) -> None:
        items: list[Block] = []
        for child in node.children:
            if isinstance(child, str) and not child.strip():
                continue
            part = Node("li", {}, [child]) if isinstance(child, str) or child.tag != "li" else child
            if _is_hidden(part):
                continue
            inside = self.inside(part, _marks(part, marks), "")
            if items and isinstance(child, Node) and child.tag in _LISTS:  # not in an item, but under the one before
                items[-1].blocks += inside
            elif inside:
                items.append(Block("li", blocks=inside))
        start = node.attributes.get("start", "") if node.tag == "ol" else ""
        if items:
            self.blocks.append(Block(node.tag, blocks=items, start=start, joins=joins))

    def read_row(self, node: Node, marks: Marks) -> None:
        """One line, if its cells are lines."""
        cells = []
        for child in node.children:
            if isinstance(child, Node) and not _is_hidden(child):
                inside = _marks(child, marks)
                cells.append(self.inside(child, replace(inside, bold=True) if child.tag == "th" else inside, "p"))
        cells = [cell for cell in cells if cell]
        if all(len(cell) == 1 and cell[0].tag == "p" for cell in cells):
            for cell in cells:
                self.runs += [Run(BETWEEN_CELLS)] * bool(self.runs) + cell[0].runs
            self.flush(self.kind)
        else:
            self.blocks += [block for cell in cells for block in cell]


def _style(node: Node) -> dict[str, str]:
    pairs = (part.partition(":") for part in node.attributes.get("style", "").lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _is_hidden(node: Node) -> bool:
    style = _style(node)
    return node.tag == "del" or style.get("display") == "none" or style.get("mso-hide") == "all"


def _marks(node: Node, around: Marks) -> Marks:
    style = _style(node)
    weight, slant = style.get("font-weight", ""), style.get("font-style", "")
    bold = around.bold or node.tag in _BOLD_TAGS
    if weight and weight not in ("inherit", "unset"):
        bold = _BOLD.fullmatch(weight) is not None
    italic = around.italic or node.tag in _ITALIC_TAGS
    if slant and slant not in ("inherit", "unset"):
        italic = slant.startswith(("italic", "oblique"))
    address = node.attributes.get("href", "") if node.tag == "a" else ""
    # Word's own bookmarks lead to places that stay in its document.
    link = (address, node.attributes.get("title", "")) if address and not address.startswith("#_") else around.link
    return Marks(bold, italic, link)


def _numbered(node: Node) -> tuple[int, str]:
    """The depth of a paragraph in Word's list, or 0, and its number, empty for a bullet. The sign is taken off it."""
    style = node.attributes.get("style", "")
    level = _LEVEL.search(style.lower())
    if level:
        sign = _taken(node)
        number = _NUMBER.match(sign.strip())
        return int(level[1]), (number[1] if number[1].isdecimal() else "1") if number else ""
    words = _text(node).lstrip(" \t\r\n")
    if found := _MARKER.match(words):
        _without(node, len(_text(node)) - len(words) + found.end())
        return 1, found[1] or ""
    return 0, ""


def _text(node: "Node | str") -> str:
    return node if isinstance(node, str) else "".join(map(_text, node.children))


def _taken(node: Node) -> str:
    """What Word wrote for the eye as the number of an item; it is no part of the words."""
    signs = [child for child in node.children if isinstance(child, Node)]
    for child in signs:
        if "ignore" in _style(child).get("mso-list", ""):
            node.children.remove(child)
            return _text(child)
        if sign := _taken(child):
            return sign
    return ""


def _without(node: Node, count: int) -> int:
    """Takes so many letters from its beginning. Returns how many are still to go."""
    for at, child in enumerate(node.children):
        if count <= 0:
            break
        if isinstance(child, str):
            node.children[at], count = child[count:], count - len(child)
        else:
            count = _without(child, count)
    return count


def _listed(blocks: list[Block]) -> list[Block]:
    """Paragraphs that Word numbered, as lists in lists."""
    found: list[Block] = []
    depth: list[tuple[int, Block]] = []
    for block in blocks:
        if not block.level:
            depth = []
            found.append(block)
            continue
        tag = "ol" if block.start else "ul"
        while depth and (depth[-1][0] > block.level or (depth[-1][0] == block.level and depth[-1][1].tag != tag)):
            depth.pop()
        if not depth or depth[-1][0] < block.level:
            new = Block(tag, start=block.start)
            (depth[-1][1].blocks[-1].blocks if depth else found).append(new)
            depth.append((block.level, new))
        depth[-1][1].blocks.append(Block("li", blocks=[Block("", block.runs)]))
    return found


def _joined(blocks: list[Block]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if last and block.joins and last.joins and block.tag == last.tag and block.tag in _LISTS:
            last.blocks += block.blocks
        else:
            found.append(block)
    return found


def _html(block: Block) -> str:
    if not block.blocks:
        words = written(block.runs)
        return f"<{block.tag}>{words}</{block.tag}>" if block.tag else words
    inside = block.blocks
    if block.tag == "li" and any(part.tag not in ("", *_LISTS) for part in inside):
        inside = [replace(part, tag=part.tag or "p") for part in inside]
    start = f' start="{block.start}"' if block.start.isdecimal() and int(block.start) != 1 else ""
    return f"<{block.tag}{start}>{''.join(map(_html, inside))}</{block.tag}>"

"""The six marks by which partners write without an editor: headings, lists, quotes, strong and slanted words, links.

Nothing is lost without a word. Whatever the marks cannot say (`can_say`) is shown as the HTML it is.
"""

import re
from html import escape

from cms.text.html_tree import Node, parse
from cms.text.richtext import clean

HELP = (
    "Leave an empty line between paragraphs. Begin a line with ## and a space for a heading, with - or 1. and a space "
    "for a list, with > for a quote. Two stars on both sides make **words strong**, a low line on both sides makes "
    "_words slanted_. A link looks like this: [words](https://example.org)."
)

_DEEPEST = 4  # quotes in quotes
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INLINE = {"strong", "em", "a", "br"}
_HEADING = re.compile(r"(#{2,3}) +(.+)")
_BULLET = re.compile(r"[-*•] +(.*)")
_NUMBER = re.compile(r"(\d{1,9})\. +(.*)")
_PASTED_ITEM = re.compile(r"^ *(?:[•·▪◦]|(\d{1,9}\.))\t[ \t]*", re.MULTILINE)  # as Word writes a list in plain letters
_QUOTE = re.compile(r">(?: (.*)|())$")
_STARTS_A_BLOCK = re.compile(r"(?:#{2,3} |[-*•] |>( |$))")
_STARTS_A_NUMBER = re.compile(r"(\d{1,9})\. ")
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\*\[\]()#>.•_-])"
    r"|(?P<star>\*\*)"
    r"|(?P<low>(?<!\w)_(?=\S)|(?<=\S)_(?!\w))"
    r"|\[(?P<words>(?:\\.|[^\[\]\\])+)\]\((?P<url>(?:\\[\\()]|\([^\s()]*\)|[^\s()\\])+)\)"
    r"|(?P<line>\n)"
)


def _tree(html: str) -> Node:
    root = parse(clean(html))
    _tidy(root)
    return root


def _tidy(node: Node) -> None:
    """Without the spaces that no browser shows, empty paragraphs, and a lone paragraph inside a list item."""
    is_text = node.tag in {"p", "h2", "h3"} | _INLINE or (node.tag == "li" and not _has_blocks(node))
    kept: list[Node | str] = []
    for part in node.children:
        if isinstance(part, str):
            words = _SPACE.sub(" ", part)
            if kept and isinstance(kept[-1], str):
                kept[-1] += words
            elif is_text or words.strip(" "):
                kept.append(words)
            continue
        _tidy(part)
        if part.tag != "p" or part.children:
            kept.append(part)
    node.children = kept
    if node.tag == "li" and len(kept) == 1 and isinstance(kept[0], Node) and kept[0].tag == "p":
        node.children = kept[0].children
    if is_text and node.tag not in _INLINE:
        _trim(node)


def _has_blocks(node: Node) -> bool:
    return any(isinstance(part, Node) and part.tag not in _INLINE for part in node.children)


def _trim(node: Node) -> None:
    """No spaces at the edges of a block, nor around where a line ends."""
    parts = node.children
    for at, part in enumerate(parts):
        if not isinstance(part, str):
            continue
        if at == 0 or _is_break(parts[at - 1]):
            part = part.lstrip(" ")
        if at == len(parts) - 1 or _is_break(parts[at + 1]):
            part = part.rstrip(" ")
        parts[at] = part
    node.children = [part for part in parts if part != ""]


def _is_break(part) -> bool:
    return isinstance(part, Node) and part.tag == "br"


def normal(html: str) -> str:
    """The same text as the marks would write it: without spaces that no browser shows."""
    return clean(_html(_tree(html)))


def _html(node: Node | str) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    inside = "".join(map(_html, node.children))
    if not node.tag:
        return inside
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.tag}{attributes}>" + ("" if node.tag == "br" else f"{inside}</{node.tag}>")


def can_say(html: str) -> bool:
    try:
        return to_html(to_text(html)) == normal(html)
    except RecursionError:  # nobody wrote that by hand
        return False


def to_text(html: str) -> str:
    return "\n\n".join(filter(None, map(_block, _tree(html).children)))


def _block(node: Node | str) -> str:
    if isinstance(node, str):
        return _line_starts(_words(node))
    if node.tag in ("h2", "h3"):
        return f"{'##' if node.tag == 'h2' else '###'} {_inline(node)}"
    if node.tag == "ul":
        return "\n".join(f"- {_item(item)}" for item in node.children)
    if node.tag == "ol":
        start = node.attributes.get("start", "1")
        first = int(start) if start.isdecimal() else 1
        return "\n".join(f"{number}. {_item(item)}" for number, item in enumerate(node.children, first))
    if node.tag == "blockquote":
        lines = "\n\n".join(map(_block, node.children)).split("\n")
        return "\n".join(f"> {line}".rstrip(" ") for line in lines)
    return _line_starts(_inline(node))


def _item(node: Node | str) -> str:
    return (_words(node) if isinstance(node, str) else _inline(node)).replace("\n", "\n  ")


def _line_starts(text: str) -> str:
    """A line that only happens to begin like a heading, a list or a quote."""
    lines = [rf"\{line}" if _STARTS_A_BLOCK.match(line) else line for line in text.split("\n")]
    return "\n".join(_STARTS_A_NUMBER.sub(r"\1\. ", line, count=1) if line[:1].isdecimal() else line for line in lines)


def _inline(node: Node) -> str:
    return "".join(_words(part) if isinstance(part, str) else _marked(part) for part in node.children)


def _marked(node: Node) -> str:
    if node.tag == "br":
        return "\n"
    inside = _inline(node)
    if node.tag == "strong":
        return f"**{inside}**"
    if node.tag == "em":
        return f"_{inside}_"
    if node.tag == "a":
        address = re.sub(r"([\\()])", r"\\\1", node.attributes.get("href", ""))
        return f"[{inside}]({address})"
    return inside


def _words(text: str) -> str:
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\_", text.replace("\\", "\\\\"))  # inside a word it is one
    if "**" in text or text.startswith("*") or text.endswith("*"):
        text = text.replace("*", r"\*")
    return text.replace("[", r"\[").replace("]", r"\]") if "](" in text or text.endswith(("[", "]")) else text


def to_html(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return clean(_blocks(_PASTED_ITEM.sub(lambda found: f"{found[1] or '-'} ", text).split("\n")))


def _blocks(lines: list[str], depth: int = 0) -> str:
    """Each line says what it belongs to; lines of a kind belong together."""
    found: list[tuple[str, list[str]]] = []
    is_apart = True  # whether an empty line went before
    for raw in lines:
        line = raw.strip(" \t")
        kind, words = _kind(line) if depth < _DEEPEST else ("p", line)
        before = found[-1] if found else ("", [])
        if not line:
            is_apart = True
            continue
        if raw.startswith("  ") and before[0] in ("ul", "ol") and not is_apart:
            before[1][-1] += f"\n{line}"
        elif kind == before[0] and (kind in ("ul", "ol") or (kind in ("p", "blockquote") and not is_apart)):
            before[1].append(words)
        else:
            found.append((kind, [line if kind == "ol" else words]))
        is_apart = False
    return "".join(_written(kind, parts, depth) for kind, parts in found)


def _kind(line: str) -> tuple[str, str]:
    if match := _HEADING.fullmatch(line):
        return f"h{len(match[1])}", match[2]
    if match := _BULLET.fullmatch(line):
        return "ul", match[1]
    if match := _NUMBER.fullmatch(line):
        return "ol", match[2]
    if match := _QUOTE.fullmatch(line):
        return "blockquote", match[1] or ""
    return "p", line


def _written(kind: str, parts: list[str], depth: int) -> str:
    if kind == "blockquote":
        return f"<blockquote>{_blocks(parts, depth + 1)}</blockquote>"
    if kind == "p":
        return f"<p>{_spoken(chr(10).join(parts))}</p>"
    if kind == "ul":
        return f"<ul>{''.join(f'<li>{_spoken(part)}</li>' for part in parts)}</ul>"
    if kind == "ol":
        number, _, first = parts[0].partition(". ")
        start = "" if int(number) == 1 else f' start="{int(number)}"'
        return f"<ol{start}>{''.join(f'<li>{_spoken(part)}</li>' for part in (first.lstrip(' '), *parts[1:]))}</ol>"
    return f"<{kind}>{_spoken(parts[0])}</{kind}>"


def _spoken(text: str) -> str:
    """The marks inside a line. One that nothing closes is what was typed."""
    marks = {"star": ("strong", "**"), "low": ("em", "_")}
    left = {kind: sum(match.lastgroup == kind for match in _TOKEN.finditer(text)) for kind in marks}
    is_open = dict.fromkeys(marks, False)
    said, at = [], 0
    for match in _TOKEN.finditer(text):
        said.append(escape(text[at : match.start()], quote=False))
        at = match.end()
        kind = match.lastgroup or ""
        if match["escaped"]:
            said.append(escape(match["escaped"], quote=False))
        elif match["line"]:
            said.append("<br>")
        elif kind in marks:
            tag, typed = marks[kind]
            left[kind] -= 1
            if not left[kind] and not is_open[kind]:
                said.append(typed)
            else:
                said.append(f"</{tag}>" if is_open[kind] else f"<{tag}>")
                is_open[kind] = not is_open[kind]
        else:
            address = re.sub(r"\\([\\()])", r"\1", match["url"])
            said.append(f'<a href="{escape(address)}">{_spoken(match["words"])}</a>')
    said.append(escape(text[at:], quote=False))
    return "".join(said)

"""Rich text, taken apart into what the checks look at."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from cms.text import richtext

HEADINGS = {"h2": 2, "h3": 3}
_BLOCKS = {"p", "li", "blockquote", "ul", "ol", *HEADINGS}


@dataclass(frozen=True)
class Block:
    """A heading (with its level), a paragraph or an item of a list."""

    words: str
    level: int = 0
    is_bold: bool = False


@dataclass(frozen=True)
class Link:
    words: str
    address: str


@dataclass
class Text:
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def __str__(self):
        return " ".join(block.words for block in self.blocks)


def read(html: str) -> Text:
    """The text as readers would get it: cleaned first, so whatever was typed is well formed by now."""
    reader = _Reader()
    reader.feed(richtext.clean(html))
    reader.close()
    reader.end_block()
    return reader.text


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text = Text()
        self.level = 0
        self.bold = 0
        self.written: list[tuple[str, bool]] = []
        self.address: str | None = None
        self.link_words: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in _BLOCKS:
            self.end_block()
            self.level = HEADINGS.get(tag, 0)
        elif tag == "strong":
            self.bold += 1
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "a":
            self.address, self.link_words = dict(attrs).get("href") or "", []

    def handle_endtag(self, tag):
        if tag in _BLOCKS:
            self.end_block()
            self.level = 0
        elif tag == "strong":
            self.bold -= 1
        elif tag == "a" and self.address is not None:
            self.text.links.append(Link(_joined(self.link_words), self.address))
            self.address = None

    def handle_data(self, data):
        self.written.append((data, self.bold > 0))
        if self.address is not None:
            self.link_words.append(data)

    def end_block(self) -> None:
        words = _joined(text for text, _ in self.written)
        if words:
            is_bold = all(bold for text, bold in self.written if text.strip())
            self.text.blocks.append(Block(words, self.level, is_bold))
        self.written = []


def _joined(parts) -> str:
    return " ".join("".join(parts).split())

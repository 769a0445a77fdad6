"""Well-formed HTML as a tree of elements and texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Node:
    """An element; the root has no tag. `children` are elements and texts, whose characters are no longer escaped."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Node("")]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag != "br":
            self.open.append(node)

    def handle_endtag(self, tag):
        if tag != "br" and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parse(html: str) -> Node:
    """The root. `html` is what a cleaner let through, which closes every tag; so a plain stack is enough."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.open[0]

"""Text with headings, lists and links. Whatever reaches the database has lost every other tag."""

import re

import nh3
from django_prose_editor.fields import ProseEditorField

EXTENSIONS = {
    "Bold": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Blockquote": True,
    "HardBreak": True,
    "History": True,
}

_CLEANER = nh3.Cleaner(
    tags={"p", "br", "strong", "h2", "h3", "ul", "ol", "li", "a", "blockquote"},
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)
_EMPTY = re.compile(r"(<p>(\s|&nbsp;|<br>)*</p>\s*)+")


def clean(html: str) -> str:
    """The same text with only the tags and links we allow. An empty editor gives an empty text."""
    cleaned = _CLEANER.clean(html).strip()
    return "" if _EMPTY.fullmatch(cleaned) else cleaned


class RichTextField(ProseEditorField):
    """Cleaned on validation, and again just before it is written: not every writer validates."""

    def __init__(self, *args, under_title: bool = False, **kwargs):
        """`under_title`: on its page only the title stands above it, so that its first heading is a large one."""
        self.under_title = under_title
        kwargs.setdefault("blank", True)
        super().__init__(*args, extensions=dict(EXTENSIONS), sanitize=clean, **kwargs)

    def pre_save(self, model_instance, add):
        value = clean(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, value)
        return value

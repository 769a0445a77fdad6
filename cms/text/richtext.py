"""Text with headings, lists and links. Whatever reaches the database has lost every other tag."""

from contextlib import suppress

import nh3
from django_prose_editor.fields import ProseEditorField

from cms.text import text_cleaning
from cms.text.tidy_html import tidy

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Blockquote": True,
    "HardBreak": True,
    "History": True,
}

_SCHEMES = {"http", "https", "mailto", "tel"}
_CLEANER = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "h2", "h3", "ul", "ol", "li", "a", "blockquote"},
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes=_SCHEMES,
    link_rel=None,
)
# What tells how it looked, well formed; `tidy` makes of it what we keep.
_READER = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS | {"font", "section", "main", "address"},
    clean_content_tags={"script", "style", "title"},
    attributes={"*": {"style", "class"}, "a": {"href", "title"}, "ol": {"start"}},
    url_schemes=_SCHEMES,
    link_rel=None,
)


def clean(html: str) -> str:
    """What the eye saw of it, with only the tags and links we allow. An empty editor gives an empty text."""
    html = text_cleaning.clean(_READER.clean(html))  # afterwards: a letter may be written as an entity
    with suppress(RecursionError):  # nobody wrote that by hand; it is safe all the same
        html = tidy(html)
    return _CLEANER.clean(html).strip()


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

"""What the admin's Content-Security-Policy needs beyond the public one: two inline parts of the rich-text editor.

The editor comes with an import map, whose words depend on where the static files lie, and adds one style element of
its own. Each is allowed by the hash of exactly these words and of no others.
"""

import base64
import hashlib

from django.conf import settings
from django_prose_editor.widgets import importmap

# Of the style that tiptap adds to the page; a test compares it with the editor that is installed.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def editor_import_map() -> str:
    """As the page holds it, between the tags."""
    return str(importmap).partition(">")[2].removesuffix("</script>")


def of_admin() -> dict[str, list[str]]:
    directives = settings.SECURE_CSP | settings.SECURE_CSP_ADMIN
    return directives | {
        "script-src": [*directives["script-src"], hash_of(editor_import_map())],
        "style-src": [*directives["style-src"], EDITOR_STYLE],
    }

"""Goes through the pages of telling as a browser does: with the hidden fields each page has."""

import re
from html import unescape

from django.test import Client

STORY = {
    "title": "First tram",
    "text": "We took the last tram.",
    "language": "en",
    "about": "else",
    "when": "",
    "place": "",
}
CHOICES = {
    "age": "18-plus",
    "full_name": "Tess Teller",
    "shown_as": "first",
    "pen_name": "",
    "email": "tess@example.org",
    "ok_site": "on",
}


def hidden(page: str) -> dict[str, str]:
    """Of the form in the main part that has the draft's secret."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


class Teller:
    """Somebody with a browser, who never has an account."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()

    def page(self, name: str) -> str:
        return self.client.get(f"/tell/{name}/").content.decode()

    def post(self, name: str, fields: dict, **more):
        return self.client.post(f"/tell/{name}/", hidden(self.page(name)) | fields, **more)

    def tells(self, **fields):
        return self.post("story", STORY | fields)

    def chooses(self, **fields):
        """The age first, which decides in which words the rest is asked."""
        typed = CHOICES | fields
        self.post("choices", {"age": typed["age"]})
        return self.post("choices", typed)

    def sends(self):
        return self.post("check", {})

    def tells_it_all(self, choices=None, **fields):
        self.tells(**fields)
        self.chooses(**(choices or {}))
        return self.sends()

"""Reads the forms of a page, and sends them as a browser does."""

from html.parser import HTMLParser
from types import SimpleNamespace


class Page(HTMLParser):
    """The links of a page, and its forms that post."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.form, self.typing, self.text = [], [], None, None, []
        self.select = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.form = SimpleNamespace(action=given.get("action", ""), fields=[], typed=[]) if is_post else None
            if is_post:
                self.forms.append(self.form)
        elif self.form is not None:
            self.in_form(tag, given)

    def in_form(self, tag, given):
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "textarea" and name:
            self.typing, self.text = name, []
            if "readonly" not in given:
                self.form.typed.append((name, "textarea"))
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.form.fields.append((self.select, given.get("value", "")))
        elif tag == "input" and name and kind not in ("submit", "file", "image", "button"):
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            self.form.fields.append((name, given.get("value") or ("on" if kind == "checkbox" else "")))
            if kind in ("text", "email", "url", "search", "tel", "password"):
                self.form.typed.append((name, kind))

    def handle_data(self, data):
        if self.typing:
            self.text.append(data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.typing and self.form is not None:
            self.form.fields.append((self.typing, "".join(self.text).removeprefix("\n")))
            self.typing = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.form = None


def again(response):
    """All of the form that was given back, as a browser sends it."""
    data = {}
    for name, value in Page(response.content.decode()).forms[0].fields:
        data.setdefault(name, []).append(value)
    return data

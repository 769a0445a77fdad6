"""Cleans what a request brings before a view reads it."""

import re

from django.http import QueryDict

from cms.text import text_cleaning

_AS_TYPED = re.compile("password|email|login")


class CleanText:
    """For views that read request.POST or request.GET without a form: what they find has been cleaned, but not
    shortened to one line, which only a form can know (bound_fields.py). Passwords stay as they were typed, and so do
    addresses of email: what nobody sees within one is refused by its form, not mended."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.GET:
            request.GET = cleaned(request.GET)
        if request.method == "POST":
            request.POST = cleaned(request.POST)


def cleaned(sent: QueryDict) -> QueryDict:
    """The same names and values, each cleaned; the object itself where nothing was to be done."""
    found = QueryDict(mutable=True, encoding=sent.encoding)
    has_changed = False
    for name, values in sent.lists():
        better = values if _AS_TYPED.search(name) else [text_cleaning.clean(value) for value in values]
        better_name = text_cleaning.clean(name)
        has_changed = has_changed or better != values or better_name != name
        found.setlist(better_name, better)
    if not has_changed:
        return sent
    found._mutable = False
    return found

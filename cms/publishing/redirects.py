"""Sends readers of an old address to the new one."""

from urllib.parse import urlsplit, urlunsplit

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from cms.page_cache.middleware import declared_by
from cms.publishing.models import MovedAddress, stored_form


class MovedAddresses:
    """Looks only where a page was not found, so a page that exists costs nothing more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        path = request.path
        if len(path) > 300 or "\0" in path:  # no address of ours, and nothing PostgreSQL could hold
            return response
        moved = MovedAddress.objects.at(path).first()
        target = moved.target() if moved else ""
        if not target or self._leads_back(path, target):
            target = _in_small_letters(request)
        if not target:
            return response
        return HttpResponsePermanentRedirect(with_query(target, request.META.get("QUERY_STRING", "")))

    @staticmethod
    def _leads_back(path: str, target: str) -> bool:
        """Whether the reader would be sent in a circle. The admin refuses to make one; other writers may not."""
        seen = {stored_form(path)}
        while (step := stored_form(urlsplit(target).path)) not in seen:
            seen.add(step)
            moved = MovedAddress.objects.at(step).first()
            if moved is None:
                return False
            target = moved.target()
        return True


def with_query(target: str, query: str) -> str:
    """The address with what was asked added to its own query, before its fragment. Where both name the same thing, its
    own value counts."""
    scheme, host, path, own, fragment = urlsplit(target)
    named = {part.partition("=")[0] for part in own.split("&")}
    added = [part for part in query.split("&") if part and part.partition("=")[0] not in named]
    return urlunsplit((scheme, host, path, "&".join([*filter(None, [own]), *added]), fragment))


def _in_small_letters(request) -> str:
    """The page that this address leads to once its capitals are small, or an empty text.

    Looked for among addresses that are the same for everybody, and the public pages of things; never among files and
    among those that hold a key, in which a capital is another letter.
    """
    small = request.path.lower()
    if small == request.path:
        return ""
    for path in [small] if small.endswith("/") else [small, f"{small}/"]:
        try:
            match = resolve(path)
        except Resolver404:
            continue
        declared = declared_by(match.func)
        if "<" not in match.route or (declared and declared.is_kept and _answers(request, match)):
            return path
    return ""


def _answers(request, match) -> bool:
    """Whether a public page is there. Making it changes nothing."""
    try:
        return match.func(request, *match.args, **match.kwargs).status_code == 200
    except Http404:
        return False

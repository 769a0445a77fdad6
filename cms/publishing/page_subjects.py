"""What a public page is about: something published, or nothing single, as a list or a map.

Everything `Publishable` is known by itself. An app whose pages are of another kind registers it from its admin:

    page_subjects.register(Kind(Story, published=…, seen_by=…, called=…))
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

from cms.page_cache.middleware import declared_by
from cms.publishing.models import MovedAddress, Publishable, publishable_models

LONGEST = 300  # letters of any address of ours
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_SITE = " – Derby, a learning city"  # what templates/base.html ends every title with


@dataclass(frozen=True)
class Kind:
    """One kind of thing that has a public page.

    `published` gives what anybody may read now; `seen_by` gives, of rows with an `object_id`, those about things that
    somebody of the staff may know of; `called` is what its page calls it; `concern_url` is where a concern about it is
    reported, if it can be harmful, private or against the law.
    """

    model: type[Model]
    published: Callable[[], QuerySet]
    seen_by: Callable[[Any], Q]
    called: Callable[[Any], str] = str
    concern_url: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Subject:
    """Of one page: where it is, what it calls itself, and the thing it shows, if it is one."""

    path: str
    title: str
    thing: Any = None
    concern_url: str = ""


_registered: dict[type[Model], Kind] = {}


def register(kind: Kind) -> None:
    _registered[kind.model] = kind


def kinds() -> list[Kind]:
    return [*(_of_publishable(model) for model in publishable_models()), *_registered.values()]


def _of_publishable(model: type[Publishable]) -> Kind:
    def seen_by(person: Any) -> Q:
        if not person.has_perm(f"{model._meta.app_label}.{get_permission_codename('view', model._meta)}"):
            return Q(pk=None)
        if not person.is_limited or person.is_superuser:
            return Q()
        return Q(object_id__in=model._default_manager.order_by().within_reach_of(person).values("pk"))

    return Kind(model, published=lambda: model._default_manager.published(), seen_by=seen_by)


def find(path: str) -> Subject | None:
    """The page that anybody can read at this address now, also where it has moved to; None if there is none."""
    if len(path) > LONGEST or "\0" in path:
        return None
    if found := _page_at(path):
        return found
    moved = MovedAddress.objects.filter(old_path=path).first()
    return _page_at(urlsplit(moved.target()).path) if moved else None


def _page_at(path: str) -> Subject | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if declared_by(match.func) is None:
        return None
    if slug := match.kwargs.get("slug"):
        for kind in kinds():
            thing = kind.published().filter(slug=slug).first()
            if thing is not None and thing.get_absolute_url() == path:
                return Subject(path, kind.called(thing), thing, kind.concern_url(thing) if kind.concern_url else "")
    title = _title_of(path, match)
    return Subject(path, title) if title else None


def _title_of(path: str, match: ResolverMatch) -> str:
    """What the page calls itself; nothing where there is no page for people. A list has no row of its own to ask."""
    request = HttpRequest()
    request.method, request.path, request.path_info, request.resolver_match = "GET", path, path, match
    site = urlsplit(settings.SITE_URL)
    request.META = {"HTTP_HOST": site.netloc, "SERVER_NAME": site.hostname, "SERVER_PORT": site.port or 443}
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return ""
    if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith("text/html"):
        return ""
    if not response.streaming and (found := _TITLE.search(response.content.decode())):
        return " ".join(unescape(found[1]).removesuffix(_SITE).split())
    return ""

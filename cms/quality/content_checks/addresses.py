"""Whether addresses on this site lead to a page, many in a few questions to the database."""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Value
from django.urls import Resolver404, resolve, reverse

from cms.publishing.models import MovedAddress, publishable_models, stored_form

_LONGEST = 300  # letters of any address of ours


def is_ours(address: str) -> bool:
    return (address.startswith("/") and not address.startswith("//")) or is_ours_in_full(address)


def is_ours_in_full(address: str) -> bool:
    """An address on this site that was written with the name of the site."""
    return urlsplit_or_none(address)[:2] == urlsplit(settings.SITE_URL)[:2]


def path_of(address: str) -> str:
    """The path on this site, without what follows “?” or “#”."""
    return unquote(urlsplit_or_none(address).path) or "/"


def urlsplit_or_none(address: str):
    """What cannot be read as an address has no part of one."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def is_for_staff(path: str) -> bool:
    return path.startswith(reverse("admin:index"))


def lost(paths: Iterable[str]) -> dict[str, str]:
    """Those that lead to no page now, each with where it leads on from there, or an empty text."""
    asked = set(paths)
    gone = asked - live(asked)
    if not gone:
        return {}
    old = [path for path in gone if len(path) <= _LONGEST and "\0" not in path]
    moved = {}
    stored = {stored_form(path) for path in old}
    for row in MovedAddress.objects.filter(old_path__in=stored).prefetch_related("thing"):
        target = row.new_path if row.content_type_id is None else row.thing.get_absolute_url() if row.thing else ""
        moved[row.old_path] = target
    still = live({path_of(target) for target in moved.values() if target}) if moved else set()
    targets = {path: moved.get(stored_form(path), "") for path in gone}
    return {path: target if target and path_of(target) in still else "" for path, target in targets.items()}


def live(paths: Iterable[str]) -> set[str]:
    """Those that lead to a list, or to something published."""
    found = set()
    named = defaultdict(set)
    for path in paths:
        try:
            match = resolve(path)
        except Resolver404:
            continue
        if slug := match.kwargs.get("slug"):
            named[slug].add(path)
        elif "<" not in match.route:  # the same for everybody, with nothing to be found
            found.add(path)
    return found | _published(named) if named else found


def _published(named: dict[str, set[str]]) -> set[str]:
    slugs = [slug for slug in named if "\0" not in slug]
    asked = [
        model._default_manager.published()
        .filter(slug__in=slugs)
        .order_by()
        .values_list(Value(model._meta.label, CharField()), "pk")
        for model in publishable_models()
    ]
    keys = defaultdict(list)
    for label, pk in asked[0].union(*asked[1:], all=True):
        keys[label].append(pk)
    found = [apps.get_model(label)._default_manager.filter(pk__in=pks) for label, pks in keys.items()]
    return {thing.get_absolute_url() for things in found for thing in things} & set().union(*named.values())

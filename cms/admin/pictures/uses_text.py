"""Where a picture is used, as staff may read it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch

from cms.backoffice.object_permissions import HIDDEN, hidden_from, is_limited, key_of
from cms.lib.admin_urls import admin_url
from cms.publishing.models import Publishable
from cms.revisions.models import Proposal


def named(found: Sequence[Publishable | Proposal], person: Any) -> list[tuple[str, str]]:
    """Pages, and changes beside pages, each with its words and its address; once, and without one, for all of those
    that somebody may not see."""
    reach = _reach(found, person)
    told = [(_words(one), _address(one)) for one in found if _may_see(one, person, reach)]
    return told if len(told) == len(found) else [*told, (HIDDEN, "")]


def in_a_row(words: Iterable[str]) -> str:
    """One, two and three."""
    *most, last = ["", *words]
    return " and ".join(filter(None, [", ".join(filter(None, most)), last]))


def _reach(found: Sequence[Publishable | Proposal], person: Any) -> set[tuple[int, int]]:
    """What somebody whose rights are limited was given, of each kind that a change is about."""
    kinds = {one.content_type_id for one in found if isinstance(one, Proposal)} if is_limited(person) else set()
    given = set()
    for kind in kinds:
        model: Any = ContentType.objects.get_for_id(kind).model_class()
        given |= {(kind, key) for key in model._default_manager.given_to(person).values_list("pk", flat=True)}
    return given


def _may_see(one: Publishable | Proposal, person: Any, reach: set[tuple[int, int]]) -> bool:
    if isinstance(one, Proposal):
        return not is_limited(person) or (one.content_type_id, one.object_id) in reach
    return key_of(one) not in hidden_from(person)


def _words(one: Publishable | Proposal) -> str:
    return f"a change beside “{one}”" if isinstance(one, Proposal) else f"“{one}”"


def _address(one: Publishable | Proposal) -> str:
    if isinstance(one, Proposal):
        return one.get_absolute_url()
    try:
        return admin_url(one)
    except NoReverseMatch:
        return one.get_absolute_url()  # type: ignore[attr-defined]  # whatever is published has one

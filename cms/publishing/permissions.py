"""Who of staff may see, change and publish what: Django's permissions, and the one rule over single objects.

Somebody whose rights are limited (`is_limited`) works only on the objects they were given (`given_to`), and sees of the
rest what is public. docs/staff.md shows it as a table; tests/cms/test_permissions.py tests it as one.
"""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db.models import CharField, Model, Value

from cms.publishing.models import Publishable, publishable_models

ObjectKey = tuple[str, int]  # of an object: the label of its model, and its primary key
Somebody = PermissionsMixin | AnonymousUser


def is_limited(user) -> bool:
    return getattr(user, "is_limited", False) and not user.is_superuser  # nobody signed in has no such attribute


def _reach_of(person) -> tuple[set[ObjectKey], set[ObjectKey]]:
    """What somebody whose rights are limited was given, and what they may not see. Read once for each instance of the
    person, so once for each request."""
    if not hasattr(person, "_reach"):
        kinds = [(model._meta.label_lower, model._default_manager.order_by()) for model in publishable_models()]
        asked = [_keys("given", label, things.within_reach_of(person)) for label, things in kinds]
        for label, things in kinds:
            asked.append(_keys("hidden", label, things.exclude(pk__in=things.readable_by(person).values("pk"))))
        found: dict[str, set[ObjectKey]] = {"given": set(), "hidden": set()}
        for what, *key in asked[0].union(*asked[1:], all=True):
            found[what].add((key[0], key[1]))
        person._reach = found["given"], found["hidden"]
    return person._reach


def _keys(what, label, things):
    return things.values_list(Value(what, CharField()), Value(label, CharField()), "pk")


def key_of(thing: Any) -> ObjectKey:
    return thing._meta.label_lower, thing.pk


def hidden_from(person) -> set[ObjectKey]:
    return _reach_of(person)[1] if is_limited(person) else set()


def is_within_reach(person: Somebody, thing: Model | None) -> bool:
    """Whether somebody works on this object at all; on none in particular, everybody does."""
    if not isinstance(thing, Publishable) or not is_limited(person):
        return True
    return key_of(thing) in _reach_of(person)[0]


def has_right(person: Somebody, right: str, model: type[Model]) -> bool:
    """Whether somebody has one of Django's permissions for a model: view, add, change, delete or publish."""
    return person.has_perm(f"{model._meta.app_label}.{get_permission_codename(right, model._meta)}")


def may_change(person: Somebody, model: type[Model], thing: Model | None = None) -> bool:
    return has_right(person, "change", model) and is_within_reach(person, thing)


def may_publish(person: Somebody, model: type[Model], thing: Model | None = None) -> bool:
    """Whether they may decide what the public reads: publish, schedule, take down, and judge proposals."""
    return has_right(person, "publish", model) and may_change(person, model, thing)

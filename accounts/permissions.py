"""Who has which rights, and may hand them on. Nobody gives, or takes over, more than they have."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.text import capfirst

from accounts.models import User
from cms.backoffice.object_permissions import is_limited
from cms.publishing.display import name_of

_ACTIONS = {
    "view": "look at",
    "add": "add",
    "change": "change",
    "delete": "delete",
    "publish": "publish and take down",
    "export": "export",
    "answer": "answer",
    "decide": "decide about",
    "act": "act for",
    "merge": "make two one of",
    "end": "end the partnership of",
    "retry": "try again",
}


def rights_of(person) -> set[int]:
    """All rights somebody has by group or by name, signed in or shut out. Not those of a superuser, who needs none.

    Read once for each request, since every request has its own objects.
    """
    if not hasattr(person, "_rights"):
        found = Permission.objects.filter(Q(group__user=person) | Q(user=person))
        person._rights = set(found.values_list("pk", flat=True))
    return person._rights


def grantable_rights(editor):
    """The rights somebody may hand on: those they hold."""
    offered = (
        Permission.objects.select_related("content_type")
        .exclude(content_type__app_label__in=("admin", "contenttypes", "sessions", "account", "mfa", "usersessions"))
        .exclude(content_type__app_label="procrastinate", codename__regex="^(add|change|delete)_")
        .exclude(content_type__model__startswith="historical")
        .exclude(content_type__model__in=("permission", "seededrow", "edition", "moment"))
        .order_by("content_type__app_label", "content_type__model", "pk")
    )
    return offered if editor.is_superuser else offered.filter(pk__in=rights_of(editor))


def grantable_groups(editor):
    """The groups somebody may put people into: those with no right they lack themselves."""
    if editor.is_superuser:
        return Group.objects.all()
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=rights_of(editor)))


def may_change(editor, person) -> bool:
    """To change somebody's address is to become them, so it takes every right they have. Whoever is
    limited has theirs over few things only, so they change nobody but themselves."""
    if editor.is_superuser or editor == person:
        return True
    return not is_limited(editor) and not person.is_superuser and rights_of(person) <= rights_of(editor)


CLAIMS = ("is_active", "is_staff", "is_limited", "is_superuser")


def rights_in_words(thing: User | Group) -> dict[str, Any]:
    """What the record says somebody, or a group, may do."""
    if isinstance(thing, Group):
        held = thing.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
        return {"rights": [f"{right_in_words(right)}: {kind_in_words(right.content_type)}" for right in held]}
    told = {name_of(User, name): getattr(thing, name) for name in CLAIMS}
    told["groups"] = [group.name for group in thing.groups.order_by("name")]
    told["rights of their own"] = [right.name for right in thing.user_permissions.order_by("pk")]
    return told


def kind_in_words(content_type) -> str:
    model = content_type.model_class()
    return capfirst(str(model._meta.verbose_name_plural)) if model else content_type.model


def right_in_words(right) -> str:
    return _ACTIONS.get(right.codename.partition("_")[0], right.name)

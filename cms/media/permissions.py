"""Who may change which picture.

What the public sees of a picture is changed only by whoever may publish all that shows it.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from cms.media.models import Image, PictureUse, holders
from cms.media.uses import changes_with, with_own_words
from cms.publishing import permissions
from cms.publishing.models import Publishable
from cms.revisions.models import Proposal


def changeable(person: Any) -> QuerySet:
    """Those that somebody may change if they may change any. What they may do, permissions say."""
    found = Image.objects.changeable_by(person)
    for model, path, things, changes in _closed_to(person):
        shown = things.filter(**{f"{path}__isnull": False}).values(path)
        waiting = changes & changes_with(model, path, OuterRef("pk"))
        found = found.exclude(pk__in=shown).exclude(Exists(waiting))
    return found


def closed_by(person: Any, image: Image) -> list[Publishable | Proposal]:
    """What keeps somebody from changing a picture."""
    found: list[Publishable | Proposal] = []
    waiting = Proposal.objects.none()
    for model, path, things, changes in _closed_to(person):
        found += things.filter(**{path: image}).distinct()
        waiting |= changes & changes_with(model, path, Value(image.pk))  # all in one question
    return found + list(waiting)


def _closed_to(person: Any) -> Iterator[tuple[type[Publishable], str, QuerySet, QuerySet]]:
    """What the public reads or will read by itself, and this person may not publish: pages, and changes of them."""
    for model, path in holders():
        things = model._default_manager.published() | model._default_manager.scheduled()
        changes = Proposal.objects.filter(status=Proposal.Status.SCHEDULED)
        if not permissions.may_publish(person, model):
            yield model, path, things, changes
        elif person.is_limited:
            own = model._default_manager.within_reach_of(person).values("pk")
            yield model, path, things.exclude(pk__in=own), changes.exclude(object_id__in=own)


def may_change(person: Any, image: Image) -> bool:
    """Also whether they still may, which is asked again when the sizes of what they chose are made."""
    if person is None or not person.has_perm("cms.change_image"):
        return False
    return changeable(person).filter(pk=image.pk).exists()


def words_beyond(person: Any, image: Image) -> list[PictureUse]:
    """Words of its own that a page says of a picture, and somebody may not change."""
    uses = with_own_words(image)
    reach = {}
    for model in {type(use.page) for use in uses}:
        pages = {use.page.pk for use in uses if isinstance(use.page, model)}
        things = model._default_manager.within_reach_of(person).filter(pk__in=pages)
        may = permissions.may_change(person, model)
        reach[model] = set(things.values_list("pk", flat=True)) if may else set()
    return [use for use in uses if use.page.pk not in reach[type(use.page)]]

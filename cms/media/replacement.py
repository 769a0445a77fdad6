"""Another picture in the place of one, everywhere at once.

Until all sizes are made everything shows the old picture; then everything shows the new one, with words
that somebody has read again.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.media import permissions, renditions
from cms.media.models import Image, PictureCopy, PictureUse, Replacement
from cms.media.storage import both, is_lost, locked, put, remove, written
from cms.outbox import mail

_COPIED = [field.name for field in PictureCopy._meta.local_fields]
_TOLD = ("alternative_text", "credit", "licence")
_WHY = "Replaced the picture everywhere"

_LOST = "The file of the new picture is missing from our disk."
_NOT_THEIRS = "By now the public reads something that shows it and that you may not publish."


def replace(waiting: Replacement) -> Replacement:
    """Another one that was still waiting goes; the last word counts. The caller queues the job."""
    with transaction.atomic():
        locked(waiting.image_id)
        for other in Replacement.objects.filter(image=waiting.image_id):
            _drop(other)
        waiting.save()
    return waiting


def _drop(waiting: Replacement) -> None:
    files = both(waiting)
    waiting.delete()
    transaction.on_commit(partial(remove, files))


def take_over(pk: int) -> None:
    """Makes all sizes of a replacement; then everything that shows the picture shows it, and the old one is gone."""
    waiting = Replacement.objects.filter(pk=pk).first()
    if waiting is None:
        return
    if is_lost(waiting):
        _give_up(pk, _LOST)
        return
    with waiting.master.open() as master:
        made = list(renditions.make(master, (50, 50)))
    with written() as write, transaction.atomic():
        image = locked(waiting.image_id)
        waiting = Replacement.objects.filter(pk=pk).select_related("by").first()
        if image is None or waiting is None:  # another one was chosen meanwhile
            return
        if not permissions.may_change(waiting.by, image):
            _give_up(pk, _NOT_THEIRS)
            return
        _switch(image, waiting, made, write)


@transaction.atomic
def _give_up(pk: int, why: str) -> None:
    """Everything stays as it is, and whoever chose the new one is told."""
    waiting = Replacement.objects.filter(pk=pk).select_related("by", "image").first()
    if waiting is None:
        return
    if waiting.by and waiting.by.is_active:
        text = f"You wanted to replace the picture “{waiting.image}”. {why}\n\nNothing has changed."
        mail.send(to=waiting.by.email, subject="A picture was not replaced", text=text)
    _drop(waiting)


def _switch(image: Image, waiting: Replacement, made: list[renditions.Made], write: Any) -> None:
    old, gone = {name: getattr(image, name) for name in _TOLD}, both(image)
    for name in _COPIED:
        setattr(image, name, getattr(waiting, name))
    image.focal_x = image.focal_y = 50
    image.version += 1
    put(image, made, write)
    _save_as(waiting.by, image, [*_COPIED, "focal_x", "focal_y", "version", "widths"])
    new = {name: getattr(image, name) for name in _TOLD}
    for use, was in _reworded(waiting):
        for name in was:
            old[f"{name} on “{use.page}”"], new[f"{name} on “{use.page}”"] = was[name], getattr(use, name)
        _save_as(waiting.by, use, list(was))
        _save_as(waiting.by, use.page, ["modified_at"])  # so that whoever has its form open is told
    waiting.delete()
    audit_log.write(AuditEvent.Action.PICTURE_REPLACED, image, by=waiting.by, old=old, new=new)
    transaction.on_commit(partial(remove, gone))


def _reworded(waiting: Replacement) -> Iterator[tuple[PictureUse, dict[str, str]]]:
    """Each use whose words become others, not saved yet, with what it says now. What somebody has written there
    meanwhile stays."""
    for told in sorted(waiting.use_words, key=lambda told: (told["model"], told["key"])):
        model: type[PictureUse] = apps.get_model(told["model"])
        uses = model._default_manager.filter(pk=told["key"], image=waiting.image_id)
        page = uses.values_list(model.page_name(), flat=True).first()
        if page is None:
            continue
        kind: Any = model._meta.get_field(model.page_name()).related_model
        # The page first, as its form does, so that neither waits for the other for ever.
        kind._default_manager.select_for_update(no_key=True).get(pk=page)
        use = uses.filter(**told["was"]).select_related(model.page_name()).first()
        changed = {name: was for name, was in told["was"].items() if told["words"][name] != was}
        if use is None or not changed:
            continue
        for name in changed:
            setattr(use, name, told["words"][name])
        yield use, changed


def _save_as(person: Any, thing: Any, names: list[str]) -> None:
    thing._history_user, thing._change_reason = person, _WHY
    thing.save(update_fields=names)

"""Files and rows, which come and go together.

The law here: files are written before the row that names them is certain and go again if it is not; they are deleted
only once no row names them.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from editorial import record
from editorial.images import renditions
from editorial.images.cleaning import Picture
from editorial.models import AuditEvent, Image, PictureCopy, Replacement

_COPIED = [field.name for field in PictureCopy._meta.local_fields]
_TOLD = ("alternative_text", "credit", "licence")

Write = Callable[[str, bytes], str]


@contextmanager
def _written() -> Iterator[Write]:
    """For writing files: if anything goes wrong before the end, none of them stays."""
    names: list[str] = []

    def write(name: str, content: bytes) -> str:
        names.append(name)
        return default_storage.save(name, ContentFile(content))

    try:
        yield write
    except BaseException:
        _remove(names)
        raise


def _remove(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def store(copy: Image | Replacement, picture: Picture) -> None:
    """Writes both files under random names and puts them on the row, which the caller saves.

    If one cannot be written, neither stays.
    """
    name = uuid.uuid4().hex
    with _written() as write:
        copy.master.name = write(f"images/{name}.jpg", picture.master)
        copy.preview.name = write(f"images/{name}-{picture.preview_width}.jpg", picture.preview)
    copy.width, copy.height, copy.preview_width = picture.width, picture.height, picture.preview_width


def remove_files(copy: Image | Replacement) -> None:
    """The two that `store` wrote."""
    _remove(_both(copy))


def _both(copy: Image | Replacement) -> list[str]:
    return [file.name for file in (copy.master, copy.preview) if file.name]


def _names(image: Image) -> list[str]:
    waiting = [name for copy in Replacement.objects.filter(image=image) for name in _both(copy)]
    return [*_both(image), *waiting, *image.renditions.values_list("file", flat=True)]


def delete(image: Image) -> None:
    """The row now, its files once that is certain."""
    names = _names(image)
    image.delete()
    transaction.on_commit(partial(_remove, names))


def finish(pk: int) -> None:
    """Makes all sizes of a picture, unless they are there or the picture is gone."""
    image = Image.objects.unready().filter(pk=pk).first()
    if image is None:
        return
    with image.master.open() as master:
        made = list(renditions.make(master, (image.focal_x, image.focal_y)))
    with _written() as write, transaction.atomic():
        image = Image.objects.select_for_update().unready().filter(pk=pk, version=image.version).first()
        if image is not None:
            _put(image, made, write)
            _save_quietly(image)


def recrop(pk: int) -> None:
    """Cuts the wide crop anew, around where the focal point is now."""
    image = Image.objects.exclude(widths=[]).filter(pk=pk).first()
    if image is None:  # gone, or all of it is still to be made
        return
    with image.master.open() as master:
        made = renditions.make_wide(master, (image.focal_x, image.focal_y))
    with _written() as write, transaction.atomic():
        image = Image.objects.select_for_update().filter(pk=pk, version=image.version).first()
        if image is not None:
            _put(image, [made], write)
            image.version += 1
            _save_quietly(image)


def take_over(pk: int) -> None:
    """Makes all sizes of a replacement; then everything that shows the picture shows it, and the old one is gone."""
    waiting = Replacement.objects.filter(pk=pk).first()
    if waiting is None:
        return
    with waiting.master.open() as master:
        made = list(renditions.make(master, (50, 50)))
    with _written() as write, transaction.atomic():
        image = Image.objects.select_for_update().get(pk=waiting.image_id)
        waiting = Replacement.objects.filter(pk=pk).select_related("by").first()
        if waiting is None:  # another one was chosen meanwhile
            return
        old, gone = {name: getattr(image, name) for name in _TOLD}, _both(image)
        for name in _COPIED:
            setattr(image, name, getattr(waiting, name))
        image.focal_x = image.focal_y = 50
        image.version += 1
        _put(image, made, write)
        _save_as(waiting.by, image)
        waiting.delete()
        new = {name: getattr(image, name) for name in _TOLD}
        record.write(AuditEvent.Action.PICTURE_REPLACED, image, by=waiting.by, old=old, new=new)
        transaction.on_commit(partial(_remove, gone))


def _save_as(person: Any, image: Any) -> None:
    image._history_user, image._change_reason = person, "Replaced the picture everywhere"
    image.save()


def _save_quietly(image: Any) -> None:
    """Without a line in its history: nothing that anybody said about it has changed."""
    image.skip_history_when_saving = True
    image.save()


def _put(image: Image, made: Iterable[renditions.Made], write: Write) -> None:
    """Puts these sizes in the place of those of the same name; if they are all, in the place of all. Not saved."""
    made = list(made)
    widths = sorted({one.width for one in made if one.format == "avif"})
    old = image.renditions.all() if widths else image.renditions.filter(name__in=[one.name for one in made])
    gone = list(old.values_list("file", flat=True))
    old.delete()
    stem = uuid.uuid4().hex
    for one in made:
        image.renditions.create(
            name=one.name,
            format=one.format,
            width=one.width,
            height=one.height,
            size=len(one.content),
            file=write(f"images/{stem}-{one.name}", one.content),
        )
    image.widths = widths or image.widths
    transaction.on_commit(partial(_remove, gone))

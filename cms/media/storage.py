"""Files and rows, which come and go together.

Files are written before the row that names them is certain and go again if it is not; they are deleted
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
from django.db.models import Model

from cms.media import renditions
from cms.media.cleaning import Picture
from cms.media.models import CleanCopy, Image, Replacement

Write = Callable[[str, bytes], str]


@contextmanager
def written() -> Iterator[Write]:
    """For writing files: if anything goes wrong before the end, none of them stays."""
    names: list[str] = []

    def write(name: str, content: bytes) -> str:
        names.append(name)
        return default_storage.save(name, ContentFile(content))

    try:
        yield write
    except BaseException:
        remove(names)
        raise


def remove(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def store(copy: CleanCopy, picture: Picture) -> None:
    """Writes both files under random names and puts them on the row, which the caller saves.

    If one cannot be written, neither stays.
    """
    name = uuid.uuid4().hex
    with written() as write:
        copy.master.name = write(f"{copy.folder}/{name}.jpg", picture.master)
        copy.preview.name = write(f"{copy.folder}/{name}-{picture.preview_width}.jpg", picture.preview)
    copy.width, copy.height, copy.preview_width = picture.width, picture.height, picture.preview_width


def remove_files(copy: CleanCopy) -> None:
    """The two that `store` wrote."""
    remove(both(copy))


def both(copy: CleanCopy) -> list[str]:
    return [file.name for file in (copy.master, copy.preview) if file.name]


def names_of(picture: Any) -> list[str]:
    """Of all files of a clean copy and its sizes."""
    return [*both(picture), *picture.renditions.values_list("file", flat=True)]


def _names(image: Image) -> list[str]:
    waiting = [name for copy in Replacement.objects.filter(image=image) for name in both(copy)]
    return [*names_of(image), *waiting]


def delete(image: Image) -> None:
    """The row now, its files once that is certain."""
    with transaction.atomic():
        image = locked(image.pk) or image
        names = _names(image)
        image.delete()
        transaction.on_commit(partial(remove, names))


def locked(pk: int, kind: type[Model] = Image) -> Any:
    """The picture as it is now; nobody else changes it before this transaction ends, but pages may begin to show it."""
    return kind._default_manager.select_for_update(no_key=True).filter(pk=pk).first()


def save_fields(image: Any, names: Iterable[str], *, by: Any) -> None:
    """Only these of it, with a line in its history: whatever was changed meanwhile, its files above all, stays."""
    with transaction.atomic():
        stored: Any = locked(image.pk)
        if stored is None:
            return
        for name in names:
            setattr(stored, name, getattr(image, name))
        stored._history_user = by
        stored.save(update_fields=names)


def is_lost(copy: CleanCopy) -> bool:
    """Whether its file is not there, as after a database was brought back without its pictures."""
    return not default_storage.exists(copy.master.name or "")


def finish(pk: int, kind: type[Model] = Image) -> None:
    """Makes all sizes of a picture, unless they are there or the picture is gone. `kind` is Sized, and a CleanCopy."""
    image: Any = kind._default_manager.filter(pk=pk, widths=[]).first()
    if image is None or is_lost(image):
        return
    with image.master.open() as master:
        made = list(renditions.make(master, image.focal))
    with written() as write, transaction.atomic():
        found = locked(pk, kind)
        if found is not None and not found.is_ready and found.version == image.version:
            put(found, made, write)
            _save_quietly(found, "widths")


def recrop(pk: int) -> None:
    """Cuts the wide crop anew, around where the focal point is now."""
    image = Image.objects.exclude(widths=[]).filter(pk=pk).first()
    if image is None or is_lost(image):  # or all of it is still to be made
        return
    with image.master.open() as master:
        made = renditions.make_wide(master, image.focal)
    with written() as write, transaction.atomic():
        found = locked(pk)
        if found is not None and found.version == image.version:
            put(found, [made], write)
            found.version += 1
            _save_quietly(found, "version")


def _save_quietly(image: Any, name: str) -> None:
    """Without a line in its history: nothing that anybody said about it has changed."""
    image.skip_history_when_saving = True
    image.save(update_fields=[name])


def put(image: Any, made: Iterable[renditions.Made], write: Write) -> None:
    """Puts these sizes of a Sized in the place of those of the same name; if they are all, in the place of all. Not
    saved."""
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
            file=write(f"{image.folder}/{stem}-{one.name}", one.content),
        )
    image.widths = widths or image.widths
    transaction.on_commit(partial(remove, gone))

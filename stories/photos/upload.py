"""Takes in the files of a story's pictures, each on its own, so that a bad one spoils nothing.

Only the clean copy is kept, under a random name; what the file was called is never kept. The same file
sent twice, by a double click or by five tabs at once, is one picture.
"""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from cms import limits
from cms.media import cleaning, storage
from stories.models import Story, StoryPicture, Version, VersionPicture

MOST = 10
MOST_OF_A_NETWORK = 600  # a day, so that nobody fills the disk; a school that tells thirty stories stays below
SECONDS = 18  # of one request, after which files that are left wait for the next: its worker is replaced after 30
NAME_LENGTH = 40
_DAY = 24 * 60 * 60
_MAKE_SIZES = "stories.jobs.make_sizes"

# By what cleaning calls it: what is wrong with a file, and what to do.
_WORDS: dict[str, Any] = {
    "empty": "“{name}” is empty. Choose it again, or another copy of it.",
    "too_large": "“{name}” is larger than 25 MB. Choose a smaller copy of it.",
    "format": "“{name}” is not a picture we can take. Save it as a JPEG and choose that.",
    "too_many_pixels": "“{name}” has more than 60 million points. Choose a copy at most 6,000 points wide.",
    "damaged": "“{name}” is damaged, or was cut off on its way here. Choose another copy of it.",
    "full": f"“{{name}}” was not added: a story has up to {MOST} pictures. Take one away first.",
    "not_stored": "“{name}” could not be kept, because our disk is full or busy. Please try again later.",
    "later": "“{name}” was not added yet: these were many at once. Please choose it again.",
    "busy": _(
        "“{name}” was not added yet: many photos are coming in just now. Your words are safe. "
        "Please send this photo again in a minute."
    ),
    "many": "“{name}” was not added: very many pictures have come from your network today. Try again tomorrow.",
    "sent": "“{name}” was not added: this story was sent meanwhile.",
}


@dataclass
class Taken:
    """What became of the files: those that are pictures of the version now, and a sentence for each that is not.
    `is_busy` if some may be sent again in a moment, as so many come in."""

    added: list[VersionPicture] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_busy: bool = False


def take(story: Story, version: Version, uploads: Iterable[UploadedFile], *, network: str = "") -> Taken:
    """The files of one post. All that is right with them stays, whatever is wrong with others. `network` is where they
    come from, if that is to be counted."""
    taken, until = Taken(), time.monotonic() + SECONDS
    for upload in uploads:
        try:
            if taken.is_busy:  # whoever is sent away once does not wait for each of the others
                raise ValidationError("", code="busy")
            if taken.added and time.monotonic() > until:
                raise ValidationError("", code="later")
            use = _take_one(story, version, upload, network)
            if use not in taken.added:
                taken.added.append(use)
        except ValidationError as error:
            taken.is_busy |= error.code == "busy"
            taken.refused.append(_words(error.code, upload))
        except OSError:
            taken.refused.append(_words("not_stored", upload))
    return taken


def _words(code: str | None, upload: UploadedFile) -> str:
    name = "".join(letter for letter in (upload.name or "") if letter.isprintable()) or "That file"
    if len(name) > NAME_LENGTH:
        name = name[: NAME_LENGTH // 2] + "…" + name[-NAME_LENGTH // 4 :]
    return str(_WORDS.get(code or "", _WORDS["damaged"])).format(name=name)


def _take_one(story: Story, version: Version, upload: UploadedFile, network: str) -> VersionPicture:
    if (upload.size or 0) > cleaning.MAX_BYTES:
        raise ValidationError("", code="too_large")
    digest = _digest(upload)
    known = StoryPicture.objects.filter(story=story, digest=digest).first()
    if known is not None:
        return _use(known, version)
    if version.pictures.count() >= MOST:
        raise ValidationError("", code="full")
    if network and not limits.allows("story pictures", network, most=MOST_OF_A_NETWORK, seconds=_DAY):
        raise ValidationError("", code="many")
    try:
        clean = cleaning.read(upload)
    except ValidationError as error:
        if network and error.code == "busy":
            limits.uncount("story pictures", network)
        raise
    picture = StoryPicture(story=story, digest=digest)
    storage.store(picture, clean)
    try:
        with transaction.atomic():
            _lock(version)
            known = StoryPicture.objects.filter(story=story, digest=digest).first()
            # Another tab may have been quicker with the same file.
            use = _use(known or _saved(picture), version)
    except BaseException:
        storage.remove_files(picture)
        raise
    if known is not None:
        storage.remove_files(picture)
    return use


def _digest(upload: UploadedFile) -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _saved(picture: StoryPicture) -> StoryPicture:
    picture.save()
    app.configure_task(_MAKE_SIZES).defer(picture_id=picture.pk)
    return picture


def _lock(version: Version) -> None:
    """Nobody else adds to the story meanwhile, and this is still being written."""
    Story.objects.select_for_update(no_key=True).filter(pk=version.story_id).first()
    found = Version.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
    if found is None or found.state != Version.State.WRITING:
        raise ValidationError("", code="sent")


@transaction.atomic
def _use(picture: StoryPicture, version: Version) -> VersionPicture:
    _lock(version)
    use = version.pictures.filter(picture=picture).first()
    if use is not None:
        return use
    if version.pictures.count() >= MOST:
        raise ValidationError("", code="full")
    if not StoryPicture.objects.filter(pk=picture.pk).exists():  # taken away in another tab in this moment
        raise ValidationError("", code="later")
    last = version.pictures.aggregate(last=Max("order"))["last"]
    return VersionPicture.objects.create(version=version, picture=picture, order=0 if last is None else last + 1)


@transaction.atomic
def remove(use: VersionPicture) -> None:
    """From one version; the picture itself and its files once no version has it."""
    use.delete()
    picture = StoryPicture.objects.select_for_update().filter(pk=use.picture_id).first()
    if picture is not None and not picture.uses.exists():
        names = storage.names_of(picture)
        picture.delete()
        transaction.on_commit(lambda: storage.remove(names))


@transaction.atomic
def move(use: VersionPicture, by: int) -> None:
    """Up (-1) or down (1) among the pictures of its version."""
    _lock(use.version)
    uses = list(use.version.pictures.all())
    at = uses.index(use)
    uses.insert(min(max(at + by, 0), len(uses) - 1), uses.pop(at))
    for order, each in enumerate(uses):
        if each.order != order:
            each.order = order
            each.save(update_fields=["order"])

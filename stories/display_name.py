"""How a teller is named, and how that changes. To be shown less takes hold at once and everywhere; to be
shown more, or by another name, waits until somebody of the team has read it with the words it stands under.
"""

from typing import Any, NamedTuple

from stories.models import Contributor, Story, Version
from stories.publication import publishing

ShownAs = Contributor.ShownAs
_REAL = (ShownAs.FIRST, ShownAs.FULL)


class Named(NamedTuple):
    """What a teller chooses of it."""

    shown_as: str
    full_name: str = ""
    pen_name: str = ""

    def on(self, thing: Any) -> Any:
        for field, value in self._asdict().items():
            setattr(thing, field, value)
        return thing


def of(thing: Any) -> Named:
    """Of a teller, or as a version asks for it."""
    return Named(thing.shown_as, thing.full_name, thing.pen_name)


def after(version: Version) -> str:
    """The name that readers would see with this version; empty for none."""
    contributor = version.story.contributor
    if not version.shown_as:
        return contributor.shown_name
    return of(version).on(Contributor(age=contributor.age)).shown_name


def hidden_at_once(now: Named, wanted: Named) -> Named:
    """As much of a choice as needs nobody's reading. Whoever leaves their own name for a chosen one has none until
    that was read."""
    if wanted.shown_as == ShownAs.NONE:
        return wanted
    if now.shown_as == ShownAs.FULL and wanted.shown_as == ShownAs.FIRST:
        return now._replace(shown_as=wanted.shown_as)
    if now.shown_as in _REAL and wanted.shown_as == ShownAs.PEN:
        return now._replace(shown_as=ShownAs.NONE)
    return now


def set_now(story: Story, named: Named) -> None:
    """From now on, in everything a reader sees; what a change still asked for is forgotten."""
    for version in story.versions.exclude(shown_as=""):
        _forget(version)
    named.on(story.contributor).save(update_fields=named._fields)
    publishing.refresh(story)


def settle(story: Story, version: Version | None) -> None:
    """What a version asked for holds, since all of the story is read again, or was."""
    if version is not None and version.shown_as:
        of(version).on(story.contributor).save(update_fields=Named._fields)
        _forget(version)


def _forget(version: Version) -> None:
    Named("").on(version).save(update_fields=Named._fields)

"""What a version says, and what is different in a changed one, for its teller."""

from typing import Any

from cms.revisions.diff_text import Difference
from stories import display_name
from stories.languages import name_of, tag_of
from stories.models import Version
from stories.my_stories.access import Own

NONE = ""


def shown(own: Own, version: Version, words: str) -> dict[str, Any]:
    """For a template; `words` stand above it."""
    return {
        "words": words,
        "title": version.title,
        "text": version.text,
        "language": tag_of(version.language),
        "direction": version.direction,
        "facts": [(what, fact) for what, fact in _facts(version) if fact],
        "answers": [one for one in version.answers if one.get("answer")],
        "pictures": [_picture(own, use) for use in version.pictures.select_related("picture")],
    }


def _picture(own: Own, use: Any) -> dict[str, Any]:
    picture = use.picture
    return {
        "src": own.address("picture", picture.key, "preview.jpg"),
        "width": picture.preview_width,
        "height": picture.preview_height,
        "description": use.description,
        "caption": use.caption,
        "credit": use.credit,
        "is_hidden": picture.is_hidden,
    }


def _facts(version: Version) -> list[tuple[str, str]]:
    return [
        ("When", version.when_words),
        ("Place", version.place),
        ("Ward", version.ward.name if version.ward else NONE),
        ("Language", name_of(version.language)),
        ("What a reader should know first", version.content_note),
    ]


def between(old: Version | None, new: Version) -> list[Difference]:
    """Everything a reader would see change, named as on the form. A picture is known by its place in the list."""
    if old is None:
        return []
    pairs = [("Title", old.title, new.title), ("Your story", old.text, new.text)]
    pairs += [(what, before, now) for (what, before), (_, now) in zip(_facts(old), _facts(new), strict=True)]
    pairs += [("The name readers see", display_name.after(old), display_name.after(new))]
    pairs += [("Your answers", _answers(old), _answers(new))]
    found = [Difference(what, before, now) for what, before, now in pairs if before != now]
    return found + _pictures(old, new)


def _answers(version: Version) -> str:
    return "\n".join(f"{one.get('question', '')} {one.get('answer', '')}" for one in version.answers)


def _pictures(old: Version, new: Version) -> list[Difference]:
    before = {use.picture_id: (place, use) for place, use in enumerate(old.pictures.all(), 1)}
    now = {use.picture_id: (place, use) for place, use in enumerate(new.pictures.all(), 1)}
    found = []
    for pk, (place, use) in now.items():
        if pk not in before:
            found.append(Difference(f"Picture {place}", NONE, _words(use), "new"))
        else:
            was_at, was = before[pk]
            if _words(was) != _words(use):
                found.append(Difference(f"Picture {place}", _words(was), _words(use)))
            elif was_at != place and set(before) == set(now):
                found.append(
                    Difference(f"Picture {place}", f"Picture {was_at}", f"Picture {place}", "in another place")
                )
    gone = [(place, use) for pk, (place, use) in before.items() if pk not in now]
    return found + [Difference(f"Picture {place}", _words(use), NONE, "taken away") for place, use in gone]


def _words(use: Any) -> str:
    return "\n".join(filter(None, (use.description or "A picture", use.caption, use.credit)))

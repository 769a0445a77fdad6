"""What a teller's change would do to what readers see: field by field, text by words, picture by picture."""

from cms.revisions.diff_text import Difference
from stories import display_name, languages
from stories.models import Version, VersionPicture

FIELDS = {
    "title": "Title",
    "text": "Story",
    "language": "Language",
    "when_words": "When",
    "ward": "Ward",
    "place": "Public place",
    "content_note": "What readers should know first",
}
PICTURE_FIELDS = {"description": "What it shows", "caption": "Under it", "credit": "Who made it"}


def differences(old: Version, new: Version) -> list[Difference]:
    """Both with their ward; asks for the pictures of both."""
    told = [Difference(words, _said(old, name), _said(new, name)) for name, words in FIELDS.items()]
    told += _answers(old, new)
    if new.shown_as:
        now, then = old.story.contributor.shown_name, display_name.after(new)
        told.append(Difference("Name that readers see", now or "No name", then or "No name"))
    return [one for one in told if one.old != one.new] + list(_pictures(old, new))


def _said(version: Version, name: str) -> str:
    if name == "language":
        return languages.name_of(version.language)
    return str(getattr(version, name) or "")


def _answers(old: Version, new: Version) -> list[Difference]:
    before = {one["question"]: one["answer"] for one in old.answers}
    after = {one["question"]: one["answer"] for one in new.answers}
    return [Difference(words, before.get(words, ""), after.get(words, "")) for words in {**before, **after}]


def _pictures(old: Version, new: Version):
    rows = list(VersionPicture.objects.filter(version__in=(old, new)))
    before = {row.picture_id: row for row in rows if row.version_id == old.pk}
    after = {row.picture_id: row for row in rows if row.version_id == new.pk}
    for number, row in enumerate(after.values(), 1):
        was = before.get(row.picture_id)
        if was is None:
            yield Difference(f"Picture {number}", "", _all_of(row), "added")
            continue
        for name, words in PICTURE_FIELDS.items():
            if getattr(was, name) != getattr(row, name):
                yield Difference(f"Picture {number}: {words.lower()}", getattr(was, name), getattr(row, name))
    for key, row in before.items():
        if key not in after:
            yield Difference("A picture", _all_of(row), "", "removed")
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Difference("Pictures", "", "They stand in another order.")


def _all_of(row: VersionPicture) -> str:
    said = [f"{words}: {getattr(row, name)}" for name, words in PICTURE_FIELDS.items() if getattr(row, name)]
    return "\n".join(said) or "A picture without words"

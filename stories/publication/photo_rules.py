"""What keeps the pictures of a story from being public.

A picture that shows a child is never published without a recorded yes that still holds, nor together with
the child's full name; no right passes this, only what an administrator decided about that one picture, and why. What is
said here about people before a story is public, the database says again at each reading (`showable()`).
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import Now, TruncDate

from stories.models import Contributor, DepictedPerson, Override, Story, StoryPicture, Version
from stories.publication import name_detection


def mistakes(story: Story, version: Version, *, only: StoryPicture | None = None) -> Iterator[str]:
    """Sentences, without the names of people. Hidden pictures keep nothing back; `only` is judged as if it were not
    hidden, and alone."""
    used = [(number, use) for number, use in enumerate(_used(version), 1) if not use.picture.is_hidden or only]
    if only is not None:
        used = [(number, use) for number, use in used if use.picture == only]
    of_pictures = [words for number, use in used for words in _words_of(number, use)]
    of_story = list(_words_of_story(story, version))
    if names := _names_of_teller(story, version):
        yield from _named(names, of_pictures if only else of_story + of_pictures, "the child who tells it")
    for number, use in used:
        if not use.description.strip():
            yield f"Picture {number} is not described yet, so people who cannot see it miss it."
        if use.picture.has_people is None and not story.is_sample:
            yield f"Picture {number}: say who can be recognised on it, or that nobody can."
        if use.is_overridden:
            continue
        yield from _against(use.picture, f"Picture {number}")
        children = [person for person in use.picture.people.all() if person.is_child]
        names = set().union(*(name_detection.ways(person.name) for person in children))
        yield from _named(names, of_story + of_pictures, f"a child on picture {number}")


def advice(story: Story, version: Version) -> Iterator[str]:
    """What does not keep it back, and whoever decides should know."""
    for number, use in enumerate(_used(version), 1):
        people = list(use.picture.people.all())
        if use.picture.is_hidden:
            yield f"Picture {number} is hidden from readers: {use.picture.hidden_why}"
        if use.is_overridden:
            yield f"Picture {number} passes because an administrator set the rule about people aside."
        if use.picture.has_people and not people:
            yield f"Picture {number} shows somebody, and nobody is listed."
        for person in people:
            if not person.is_child and person.consent == DepictedPerson.Consent.NOT_ASKED:
                yield f"Picture {number}: “{person.name}” was not asked yet."


def _used(version: Version) -> list[Any]:
    """Its uses of pictures, with the people on each, and the day by the database's clock, as `showable()` has it."""
    override = Override.objects.filter(picture=OuterRef("picture"), ended_at=None)
    people = Prefetch("picture__people", DepictedPerson.objects.annotate(today=TruncDate(Now())))
    return list(
        version.pictures.select_related("picture").prefetch_related(people).annotate(is_overridden=Exists(override))
    )


def _against(picture: Any, called: str) -> Iterator[str]:
    for person in picture.people.all():
        somebody = "a child" if person.is_child else "somebody"
        if person.consent == DepictedPerson.Consent.REFUSED:
            yield f"{called}: {somebody} on it said no. It cannot be shown."
        elif person.is_child and person.consent != DepictedPerson.Consent.YES:
            yield f"{called}: a child on it has not been asked. It needs a yes first."
        elif person.until is not None and person.until < person.today:
            yield f"{called}: the yes of {somebody} on it has ended. Ask again."


def _named(names: set[str], words: list[tuple[str, str]], who: str) -> Iterator[str]:
    found = [where for where, text in words if name_detection.holds(text, names)]
    for where in found:
        yield f"The full name of {who} stands in {where}. A first name is enough."
    if not found and (between := name_detection.split_over(words, names)):
        yield f"The full name of {who} can be read from {between[0]} and {between[1]} together. A first name is enough."


def _names_of_teller(story: Story, version: Version) -> set[str]:
    contributor = getattr(story, "contributor", None)
    if contributor is None or not contributor.is_child:
        return set()
    known = (contributor.full_name, version.full_name)
    return set().union(*(name_detection.ways(name, is_name=True) for name in known))


def _words_of(number: int, use: Any) -> Iterator[tuple[str, str]]:
    yield f"the description of picture {number}", use.description
    yield f"the line under picture {number}", use.caption
    yield f"who took picture {number}", use.credit


def _words_of_story(story: Story, version: Version) -> Iterator[tuple[str, str]]:
    yield "the title", version.title
    yield "the story", version.text
    yield "the note before it", version.content_note
    yield "its time or place", f"{version.when_words} | {version.place}"
    for answer in version.answers:
        yield "an answer", f"{answer.get('answer', '')}"
    contributor = getattr(story, "contributor", None)
    if contributor is not None:
        asked: Any = version if version.shown_as else contributor  # a change may ask for another name
        named = {name: getattr(asked, name) for name in ("shown_as", "full_name", "pen_name")}
        yield "the name that is shown", Contributor(age=contributor.age, **named).shown_name

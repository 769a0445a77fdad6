"""Brings the samples of content/stories.yaml, and leaves alone what staff have touched (see cms/publishing/seeding.py).

A sample goes the way of every story: it is approved, and then published by the workflow, so that it stands in the
record and on the shelf.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from city.models import Source, Ward
from cms.publishing.models import SeededRow
from cms.publishing.seeding import Mistake
from cms.text import text_cleaning
from partners.models import Partner
from programmes.models import Programme
from stories import workflow
from stories.models import Story, Thread, Version
from stories.public.drawings import DRAWINGS
from stories.publication import publishing
from stories.workflow import Role

KIND = Story._meta.label
_LINKS = {"ward": Ward, "partner": Partner, "programme": Programme}
_LISTS = {"threads": (Thread, "slug"), "sources": (Source, "key")}
_PLAIN = {"slug", "title", "text", "when", "year_from", "year_to", "place", "content_note", "drawing"}


@transaction.atomic
def load(rows: Iterable[dict[str, Any]]) -> Counter:
    """The last row is published first, so that the first one is the newest."""
    done: Counter = Counter()
    for row in reversed(text_cleaning.clean_within(list(rows))):
        done[_load_one(row)] += 1
    return done


def _load_one(row: dict[str, Any]) -> str:
    _check(row)
    seeded = SeededRow.objects.filter(kind=KIND, key=row["slug"]).first()
    story = Story.objects.filter(slug=row["slug"]).first()
    if story is None and seeded:
        return "left deleted"
    if story is not None and (seeded is None or seeded.digest != digest(story)):
        return "left as staff have it"
    if seeded and seeded.content_digest == _hash(row):
        return "unchanged"
    outcome = "updated" if story else "made"
    story = _write(story, row)
    values = {"object_id": story.pk, "digest": digest(story), "content_digest": _hash(row)}
    SeededRow.objects.update_or_create(kind=KIND, key=row["slug"], defaults=values)
    return outcome


def _check(row: dict[str, Any]) -> None:
    called = f"sample “{row.get('slug') or row}”"
    for name in row.keys() - _PLAIN - _LINKS.keys() - _LISTS.keys():
        raise Mistake(f"{called}: there is no field “{name}”")
    for name in ("slug", "title", "text"):
        if not row.get(name):
            raise Mistake(f"{called} has no {name}")
    if row.get("drawing") and row["drawing"] not in DRAWINGS:
        raise Mistake(f"{called}: there is no drawing “{row['drawing']}”")


def _write(story: Story | None, row: dict[str, Any]) -> Story:
    if story is None:
        story = Story(slug=row["slug"], way=Story.Way.SAMPLE, status=Story.Status.APPROVED)
    story.drawing = row.get("drawing", "")
    story.partner = _linked(row, "partner")
    story.programme = _linked(row, "programme")
    story.save()
    for name in _LISTS:
        getattr(story, name).set(_listed(row, name))
    last = story.versions.order_by("-number").first()
    story.latest = newest = Version.objects.create(
        story=story,
        number=last.number + 1 if last else 1,
        state=Version.State.APPROVED,
        title=row["title"],
        text=row["text"],
        when_kind=Version.When.WORDS if row.get("when") else Version.When.NONE,
        when_words=row.get("when", ""),
        year_from=row.get("year_from"),
        year_to=row.get("year_to"),
        ward=_linked(row, "ward"),
        place=row.get("place", ""),
        content_note=row.get("content_note", ""),
    )
    story.save()
    if last is None:
        return workflow.take("publish", story, by=Role.PORTAL)
    return _show(story, newest, last)


def _show(story: Story, version: Version, old: Version) -> Story:
    """The content has new words for a sample that nobody touched."""
    old.state, version.state = Version.State.OLD, Version.State.SHOWN
    old.save()
    version.save()
    story.shown = version
    story.save()
    publishing.refresh(story)
    return story


def _linked(row: dict[str, Any], name: str) -> Any:
    """What the content names; nothing if staff deleted what the content once brought."""
    if not row.get(name):
        return None
    return _find(_LINKS[name], "slug", row[name], row)


def _listed(row: dict[str, Any], name: str) -> list[Any]:
    model, key = _LISTS[name]
    found = (_find(model, key, value, row) for value in row.get(name, []))
    return [thing for thing in found if thing]


def _find(model: Any, key: str, value: str, row: dict[str, Any]) -> Any:
    seeded = SeededRow.objects.filter(kind=model._meta.label, key=value).first()
    if seeded:
        return model._default_manager.filter(pk=seeded.object_id).first()
    found = model._default_manager.filter(**{key: value}).first()
    if found is None:
        raise Mistake(f"sample “{row['slug']}” names the {model._meta.verbose_name} “{value}”, which is not there")
    return found


def digest(story: Story) -> str:
    """Of everything that staff could change about it."""
    found = Story.objects.get(pk=story.pk)
    links = {name: sorted(getattr(found, name).values_list("pk", flat=True)) for name in _LISTS}
    fields = ("status", "shown_id", "latest_id", "call_id", "partner_id", "programme_id", "drawing")
    return _hash({name: getattr(found, name) for name in fields} | links)


def _hash(state: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()

"""Builds stories in any state, with all that belongs to one: its words, its teller, what may be done with it."""

import datetime
import uuid

from django.utils import timezone

from stories.consent import consent
from stories.models import (
    Call,
    Consent,
    ConsentVersion,
    Contributor,
    DepictedPerson,
    Report,
    Story,
    StoryPicture,
    Thread,
    Version,
    VersionPicture,
)
from stories.search import search_index
from tests.make import _number

_CONTRIBUTOR = {field.name for field in Contributor._meta.concrete_fields} - {"id", "story"}
_VERSION = {field.name for field in Version._meta.concrete_fields} - {"id", "story", "number", "by", "words", "sent_at"}


def story(*, status="published", allowed=("site",), threads=(), **fields):
    """Fields of the story, of its teller and of its words, each by its own name; `state` is that of the words."""
    number = next(_number)
    of_teller = {name: fields.pop(name) for name in list(fields) if name in _CONTRIBUTOR}
    of_words = {name: fields.pop(name) for name in list(fields) if name in _VERSION and name != "modified_at"}
    now = timezone.now()
    is_sent = status != "draft"
    defaults = {"sent_at": now if is_sent else None, "waits_since": now if status in Story.WAITING else None}
    if status == "scheduled":
        defaults["publish_at"] = now + datetime.timedelta(days=1)
    if status in ("declined", "change_asked", "removed"):
        defaults["words"] = "We would like to know more."
    made = Story.objects.create(**defaults | fields)
    state = {"published": "shown", "draft": "writing", "change_asked": "asked", "declined": "refused"}
    words = {
        "title": f"Story number {number}",
        "text": f"I came to Derby one winter, and stayed. This is story number {number}.",
        "state": state.get(status, "waiting"),
    }
    made.latest = Version.objects.create(story=made, **words | of_words)
    if made.way != Story.Way.SAMPLE:
        unverified = status in ("draft", "awaiting_address")
        teller = {
            "full_name": "Tess Teller",
            "shown_as": "full",
            "age": "18-plus",
            "email": f"teller{number}@example.org",
            "email_verified_at": None if unverified else now,
        }
        Contributor.objects.create(story=made, **teller | of_teller)
    if allowed and is_sent:
        consent.answer(made, allowed, wording=ConsentVersion.objects.current(), by=Consent.By.TELLER, is_child=False)
    made.status = status
    if status == "published":
        made.shown, made.published_at = made.latest, fields.get("published_at") or now
    made.save()
    made.threads.set(threads)
    if status == "published":
        search_index.put(made)
    return made


def version(of, **fields):
    """Another version of a story, as after its teller changed something."""
    last = of.versions.order_by("-number").first()
    defaults = {"number": last.number + 1, "title": last.title, "text": f"{last.text} And more.", "state": "waiting"}
    made = Version.objects.create(story=of, **defaults | fields)
    of.latest = made
    of.save()
    return made


def picture(of, *, people=(), description="A tram in the rain", caption="", credit="Tess Teller", **fields):
    """On the newest words of a story; its sizes are made, its files are not there. `people` are fields of each."""
    defaults = {
        "master": "images/none.jpg",
        "preview": "images/none-small.jpg",
        "width": 1600,
        "height": 1200,
        "preview_width": 960,
        "widths": [320, 640, 960, 1600],
        "digest": uuid.uuid4().hex,
        "has_people": bool(people),
    }
    made = StoryPicture.objects.create(story=of, **defaults | fields)
    VersionPicture.objects.create(
        version=of.latest, picture=made, description=description, caption=caption, credit=credit
    )
    for person in people:
        DepictedPerson.objects.create(picture=made, **{"name": "My sister"} | person)
    if of.status == "published":
        search_index.put(of)
    return made


def thread(**fields):
    number = next(_number)
    defaults = {
        "title": f"Thread {number}",
        "slug": f"thread-{number}",
        "summary": "What people tell about it.",
        "status": "published",
    }
    return Thread.objects.create(**defaults | fields)


def call(**fields):
    number = next(_number)
    defaults = {
        "title": f"Call {number}",
        "slug": f"call-{number}",
        "question": "What was your first day at work like?",
        "summary": "We collect first days at work.",
        "status": "published",
    }
    return Call.objects.create(**defaults | fields)


def report(of, **fields):
    defaults = {
        "story": of,
        "story_slug": of.slug,
        "category": "other",
        "words": "Please look at this.",
        "due_at": timezone.now() + datetime.timedelta(days=7),
    }
    return Report.objects.create(**defaults | fields)

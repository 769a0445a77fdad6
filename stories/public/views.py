"""The Derby Story as anybody reads it: what stands first, the lists, and a story itself."""

from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from city.models import Source, Ward
from cms.lib.queries import listed
from cms.page_cache.middleware import public_page
from partners.models import Partner
from programmes.models import Programme
from stories import display_name
from stories.languages import INVITATIONS, LANGUAGES, direction_of, name_of, tag_of
from stories.models import Call, Erasure, FacetCount, Story, StoryIndex, StoryPicture, Thread, Version
from stories.models.search_index import PATTERNS, letter_of
from stories.public import structured_data
from stories.public.drawings import DRAWINGS
from stories.search.keyset import page_of
from stories.search.search_index import opening_of, samples_among

FIRST = 13  # one that leads, and twelve covers
RELATED = 4


@public_page
@require_safe
def index(request):
    newest = list(StoryIndex.objects.all()[: FIRST + 1])
    counts = FacetCount.objects.of("every", "thread", "language")
    # What somebody told comes before samples, with a picture before without; and nothing that has a note to read first.
    ranked = sorted(newest, key=lambda story: (story.has_note, story.is_sample, not story.cover))
    lead = ranked[0] if ranked else None
    context = {
        "lead": lead,
        "stories": [story for story in newest[:FIRST] if story != lead],
        "samples": samples_among(newest),
        "has_more": len(newest) > FIRST,
        "total": counts["every"].get("", 0),
        "threads": [
            thread for thread in _counted(Thread.objects.published(), counts["thread"]) if thread.stories_count
        ],
        "languages": len(counts["language"]),
        "calls": list(Call.objects.open()[:3]),
        "structured": structured_data.of_index(newest),
    }
    return render(request, "stories/index.html", context)


def _counted(things, counts: dict[str, int]) -> list[Any]:
    found = list(things)
    for thing in found:
        thing.stories_count = counts.get(str(thing.pk), 0)
    return found


@public_page(query={"after", "before"})
@require_safe
def every(request):
    total = FacetCount.objects.of("every")["every"].get("", 0)
    return _listed(request, StoryIndex.objects.all(), total, title="Every story", lead="The newest come first.")


def _listed(request, stories, total: int, **words: Any):
    """A list that is nothing but a list."""
    context = {
        "page": page_of(stories, request.GET),
        "total": total,
        "back_url": reverse("stories:index"),
        "back_words": "The Derby Story",
    }
    return render(request, "stories/list.html", context | words)


@public_page
@require_safe
def threads(request):
    found = _counted(Thread.objects.published(), FacetCount.objects.of("thread")["thread"])
    return render(request, "stories/threads.html", {"threads": found})


@public_page(query={"after", "before"})
@require_safe
def thread(request, slug):
    found = get_object_or_404(Thread.objects.published(), slug=slug)
    return render(request, "stories/thread.html", context_of_thread(found, request.GET))


def context_of_thread(thread: Thread, asked: QueryDict | None = None) -> dict[str, Any]:
    """Everything the page of a thread shows; the same for the public page and a preview."""
    stories = StoryIndex.objects.filter(threads__contains=[thread.pk]) if thread.pk else StoryIndex.objects.none()
    counts = FacetCount.objects.filter(kind="thread", key=str(thread.pk)).of("thread")["thread"]
    return {
        "thread": thread,
        "page": page_of(stories, asked or QueryDict()),
        "total": counts.get(str(thread.pk), 0),
        "structured": structured_data.of_thread(thread) if thread.pk else None,
    }


@public_page
@require_safe
def languages(request):
    counts = FacetCount.objects.of("language")["language"]
    found = [
        {"code": code, "name": name, "lang": tag_of(code), "direction": direction_of(code), "count": counts[code]}
        for code, name in LANGUAGES
        if counts.get(code)
    ]
    invited = [
        {"name": name_of(code), "lang": tag_of(code), "direction": direction_of(code), "invitation": words}
        for code, words in INVITATIONS.items()
        if not counts.get(code)
    ]
    context = {"languages": sorted(found, key=lambda row: -row["count"]), "invited": invited}
    return render(request, "stories/languages.html", context)


@public_page(query={"after", "before"})
@require_safe
def language(request, code):
    if code not in dict(LANGUAGES):
        raise Http404
    total = FacetCount.objects.filter(key=code).of("language")["language"].get(code, 0)
    stories = StoryIndex.objects.filter(language=code)
    return _listed(
        request, stories, total, title=f"Told in {name_of(code)}", lead="", back_url=reverse("stories:languages"),
        back_words="Languages",
    )  # fmt: skip


@public_page(query={"after", "before"})
@require_safe
def of_programme(request, slug):
    return _of(request, Programme.objects.published(), slug, "programme", "Stories about {}")


@public_page(query={"after", "before"})
@require_safe
def of_partner(request, slug):
    return _of(request, Partner.objects.published(), slug, "partner", "The Derby Story and {}")


@public_page(query={"after", "before"})
@require_safe
def of_call(request, slug):
    return _of(request, Call.objects.published(), slug, "call", "Told for “{}”")


def _of(request, things, slug: str, kind: str, words: str):
    thing = get_object_or_404(things, slug=slug)
    key = str(thing.pk)
    total = FacetCount.objects.filter(key=key).of(kind)[kind].get(key, 0)
    return _listed(
        request, thing.shelved.all(), total, title=words.format(thing), lead="", back_url=thing.get_absolute_url(),
        back_words=str(thing),
    )  # fmt: skip


@public_page
@require_safe
def detail(request, slug):
    story = next(iter(pages().filter(slug=slug, status=Story.Status.PUBLISHED)), None)
    if story is None:
        return _not_here(request, slug)
    return render(request, "stories/detail.html", context_of(story, story.shown))


def _not_here(request, slug: str):
    """What was public once and was taken back or taken down is gone, and its page says so without saying what it was.
    Of everything else nobody learns whether it exists."""
    was_public = Story.objects.filter(
        slug=slug, published_at__isnull=False, status__in=(Story.Status.WITHDRAWN, Story.Status.REMOVED)
    )
    if was_public.exists() or Erasure.objects.filter(slug=slug).exists():
        return render(request, "stories/gone.html", status=410)
    raise Http404


# What the page of a story shows of it and of what it belongs to. All of it is one question; fewer fields are quicker.
_OF_IT = [
    *(field.name for field in Story._meta.concrete_fields),
    *(f"shown__{field.name}" for field in Version._meta.concrete_fields if not field.is_relation),
    *(f"contributor__{name}" for name in ("shown_as", "full_name", "pen_name", "age", "story")),
    *("shown__story", "shown__ward__name", "shown__ward__slug"),
    *(f"{kind}__slug" for kind in ("call", "programme", "partner")),
    *("call__title", "programme__title", "partner__name"),
]


@cache
def pages():
    """Stories with what their pages show, in one question, built once; who and what they belong to only if that is
    public."""
    of_thread = Thread.objects.published().filter(stories=OuterRef("pk"))
    of_source = Source.objects.filter(stories=OuterRef("pk"))

    def is_public(model: Any, path: str) -> Exists:
        return Exists(model.objects.published().order_by().filter(pk=OuterRef(path)))

    return (
        Story.objects.select_related("shown__ward", "contributor", "call", "programme", "partner")
        .only(*_OF_IT)
        .annotate(
            thread_list=listed(of_thread, pk="pk", title="title", slug="slug", question="question"),
            source_list=listed(of_source, key="key", publisher="publisher", dated="dated"),
            is_ward_public=is_public(Ward, "shown__ward"),
            is_call_public=is_public(Call, "call"),
            is_programme_public=is_public(Programme, "programme"),
            is_partner_public=is_public(Partner, "partner"),
        )
        .order_by()
    )


class Shown:
    """One picture of a story as its page shows it."""

    def __init__(self, use):
        self.image, self.words, self.caption, self.credit = use.picture, use.description, use.caption, use.credit


def context_of(story: Any, version: Version, *, is_preview: bool = False) -> dict[str, Any]:
    """Everything the page of a story shows, of any of its versions; the same for the public page and a preview."""
    if not hasattr(story, "thread_list"):
        story = pages().get(pk=story.pk)
    uses = version.pictures.filter(picture__in=StoryPicture.objects.showable()).select_related("picture")
    pictures = [Shown(use) for use in uses]
    told_by = _name_on(story, version)
    keys = [row["pk"] for row in story.thread_list]
    related = StoryIndex.objects.filter(threads__overlap=keys).exclude(pk=story.pk) if keys else None
    asked = next((row for row in story.thread_list if row["question"]), None)
    return {
        "story": story,
        "version": version,
        "is_preview": is_preview,
        "lang": tag_of(version.language),
        "direction": version.direction,
        "language": name_of(version.language) if version.language not in ("en", "und") else "",
        "told_by": told_by,
        "paragraphs": paragraphs_of(version.text),
        "answers": [row for row in version.answers if isinstance(row, dict) and row.get("answer")],
        "pictures": pictures,
        "drawing": DRAWINGS.get(story.drawing),
        "cloth": (story.pk or 0) % PATTERNS + 1,
        "letter": letter_of(version.title),
        "ward": version.ward if version.ward_id and _is_public(story, version) else None,
        "call": story.call if story.is_call_public else None,
        "programme": story.programme if story.is_programme_public else None,
        "partner": story.partner if story.is_partner_public else None,
        "related": list(related[:RELATED]) if related is not None else [],
        "question": asked["question"] if asked else "",
        "asked_in": asked["slug"] if asked else "",
        "summary": summary_of(version),
        "preview_picture": None if version.content_note else next(iter(pictures), None),
        "structured": structured_data.of_story(story, version, told_by, pictures),
    }


def _name_on(story: Any, version: Version) -> str:
    """Of a version that is not public yet, the name that it asks for."""
    contributor = getattr(story, "contributor", None)
    if contributor is None:
        return ""
    return contributor.shown_name if version.pk == story.shown_id else display_name.after(version)


def _is_public(story: Any, version: Version) -> bool:
    """Of the ward that these words name; the story’s own question was about the one that is shown."""
    if version.pk == story.shown_id:
        return story.is_ward_public
    return Ward.objects.published().filter(pk=version.ward_id).exists()


def paragraphs_of(text: str) -> list[str]:
    """As they were written, with an empty line between them."""
    told = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    return [part.strip("\n") for part in told if part.strip()]


def summary_of(version: Version) -> str:
    """What is said of it elsewhere: in a message, in the results of a search engine."""
    if version.content_note:
        return f"A story from Derby. {version.content_note}"
    return opening_of(version.text)

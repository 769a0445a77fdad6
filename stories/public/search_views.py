"""The page on which stories are found by words. It is never empty: there is always a way on."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from city.models import Ward
from cms.page_cache.middleware import public_page
from cms.search.normaliser import loosened
from cms.search.time_limit import TooSlow, time_limit
from stories.languages import LANGUAGES, name_of
from stories.models import StoryIndex, Thread
from stories.search import search_query, spelling
from stories.search.search_query import Found

NEWEST, MOST_CHOICES = 4, 12
LEGENDS = {"thread": "Threads", "ward": "Places", "language": "Languages"}


class Choice(NamedTuple):
    """What a search may be narrowed to: as it stands in an address, in the shelf, and for readers."""

    value: str
    key: Any
    words: str


@public_page(query={"q", "thread", "ward", "language", "after"}, is_kept=False)
@require_safe
def search(request):
    asked = search_query.cleaned(request.GET.get("q", ""))
    choices = _choices()
    chosen = _chosen(request.GET, choices)
    is_too_slow = False
    try:
        with time_limit():
            found, meant, is_any = _find(asked, chosen, request.GET.get("after", ""))
    except TooSlow:
        found, meant, is_any, is_too_slow = Found(asked), "", False, True
    context = {
        "is_too_slow": is_too_slow,
        "asked": asked,
        "found": found,
        "meant": meant,
        "is_any": is_any,
        "chosen": [
            {"words": choice.words, "without": _address(asked, chosen, leave=kind)} for kind, choice in chosen.items()
        ],
        "facets": _facets(found, chosen, choices),
        "next_page": _address(found.words, chosen, after=found.after) if found.after else "",
        "newest": [] if found.stories else list(StoryIndex.objects.all()[:NEWEST]),
        "threads": [] if found.stories else list(choices["thread"].values()),
    }
    response = render(request, "stories/search.html", context)
    # Any browser may keep it, but no worker does: there is no end to what people ask, and pages are few.
    response.headers["Cache-Control"] = "no-store" if is_too_slow else "max-age=30"
    return response


def _choices() -> dict[str, dict[str, Choice]]:
    """Everything a search may be narrowed to, by kind and by key in the shelf."""
    threads = Thread.objects.published().values_list("slug", "pk", "title")
    wards = Ward.objects.published().values_list("slug", "pk", "name")
    return {
        "thread": {str(key): Choice(slug, key, title) for slug, key, title in threads},
        "ward": {str(key): Choice(slug, key, name) for slug, key, name in wards},
        "language": {code: Choice(code, code, name_of(code)) for code, _ in LANGUAGES},
    }


def _chosen(asked: QueryDict, choices: Mapping[str, Mapping[str, Choice]]) -> dict[str, Choice]:
    """What the address narrows it to; of what does not exist, nothing."""
    found = {
        kind: next((choice for choice in of_kind.values() if choice.value == asked.get(kind)), None)
        for kind, of_kind in choices.items()
    }
    return {kind: choice for kind, choice in found.items() if choice}


def _find(asked: str, chosen: Mapping[str, Choice], after: str) -> tuple[Found, str, bool]:
    """As asked; or with the spelling put right; or with some of the words only. Also says which of these it was."""
    if not asked:
        return Found(asked), "", False
    narrowed = {kind: choice.key for kind, choice in chosen.items()}
    found = search_query.find(asked, narrowed, after)
    if found.stories or after:
        return found, "", False
    if (better := spelling.corrected(asked)) and (meant := search_query.find(better, narrowed)).stories:
        return meant, better, False
    any_of = loosened(asked)
    some = search_query.find(any_of, narrowed) if any_of else found
    return (some, "", True) if some.stories else (found, "", False)


def _facets(found: Found, chosen: Mapping[str, Choice], choices: Mapping[str, Mapping[str, Choice]]):
    """What it may be narrowed to next, what most stories have first. One that all have would narrow nothing."""
    facets = []
    for kind, legend in LEGENDS.items():
        counts = sorted(found.choices.get(kind, {}).items(), key=lambda row: (-row[1], row[0]))
        shown = [
            {"words": of_key.words, "count": count, "address": _address(found.words, {**chosen, kind: of_key})}
            for key, count in counts
            if kind not in chosen and count < found.count and (of_key := choices[kind].get(key))
        ]
        if shown:
            facets.append({"kind": kind, "legend": legend, "choices": shown[:MOST_CHOICES]})
    return facets


def _address(words: str, chosen: Mapping[str, Choice], *, leave: str = "", after: str = "") -> str:
    narrowed = {kind: choice.value for kind, choice in chosen.items() if kind != leave}
    return "?" + urlencode({"q": words} | narrowed | ({"after": after} if after else {}))

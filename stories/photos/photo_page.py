"""The page of a story's pictures: while it is told, and when its teller changes it.

One form holds all of it, so whichever button is pressed saves what was typed. What is right is kept at once, whatever
is wrong with the rest; the page then says what that is, and loses none of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse

from accounts.authentication.networks import network_of
from cms.media import decode_slots
from stories.models import DepictedPerson, Story, StoryPicture, Version, VersionPicture
from stories.photos import takedown, upload
from stories.photos.forms import FilesForm, PersonForm, WordsForm
from stories.workflow import Role

MOST_PEOPLE = 20
_DONE = {
    "added": "Your pictures are here. Now say what each one shows.",
    "saved": "Saved.",
    "moved": "Moved.",
    "removed": "The picture is taken away.",
}
_DO = re.compile(r"(up|down|remove)-(\d{1,18})")


class Card:
    """One picture on the page, with its forms."""

    preview = ""  # where it is seen

    def __init__(self, use: VersionPicture, data: Any, *, is_child: bool, is_final: bool):
        self.use, self.picture, self.is_child = use, use.picture, is_child
        prefix = f"p{use.pk}"
        self.data = data if data is not None and f"{prefix}-description" in data else None
        self.words = WordsForm(self.data, use, is_child=is_child, is_final=is_final)
        self.is_final = is_final and self.data is not None
        self.people = [self._form(person, self.data) for person in self.picture.people.all()]
        self.more = self._form(None, self.data)

    def _form(self, person: DepictedPerson | None, data: Any) -> PersonForm:
        if data is not None and f"p{self.use.pk}-{person.pk if person else 'new'}-name" not in data:
            data = None  # was noted in another tab meanwhile
        return PersonForm(data, self.picture, f"p{self.use.pk}", person=person, is_child=self.is_child)

    @property
    def forms(self) -> list[Any]:
        return [self.words, *self.people, self.more]

    @property
    def may_have_more(self) -> bool:
        return len(self.people) < MOST_PEOPLE

    def save(self) -> None:
        """What is right of it. Afterwards a person who was added stands among the others."""
        if self.data is None:
            return
        self.words.is_valid()
        self.words.save()
        picture = self.picture
        was_showable = StoryPicture.objects.showable().filter(pk=picture.pk).exists()
        has_people = self.words.says_of_people()
        is_changed = has_people != picture.has_people
        if is_changed:
            picture.has_people = has_people
            picture.save(update_fields=["has_people"])
        is_changed |= self._save_people() if has_people else self._nobody() if has_people is False else False
        if is_changed:
            takedown.people_changed(picture, by=Role.TELLER, was_showable=was_showable)

    def _nobody(self) -> bool:
        self.people, self.more = [], self._form(None, {})
        return bool(self.picture.people.all().delete()[0])

    def _save_people(self) -> bool:
        is_changed = False
        for form in list(self.people):
            if form.is_bound and form.is_valid():
                if form.is_gone and form.person is not None:
                    form.person.delete()
                    self.people.remove(form)
                    is_changed = True
                else:
                    is_changed |= form.save()
        if self.more.is_bound and self.more.is_valid() and not self.more.is_empty and self.may_have_more:
            is_changed |= self.more.save()
            new = self.picture.people.exclude(pk__in=[form.key for form in self.people]).order_by("pk")
            self.people += [self._form(person, None) for person in new]
            self.more = self._form(None, None)
        if self.is_final and not self.people and self.more.is_bound and self.more.is_valid():
            self.more.add_error("name", "Say who can be recognised. “My sister” is enough.")
        return is_changed


@dataclass
class Page:
    """What templates/submit/_pictures.html shows."""

    cards: list[Card]
    files: FilesForm
    here: str
    hidden: dict[str, str]
    later: str
    said: str
    most: int
    is_full: bool

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self._forms)

    @property
    def non_field_errors(self) -> list[str]:
        return []

    @property
    def _forms(self) -> list[Any]:
        return [self.files, *(form for card in self.cards for form in card.forms if form.is_bound)]

    def __iter__(self) -> Iterator[Any]:
        """Every field that could be wrong, for the summary of errors."""
        for form in self._forms:
            yield from form


def respond(
    request: HttpRequest,
    story: Story,
    version: Version,
    *,
    template: str,
    context: dict[str, Any],
    here: str,
    onward: str,
    later: str = "",
    hidden: dict[str, str] | None = None,
    address: Callable[[StoryPicture], str] | None = None,
) -> HttpResponse:
    """Answers a GET and every POST for the pictures of one version that is being written.

    `here` is the page itself, `onward` the next one, `later` where “Save and come back later” leads, if there is such
    a button. `hidden` goes along with each form. `address` says where a picture that is not public is seen. The
    template gets `pictures` for the included part, and `form`, whose errors it may sum up.
    """
    contributor = getattr(story, "contributor", None)
    is_child = contributor is not None and contributor.is_child
    do = request.POST.get("do", "save") if request.method == "POST" else ""
    refused: list[str] = []
    if request.method == "POST":
        taken = upload.take(story, version, request.FILES.getlist("files"), network=network_of(request))
        if "application/json" in request.headers.get("Accept", ""):
            said: dict[str, Any] = {"added": len(taken.added), "refused": taken.refused}
            return JsonResponse(said | ({"retry_after": decode_slots.RETRY_SECONDS} if taken.is_busy else {}))
        refused = taken.refused
        cards = _saved(request, version, do, is_child)
        if cards is None:  # it was sent meanwhile
            return HttpResponseRedirect(onward)
    else:
        cards = _cards(version, None, is_child=is_child)
    page = Page(
        cards=cards,
        files=FilesForm(refused=refused, is_child=is_child),
        here=here,
        hidden=_hidden(request, hidden),
        later=later,
        said=_DONE.get(request.GET.get("did", ""), "") if request.method != "POST" else "",
        most=upload.MOST,
        is_full=len(cards) >= upload.MOST,
    )
    if request.method == "POST" and not page.errors:
        return HttpResponseRedirect(_next(do, bool(taken.added), here=here, onward=onward, later=later))
    for card in cards:
        card.preview = (address or _of_draft)(card.picture)
    response = render(request, template, context | {"pictures": page, "form": page})
    response.has_script = True  # type: ignore[attr-defined]
    return response


def _hidden(request: HttpRequest, hidden: dict[str, str] | None) -> dict[str, str]:
    """With Django's token where Django asked for it: not for a draft or a key, which no other site knows."""
    is_asked = getattr(request, "csrf_processing_done", False)
    return (hidden or {}) | ({"csrfmiddlewaretoken": get_token(request)} if is_asked else {})


def _of_draft(picture: StoryPicture) -> str:
    return reverse("submit:picture", args=[picture.key, "preview.jpg"])


def _cards(version: Version, data: Any, *, is_child: bool, is_final: bool = False) -> list[Card]:
    uses = version.pictures.select_related("picture").prefetch_related("picture__people")
    return [Card(use, data, is_child=is_child, is_final=is_final) for use in uses]


@transaction.atomic
def _saved(request: HttpRequest, version: Version, do: str, is_child: bool) -> list[Card] | None:
    """All that was typed, then what the button asks for. None if the version is not being written any more."""
    Story.objects.select_for_update(no_key=True).get(pk=version.story_id)
    if not Version.objects.filter(pk=version.pk, state=Version.State.WRITING).exists():
        return None
    asked = _DO.fullmatch(do)
    verb, pk = (asked[1], int(asked[2])) if asked else ("", 0)
    cards = _cards(version, request.POST, is_child=is_child, is_final=do == "continue")
    for card in list(cards):
        if verb == "remove" and card.use.pk == pk:
            upload.remove(card.use)
            cards.remove(card)
        else:
            card.save()
    use = version.pictures.filter(pk=pk).first() if verb in ("up", "down") else None
    if use is not None:
        upload.move(use, -1 if verb == "up" else 1)
        order = list(version.pictures.values_list("pk", flat=True))
        cards.sort(key=lambda card: order.index(card.use.pk))
    return cards


def _next(do: str, has_added: bool, *, here: str, onward: str, later: str) -> str:
    if do == "continue" and not has_added:
        return onward
    if do == "later" and later:
        return later
    asked = _DO.fullmatch(do)
    done = "added" if has_added else {"remove": "removed"}.get(asked[1], "moved") if asked else "saved"
    part = f"#p{asked[2]}" if asked and asked[1] != "remove" else ""
    return f"{here}{'&' if '?' in here else '?'}did={done}{part}"

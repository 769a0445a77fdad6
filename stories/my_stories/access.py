"""Who may open the pages of a story of their own.

Whoever holds a live key that was made for this very story, or is signed in with the account or the proved
address of its teller. Who typed it in, who sent it for somebody, and staff are none of these. To all others every
address here says the same, whether there is such a story or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.requests.preserve_input import SIGNED_OUT, give_back, has_typed
from stories.models import Story
from stories.my_stories.forms import LinkForm

View = Callable[..., Any]  # a page, or a file that is sent piece by piece
PAGES = (
    "story", "change", "change_pictures", "change_check", "drop", "name", "consent", "withdraw", "bring_back", "erase",
    "download", "keep_informed", "go_on", "guardian",
)  # fmt: skip


@dataclass(frozen=True)
class Own:
    """A story, opened by its teller."""

    story: Story
    key: AccessToken | None = None
    text: str = ""  # of the key: it stays in the address of each page

    def address(self, name: str, *more: Any) -> str:
        path = reverse(f"my_stories:{name}", args=[self.story.slug, *more])
        return f"{path}?key={quote(self.text)}" if self.text else path

    @property
    def to(self) -> dict[str, str]:
        """The addresses of all pages, for templates."""
        return {name: self.address(name) for name in PAGES}


def stories_of(person: Any) -> QuerySet[Story]:
    """Told by somebody who is signed in. An address counts where it was proved on both sides."""
    proved = [address.lower() for address in _proved(person)]
    by_address = Q(contributor__email__in=proved, contributor__email_verified_at__isnull=False)
    found = Story.objects.filter(Q(contributor__account=person) | by_address)
    return found.select_related("contributor", "latest", "shown", "call")


def _proved(person: Any) -> QuerySet:
    return EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)


def by_key(text: str, slug: str) -> Own | None:
    key = token_links.find(text, AccessToken.Purpose.MY_STORY)
    if key is None or not isinstance(key.thing, Story):
        return None
    found = Story.objects.filter(pk=key.object_id, slug=slug, contributor__isnull=False)
    story = found.select_related("contributor", "latest", "shown", "call").first()
    if story is None or (key.email and key.email != story.contributor.email.lower()):
        return None
    return Own(story, key, text)


def theirs(view: View) -> View:
    """The view gets what was opened instead of the web name. With a key no cookie is asked for, so nothing that a
    browser brings along could be misused; with an account, forms are guarded as everywhere."""

    @csrf_protect
    def by_account(request: HttpRequest, slug: str, **more: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and has_typed(request):
            return give_back(request, SIGNED_OUT)
        story = stories_of(request.user).filter(slug=slug).first() if request.user.is_authenticated else None
        return view(request, Own(story), **more) if story else ended(request)

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, slug: str, **more: Any) -> HttpResponseBase:
        response: HttpResponseBase
        text = request.GET.get("key", "")
        own = by_key(text, slug) if text else None
        if own is not None:
            response = view(request, own, **more)
        elif text and request.method in ("GET", "HEAD") and _has_account_for(request, slug):
            response = HttpResponseRedirect(request.path)  # an old link, but they are signed in
        elif text:
            response = ended(request)
        else:
            response = by_account(request, slug, **more)
        return private(response)

    return opened


def private(response: HttpResponseBase) -> HttpResponseBase:
    """A key in the address is told to no other site. Where nothing at all was told, a browser would send the form from
    “null”, and Django would take it for somebody else’s."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _has_account_for(request: HttpRequest, slug: str) -> bool:
    return request.user.is_authenticated and stories_of(request.user).filter(slug=slug).exists()


def ended(request: HttpRequest) -> HttpResponse:
    """A key that does not open any more, somebody else's story, or none at all: with a way to a new link."""
    context = {"title": "This link does not open any more", "form": LinkForm()}
    return render(request, "my_stories/ended.html", context, status=404)

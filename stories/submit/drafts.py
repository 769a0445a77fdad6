"""A story that is being written: what opens it, and to whom.

A draft opens by a secret and by nothing else, no session and no account. The secret is made with the
empty first page, so that however often that page is sent, one story results; it travels in a hidden field of each page
and in a cookie for these pages alone. Only its hash is kept. Whoever goes on elsewhere gets a new one, and the old
one ends: what an older window still shows never overwrites newer words.

A secret is one that this portal has signed, and a form counts only if one of our own pages sent it. So neither another
site nor a sibling host can plant a secret that it knows, and read later what somebody tells under it; the name of the
cookie (`__Host-`) keeps sibling hosts from setting it.
"""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.requests import reauthentication
from cms.requests.preserve_input import SIGNED_OUT, give_back, unless_typed
from cms.requests.same_origin import is_same_origin
from partners import permissions as partners
from stories.models import Call, Contributor, Story, Version

_SHAPE = re.compile(r"[A-Za-z0-9_.-]{16,96}")  # of one of ours, and of a mailed key
_SIGNER = signing.Signer(salt="stories.draft", sep=".")


def new_token() -> str:
    return _SIGNER.sign(secrets.token_urlsafe(16))


def is_ours(token: str) -> bool:
    """Whether this portal made it. Nothing else ever becomes the secret of a draft."""
    try:
        _SIGNER.unsign(token)
    except signing.BadSignature:
        return False
    return True


def token_of(request: HttpRequest) -> str:
    """As sent with a form, or as the cookie has it; empty where neither could be one."""
    token = request.POST.get("draft", "") if request.method == "POST" else ""
    token = token or request.COOKIES.get(settings.DRAFT_COOKIE_NAME, "")
    return token if _SHAPE.fullmatch(token) else ""


def find(token: str) -> Story | None:
    """By its secret; or by a key that was made for one person, who shows besides who they are (`may_write`)."""
    if not token:
        return None
    stories = Story.objects.select_related("latest", "contributor", "partner", "call")
    found = stories.filter(draft_digest=token_links.digest(token)).first()
    if found is None:
        key = token_links.find(token, AccessToken.Purpose.GO_ON)
        found = stories.filter(pk=key.object_id).first() if key is not None and key.by_id else None
    return found


def has_ended(token: str) -> bool:
    """Whether it is the secret of a story that somebody went on with elsewhere."""
    return bool(token) and AccessToken.objects.filter(digest=token_links.digest(token)).exists()


@transaction.atomic
def hand_over(story: Story, token: str) -> str:
    """Ends the secret it had; says the new one, which is `token` if that may be one. Twice with the same is once."""
    story = Story.objects.select_for_update().get(pk=story.pk)
    old, new = story.draft_digest, token_links.digest(token)
    if old and old == new:
        return token
    if not is_ours(token) or Story.objects.filter(draft_digest=new).exists() or has_ended(token):
        token = new_token()
    if old:  # kept as a key that opens nothing: an older window is told what happened
        AccessToken.objects.create(
            digest=old,
            purpose=AccessToken.Purpose.GO_ON,
            thing=story,
            expires_at=timezone.now(),
            revoked_at=timezone.now(),
        )
    story.draft_digest, story.choices_made_at = token_links.digest(token), None
    story.save(update_fields=["draft_digest", "choices_made_at", "modified_at"])
    story.contributor.ticked = []
    story.contributor.save(update_fields=["ticked"])
    return token


@transaction.atomic
def opened(token: str) -> Story:
    """The story of this secret, one of ours, begun now if there is none yet. Five at once get the same one."""
    found = find(token)
    if found is not None:
        return found
    story, is_new = Story.objects.get_or_create(draft_digest=token_links.digest(token))
    if is_new:
        _begin(story)
    return find(token) or story


@transaction.atomic
def start(*, way: str = Story.Way.ONLINE, partner=None, entered_by=None, call: Call | None = None) -> tuple[Story, str]:
    """For somebody who types in what another person tells."""
    token = new_token()
    story = Story.objects.create(
        way=way, partner=partner, entered_by=entered_by, call=call, draft_digest=token_links.digest(token)
    )
    _begin(story)
    return story, token


def _begin(story: Story) -> None:
    story.latest = Version.objects.create(story=story)
    story.save(update_fields=["latest"])
    Contributor.objects.create(story=story)


def remember(response: HttpResponse, token: str) -> HttpResponse:
    """Until the browser is closed: many share one, in a library or at school. For the whole host, as `__Host-` asks."""
    response.set_cookie(
        settings.DRAFT_COOKIE_NAME,
        token,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(settings.DRAFT_COOKIE_NAME, samesite="Lax")
    return response


def may_write(request: HttpRequest, story: Story) -> bool:
    """What is typed in for somebody else opens only to whoever began it, while they still may."""
    person: Any = request.user if story.way != Story.Way.ONLINE else None
    if person is None:
        return True
    if not person.is_authenticated or story.entered_by_id != person.pk:
        return False
    if story.way == Story.Way.PARTNER:
        return story.partner is not None and partners.may(person, "write", story.partner)
    return may_sit_at_a_table(request)


def may_sit_at_a_table(request: HttpRequest) -> bool:
    person: Any = request.user
    return (
        person.is_active
        and person.is_staff
        and person.has_perm("stories.tell_story")
        and reauthentication.has_shown_factor(request)
    )


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether anything but one of our own pages sent this form. Where a browser does not say, the form may go on with
    what the browser holds already, and bring nothing new."""
    if request.method != "POST":
        return False
    said = is_same_origin(request)
    return not holds_it(request) if said is None else not said


def holds_it(request: HttpRequest) -> bool:
    """Whether the form's secret is the one this browser has in its cookie."""
    return request.POST.get("draft", "") == request.COOKIES.get(settings.DRAFT_COOKIE_NAME, "")


def refuse(request: HttpRequest, story: Story) -> HttpResponse:
    """What is typed in for somebody else is not found by others; whoever began it signs in again, and loses nothing."""
    person: Any = request.user
    if person.is_authenticated and person.pk != story.entered_by_id:
        raise Http404
    if request.method == "POST":
        return give_back(request, SIGNED_OUT)
    if person.is_authenticated:
        raise Http404
    sign_in = redirect_to_login(request.get_full_path()).url
    context = {"title": "Please sign in again", "sign_in": sign_in}
    return render(request, "submit/signed_out.html", context, status=403)


def with_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the story that this browser, or this form, is writing. A sent one has a page of its own.

    No token of Django's stands in the forms: a form counts only with the secret in it, which no other site knows.
    """

    @csrf_exempt
    @wraps(view)
    def opened_view(request: HttpRequest, **more: Any) -> HttpResponse:
        token = token_of(request)
        story = find(token)
        if request.method == "POST" and (not request.POST.get("draft") or is_from_elsewhere(request)):
            story = None
        if story is None:
            return not_here(request)
        if not may_write(request, story):
            return refuse(request, story)
        if story.status != Story.Status.DRAFT:
            return unless_typed(request, remember(redirect("submit:sent"), token))
        request.draft = token  # type: ignore[attr-defined]  # for the hidden field
        response = view(request, story, **more)
        if settings.DRAFT_COOKIE_NAME not in response.cookies:
            remember(response, token)
        return response

    return opened_view


def not_here(request: HttpRequest) -> HttpResponse:
    """Nothing that was typed is thrown away: cms/requests/preserve_input.py shows it on this page, to copy."""
    context = {"title": "We cannot find your story here", "is_elsewhere": has_ended(token_of(request))}
    return render(request, "submit/not_here.html", context, status=404)

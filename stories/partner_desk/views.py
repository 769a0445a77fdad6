"""A partner's stories at its desk: where each stands, one more for somebody, and what a moderator asks.

The partner answers as the teller's agent; what their consent covers stays what was recorded, and only
what it sent itself is answered here. Another partner's anything is not found.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.requests.preserve_input import unless_typed
from partners import permissions
from partners.desk.partner_access import at_desk, frame
from stories import changes
from stories.models import Story
from stories.my_stories import version_diff
from stories.partner_desk import partner_stories
from stories.photos import photo_page as pictures
from stories.photos.views import of_one_story
from stories.submit import drafts
from stories.submit.forms import StoryForm
from stories.workflow import Impossible

A_PAGE = 20
_FORM = ["GET", "HEAD", "POST"]
_LATE = "Nothing was sent: this story needs no answer any more. You see below where it stands."


@require_safe
@at_desk("look")
def index(request, partner):
    found = Paginator(partner_stories.seen_by(request.user, partner), A_PAGE).get_page(request.GET.get("page"))
    rows = [partner_stories.row(story) for story in found.object_list]
    return render(request, "desk/stories.html", frame(request, "stories", title="Our stories", rows=rows, page=found))


@require_POST
@at_desk("write")
def tell(request, partner):
    """One for somebody they work with; or on with one that this person began. An empty one is not begun twice."""
    mine = Story.objects.filter(
        partner=partner, way=Story.Way.PARTNER, status=Story.Status.DRAFT, entered_by=request.user
    )
    if "draft" in request.POST:
        found = mine.filter(pk=_number(request.POST["draft"])).first()
        if found is None:
            raise Http404
    else:
        found = mine.filter(latest__title="", latest__text="").first()
    if found is not None:
        token, _ = token_links.make(AccessToken.Purpose.GO_ON, found, days=1, by=request.user)
    else:
        found, token = drafts.start(way=Story.Way.PARTNER, partner=partner, entered_by=request.user)
    return drafts.remember(redirect("submit:story"), token)


@require_http_methods(_FORM)
@at_desk("look")
def story(request, partner, number):
    """Where it stands; and the words to change, where a moderator asks for that. Looking begins no change."""
    found = _found(request, partner, number)
    may_answer = partner_stories.may_answer(found) and "write" in request.place.rights
    if request.method == "POST" and not may_answer:
        return unless_typed(request, _too_late(request, partner, found), said=_LATE)
    form = None
    if request.method == "POST":
        try:
            version = changes.begin(found)
        except Impossible:
            return unless_typed(request, _too_late(request, partner, found), said=_LATE)
        form = StoryForm(request.POST, version=version, story=found)
        if form.is_valid():
            version.by = request.user
            form.save()
            return redirect(
                f"partner_desk:{'check' if 'check' in request.POST else 'pictures'}", partner.slug, found.pk
            )
    if may_answer and form is None:
        form = StoryForm(version=changes.begun(found) or changes.copy_of(found.latest), story=found)
    return render(request, "desk/stories_story.html", _context(request, found, form=form))


def _too_late(request, partner, found):
    messages.warning(request, _LATE)
    return redirect("partner_desk:story", partner.slug, found.pk)


@require_http_methods(_FORM)
@at_desk("write")
def pictures_of(request, partner, number):
    found, version = _begun(request, partner, number)
    if version is None:
        return unless_typed(request, _too_late(request, partner, found), said=_LATE)
    return pictures.respond(
        request,
        found,
        version,
        template="desk/stories_pictures.html",
        context=_context(request, found),
        here=_address("pictures", partner, found),
        onward=_address("check", partner, found),
        later=_address("story", partner, found),
        address=lambda picture: reverse(
            "partner_desk:picture", args=[partner.slug, found.pk, picture.key, "preview.jpg"]
        ),
    )


@require_http_methods(_FORM)
@at_desk("write")
def check(request, partner, number):
    """What is different; sends it."""
    found, version = _begun(request, partner, number)
    if version is None:
        return redirect("partner_desk:story", partner.slug, found.pk)
    version.story = found
    problems: list[str] = []
    if request.method == "POST":
        try:
            _send(request, partner, version)
        except ValidationError as error:
            problems = error.messages
        except Impossible:
            messages.warning(request, _LATE)
            return redirect("partner_desk:story", partner.slug, found.pk)
        else:
            messages.success(request, "Sent. Somebody of the council’s team reads it again.")
            return redirect("partner_desk:index", partner.slug)
    context = _context(request, found, problems=problems, differences=version_diff.between(found.latest, version))
    return render(request, "desk/stories_check.html", context)


@transaction.atomic
def _send(request: Any, partner: Any, version: Any) -> None:
    """The record says who answered for the teller."""
    sent = changes.send(version)
    words = permissions.words_of(request.user, partner)
    new = {"step": "Answer for its teller", "state": sent.get_status_display()}
    audit_log.write(AuditEvent.Action.STORY, sent, by=request.user, by_words=words, new=new)


@at_desk("write")
def picture(request, partner, number, key, name):
    """Of a story they answer for, whether public or not."""
    found = _found(request, partner, number)
    return of_one_story(lambda _: found if partner_stories.may_answer(found) else None)(request, key=key, name=name)


def _found(request: Any, partner: Any, number: int) -> Story:
    return get_object_or_404(partner_stories.seen_by(request.user, partner), pk=min(number, 2**63 - 1))


def _begun(request, partner, number):
    """The story and the change of it that was begun; none where none may be."""
    found = _found(request, partner, number)
    return found, changes.begun(found) if partner_stories.may_answer(found) else None


def _context(request, found, **more):
    row = partner_stories.row(found)
    heading = row["title"] if row["has_title"] else "A story"
    return frame(request, "stories", **{"title": heading, "row": row, "story": found, "form": None} | more)


def _address(view: str, partner: Any, story: Story) -> str:
    return reverse(f"partner_desk:{view}", args=[partner.slug, story.pk])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

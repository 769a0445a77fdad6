"""Taking a story back, bringing it back, and erasing it for ever. Nobody is asked why."""

from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from stories import workflow
from stories.models import Erasure, Story
from stories.my_stories import status_text
from stories.my_stories.access import Own, private, theirs
from stories.my_stories.forms import SureForm
from stories.my_stories.views import FORM, go, may_withdraw
from stories.retention import erase as erasing
from stories.workflow import Impossible, Role

_AWAY = (Story.Status.WITHDRAWN,)
_BACK = (Story.Status.SUBMITTED, Story.Status.AWAITING_VERIFICATION, Story.Status.AWAITING_GUARDIAN)
_SALT = "stories.my_stories.erase"
_A_DAY = 24 * 60 * 60


@theirs
@require_http_methods(FORM)
def withdraw(request, own: Own):
    if own.story.status == Story.Status.WITHDRAWN:
        return go(own, "withdrawn")
    if not may_withdraw(own.story):
        return go(own, "late")
    if request.method == "POST":
        return _step(own, "withdraw", "withdrawn")
    context = {"title": "Take your story back?", "own": own, "to": own.to, "story": own.story}
    context |= {"days": status_text.BRING_BACK_DAYS, "is_public": own.story.status == Story.Status.PUBLISHED}
    return render(request, "my_stories/withdraw.html", context)


@theirs
@require_http_methods(FORM)
def bring_back(request, own: Own):
    if not status_text.may_bring_back(own.story):
        return go(own, "back" if own.story.status in _BACK else "late")
    if request.method == "POST":
        return _step(own, "bring_back", "back")
    context = {"title": "Bring your story back?", "own": own, "to": own.to}
    return render(request, "my_stories/bring_back.html", context)


def _step(own: Own, step: str, done: str):
    try:
        workflow.take(step, own.story, by=Role.TELLER)
    except Impossible:  # a second click, or the team was quicker
        own.story.refresh_from_db(fields=["status"])
        return go(own, done if own.story.status in (_BACK if step == "bring_back" else _AWAY) else "late")
    return go(own, done)


@csrf_exempt  # `theirs` guards it; what else is answered here shows nothing but a day
def erase(request, slug):
    """A second click comes when the story, its keys and perhaps the account's right to it are gone: whoever had the
    page before them is shown the same receipt."""
    response = _erase(request, slug)
    if request.method == "POST" and response.status_code == 404 and _was_shown(request.POST.get("shown", ""), slug):
        found = Erasure.objects.filter(slug=slug).first()
        return private(_to_receipt(found)) if found else response
    return response


@theirs
@require_http_methods(FORM)
def _erase(request, own: Own):
    form = SureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _to_receipt(erasing.erase(own.story, asked_by="teller"))
        except erasing.CannotErase as error:
            form.add_error(None, str(error))
    shown = signing.dumps(own.story.slug, salt=_SALT)
    context = {"title": "Erase your story for ever?", "own": own, "to": own.to, "form": form, "shown": shown}
    return render(request, "my_stories/erase.html", context | {"can_withdraw": may_withdraw(own.story)})


def _was_shown(signed: str, slug: str) -> bool:
    try:
        return signing.loads(signed, salt=_SALT, max_age=_A_DAY) == slug
    except signing.BadSignature:
        return False


def _to_receipt(erasure: Erasure):
    return redirect("my_stories:erased", receipt=erasure.receipt)


@require_safe
def erased(request, receipt):
    """Needs no key: it tells nothing but the day."""
    found = Erasure.objects.filter(receipt=receipt).first() if "\0" not in receipt else None
    if found is None:
        raise Http404
    return render(request, "my_stories/erased.html", {"title": "Your story is erased", "erasure": found})

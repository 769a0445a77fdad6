"""Changing a story that was sent: its words, its pictures, then all of it once more before it is sent. Nothing here
reaches a reader; that is decided in stories/changes.py.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cms import limits
from cms.requests.preserve_input import unless_typed
from stories import changes, display_name
from stories.models import Story
from stories.my_stories import status_text, version_diff
from stories.my_stories.access import Own, theirs
from stories.my_stories.views import FORM, go, said
from stories.photos import photo_page as pictures
from stories.submit.forms import StoryForm
from stories.workflow import Impossible

MOST_A_DAY = 20  # changes of one story that are sent


@theirs
@require_http_methods(FORM)
def change(request, own: Own):
    """The words. The change begins when they are saved for the first time, never by looking."""
    story = own.story
    if not changes.may_change(story) or story.latest is None:
        return unless_typed(request, go(own, "late"))
    form = None
    if request.method == "POST":
        try:
            form = _saved(request, story)
        except Impossible:
            return unless_typed(request, go(own, "late"))
        if form.is_valid():
            return redirect(own.address("change_check" if "check" in request.POST else "change_pictures"))
    form = form or StoryForm(version=changes.begun(story) or changes.copy_of(story.latest), story=story)
    return render(request, "my_stories/change.html", _context(own, "Change your story", form=form))


@transaction.atomic
def _saved(request, story: Story) -> StoryForm:
    """What is right of it, whatever is wrong with the rest. Nobody sends the change meanwhile in another window."""
    form = StoryForm(request.POST, version=changes.begin(story), story=story)
    form.save()
    return form


@theirs
@require_http_methods(FORM)
def change_pictures(request, own: Own):
    version = changes.begun(own.story)
    if version is None or not changes.may_change(own.story):
        return unless_typed(request, redirect(own.address("change")))
    return pictures.respond(
        request,
        own.story,
        version,
        template="my_stories/change_pictures.html",
        context=_context(own, "Your pictures"),
        here=own.address("change_pictures"),
        onward=own.address("change_check"),
        later=own.address("story"),
        hidden={} if own.text else {"csrfmiddlewaretoken": get_token(request)},
        address=lambda picture: own.address("picture", picture.key, "preview.jpg"),
    )


@theirs
@require_http_methods(FORM)
def change_check(request, own: Own):
    """What a reader would see, and what is different; sends it."""
    story, version = own.story, changes.begun(own.story)
    if version is None:
        return go(own, "late")
    version.story = story
    problems: list[str] = []
    if request.method == "POST":
        try:
            return _send(own, version)
        except ValidationError as error:
            problems = error.messages
        except Impossible:
            return go(own, "late")
    context = _context(own, "Look at your change") | {
        "problems": problems,
        "version": version_diff.shown(own, version, ""),
        "name": display_name.after(version),
        "differences": version_diff.between(story.latest, version),
        "is_public": story.status == Story.Status.PUBLISHED,
        "done": said(request),
    }
    return render(request, "my_stories/change_check.html", context)


def _send(own: Own, version):
    if not limits.allows("story change", str(own.story.pk), most=MOST_A_DAY, seconds=24 * 60 * 60):
        raise ValidationError("You have sent many changes today. This one is kept. Please send it tomorrow.")
    changes.send(version)
    return go(own, "sent")


def _context(own: Own, title: str, **more) -> dict:
    return {"title": title, "own": own, "to": own.to, "asked": status_text.asked(own.story)} | more

"""Hands out pictures of stories: the public ones to anybody, others to those who work on that one story.

No right over the site's own pictures opens one of these. Before a picture is public it is seen by whoever
writes its story, by its teller, and by staff who may read the story; and afterwards again by nobody else.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cms.media.views import PUBLIC_AGE, opened
from cms.page_cache.middleware import public_page
from cms.requests import reauthentication
from stories.models import Story, StoryPicture
from stories.workflow import SAFEGUARDING


@public_page(is_kept=False)
@require_safe
def picture(request, key, version, name):
    """One that readers may see now. Asked anew after a minute at the latest, so one that is taken back is gone then.
    The version in the address is for caches."""
    found = get_object_or_404(StoryPicture.objects.public(), key=key)
    etag = f'"{found.key.hex}-{found.version}-{name}"'
    response = get_conditional_response(request, etag=etag) or opened(found, name)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_AGE}, must-revalidate"
    return response


def of_one_story(find: Callable[..., Story | None]) -> Callable[..., HttpResponse]:
    """A view of the pictures of the one story that `find(request, …)` gives to whoever asks, public or not. It takes
    what `find` takes from the address, and `key` and `name`."""

    @require_safe
    def private_picture(request: HttpRequest, key: Any, name: str, **kwargs: Any) -> HttpResponse:
        return _private(find(request, **kwargs), key, name)

    return private_picture


def _private(story: Story | None, key: Any, name: str) -> HttpResponse:
    if story is None:
        raise Http404
    response = opened(get_object_or_404(StoryPicture, story=story, key=key), name)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def staff_picture(request, key, name):
    """For the review: staff with the right to read stories, who have shown a second factor; of a story held for
    safeguarding those alone who look after that."""
    found = get_object_or_404(StoryPicture.objects.select_related("story"), key=key)
    return _private(found.story if _may_read(request, found.story) else None, key, name)


def _may_read(request: HttpRequest, story: Story) -> bool:
    person: Any = request.user
    if not person.is_active or not person.is_staff or (person.is_limited and not person.is_superuser):
        return False
    if story.status in (*Story.UNSEEN, Story.Status.WITHDRAWN) or not person.has_perm("stories.view_story"):
        return False
    if story.status == Story.Status.HELD and not person.has_perm(SAFEGUARDING):
        return False
    return reauthentication.has_shown_factor(request)

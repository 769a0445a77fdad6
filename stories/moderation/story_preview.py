"""The page of a story as readers would see it, for staff alone: with pictures that nobody else may open yet."""

from types import MethodType

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from cms.backoffice.publishable import preview_mixin
from cms.lib.admin_urls import admin_url
from stories.moderation import review, review_context
from stories.public import views


@review.or_to_the_queue
def frame(model_admin, request, pk):
    story = review.found(request, pk)
    if story.latest is None:
        raise Http404
    review.note_look(story, request.user)
    title = story.latest.title or str(story)
    page, back = admin_url(story, "preview_page"), admin_url(story)
    return preview_mixin.frame(model_admin.admin_site, request, title, page, back)


@xframe_options_sameorigin
@review.or_to_the_queue
def page(model_admin, request, pk):
    """What was told last, which is what is decided about."""
    story = review.found(request, pk)
    if story.latest is None:
        raise Http404
    review.note_look(story, request.user)
    context = views.context_of(story, story.latest, is_preview=True)
    for shown in context["pictures"]:
        shown.image.address = MethodType(review_context.file_address, shown.image)
    response = render(request, "stories/detail.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.is_framed = True
    return response

"""The newest stories as an Atom feed, for whoever reads with a program of their own."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from cms.lib import feeds
from cms.lib.structured_data import absolute
from cms.page_cache.middleware import public_page
from stories.models import StoryIndex, Thread
from stories.public.structured_data import NAME


@public_page
@require_safe
def newest(request):
    return _feed(
        request, StoryIndex.objects.all(), NAME, "What people in Derby tell about their city.", "stories:index"
    )


@public_page
@require_safe
def of_thread(request, slug):
    thread = get_object_or_404(Thread.objects.published(), slug=slug)
    stories = StoryIndex.objects.filter(threads__contains=[thread.pk])
    return _feed(request, stories, f"{NAME}: {thread.title}", thread.summary, "stories:thread", thread.slug)


def _feed(request, stories, title: str, words: str, *page: str):
    """Each story says its own language."""
    feed = feeds.begin(request, title=title, words=words, page=reverse(page[0], args=page[1:]))
    for story in stories.order_by("-published_at", "-story_id")[: feeds.NEWEST]:
        address = absolute(f"/stories/{story.slug}/")
        opening = escape(story.opening)  # which readers take for HTML
        feed.add_item(
            title=story.title,
            link=address,
            unique_id=address,
            description="" if story.has_note else opening,
            author_name=story.told_by or None,
            pubdate=story.published_at,
            updateddate=story.modified_at,
            lang=story.lang,
        )
    return feeds.answer(feed)

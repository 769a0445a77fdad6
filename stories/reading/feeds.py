"""The newest stories as an Atom feed, for whoever reads with a program of their own."""

import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from editorial.page_cache import public_page
from editorial.structured import absolute
from stories.models import ShelvedStory, Thread
from stories.reading.structured import NAME

NEWEST = 30
_EMPTY_SINCE = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)  # when the Derby Story began
_UNPRINTABLE = {code: None for code in (*range(32), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"}  # for XML


class Feed(Atom1Feed):
    """Each story says its own language."""

    content_type = "application/atom+xml; charset=utf-8"

    def latest_post_date(self):
        """Of an empty one the same every time, or it would be another feed for each reader."""
        return super().latest_post_date() if self.items else _EMPTY_SINCE

    def item_attributes(self, item):
        return {"xml:lang": item["lang"]} if item["lang"] else {}


@public_page
@require_safe
def newest(request):
    return _feed(
        request, ShelvedStory.objects.all(), NAME, "What people in Derby tell about their city.", "stories:index"
    )


@public_page
@require_safe
def of_thread(request, slug):
    thread = get_object_or_404(Thread.objects.published(), slug=slug)
    stories = ShelvedStory.objects.filter(threads__contains=[thread.pk])
    return _feed(request, stories, f"{NAME}: {thread.title}", thread.summary, "stories:thread", thread.slug)


def _feed(request, stories, title: str, words: str, *page: str):
    feed = Feed(
        title=title,
        link=absolute(reverse(page[0], args=page[1:])),
        description=words,
        subtitle=words,
        language="en-GB",
        author_name="Derby, a learning city",
        feed_url=absolute(request.path),
        feed_guid=absolute(request.path),
    )
    for story in stories.order_by("-published_at", "-story_id")[:NEWEST]:
        address = absolute(f"/stories/{story.slug}/")
        feed.add_item(
            title=_clean(story.title),
            link=address,
            unique_id=address,
            description="" if story.has_note else escape(_clean(story.opening)),  # which readers take for HTML
            author_name=_clean(story.told_by) or None,
            pubdate=story.published_at,
            updateddate=story.modified_at,
            lang=story.lang,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)

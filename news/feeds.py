"""The newest news as an Atom feed, for whoever reads with a program of their own."""

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from cms.lib import feeds
from cms.lib.structured_data import absolute
from cms.page_cache.middleware import public_page
from news.models import NewsItem


@public_page
@require_safe
def newest(request):
    """When something was said stands in the words, as exact as it is known: a feed's own dates are whole moments, so
    they say when we published it here."""
    title, words = gettext("News – Derby, a learning city"), gettext("News from Derby’s learning-city partnership.")
    feed = feeds.begin(request, title=title, words=words, page=reverse("news:index"))
    for item in NewsItem.objects.published().with_speaker().newest_first()[: feeds.NEWEST]:
        address = absolute(item.get_absolute_url())
        feed.add_item(
            title=item.title,
            link=address,
            unique_id=address,
            description=escape(f"{item.when}. {item.summary}"),  # which readers take for HTML
            author_name=item.speaker or None,
            pubdate=item.publish_at or item.created_at,
            updateddate=item.modified_at,
            lang="",
        )
    return feeds.answer(feed)

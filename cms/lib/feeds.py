"""What every Atom feed of the portal is made from."""

import datetime

from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed

from cms.lib.structured_data import absolute
from cms.text import text_cleaning

NEWEST = 30  # entries; older ones are a page away
_EMPTY_SINCE = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)


class Feed(Atom1Feed):
    """Each entry may say its own language, as `lang`."""

    content_type = "application/atom+xml; charset=utf-8"

    def latest_post_date(self):
        """Of an empty one the same every time, or it would be another feed for each reader."""
        return super().latest_post_date() if self.items else _EMPTY_SINCE

    def write(self, outfile, encoding):
        """No word of any row can stop it: what XML cannot hold is left out, wherever in the feed it stands."""
        self.feed = _for_xml(self.feed)
        self.items = [_for_xml(item) for item in self.items]
        super().write(outfile, encoding)

    def item_attributes(self, item):
        return {"xml:lang": item["lang"]} if item["lang"] else {}


def _for_xml(parts: dict) -> dict:
    return {name: text_cleaning.for_xml(part) if isinstance(part, str) else part for name, part in parts.items()}


def begin(request, *, title: str, words: str, page: str) -> Feed:
    """An empty feed at the address that is asked for; `page` is the path of the page it belongs to."""
    return Feed(
        title=title,
        link=absolute(page),
        description=words,
        subtitle=words,
        language="en-GB",
        author_name="Derby, a learning city",
        feed_url=absolute(request.path),
        feed_guid=absolute(request.path),
    )


def answer(feed: Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)

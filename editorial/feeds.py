"""What every Atom feed of the portal is made from."""

import datetime

from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed

from editorial.structured import absolute

NEWEST = 30  # entries; older ones are a page away
_EMPTY_SINCE = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)
_UNPRINTABLE = {code: None for code in (*range(32), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"}  # for XML


class Feed(Atom1Feed):
    """Each entry may say its own language, as `lang`."""

    content_type = "application/atom+xml; charset=utf-8"

    def latest_post_date(self):
        """Of an empty one the same every time, or it would be another feed for each reader."""
        return super().latest_post_date() if self.items else _EMPTY_SINCE

    def item_attributes(self, item):
        return {"xml:lang": item["lang"]} if item["lang"] else {}


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


def printable(text: str) -> str:
    """Without the letters that XML cannot hold."""
    return text.translate(_UNPRINTABLE)

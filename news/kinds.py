"""What can be edited about news: form, pictures and page."""

from django.core.exceptions import ValidationError

from cms.backoffice.forms import PublishableForm
from cms.backoffice.publishable.publishable_kind import PICTURE_FIELDS, PublishableKind
from cms.revisions import kinds
from cms.revisions.kinds import Rows
from news import views
from news.models import NewsItem, NewsPicture

PICTURES = Rows(NewsPicture, PICTURE_FIELDS)


class NewsItemForm(PublishableForm):
    needed_to_publish = ("body",)

    def clean(self):
        cleaned = super().clean()
        says_who = cleaned.get("said_by") or cleaned.get("said_by_name")
        if self.becomes_public(cleaned) and not says_who and "said_by" in self.fields:
            message = "Say who says it: choose a partner, or write a name in the next field."
            self.add_error("said_by", ValidationError(message, code="who_says_it"))
        return cleaned


@kinds.register
class NewsItemKind(PublishableKind[NewsItem]):
    model = NewsItem
    form = NewsItemForm
    layout = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("When, and who says it", {"fields": [("date", "date_note"), "said_by", "said_by_name"]}),
        ("What it is about", {"fields": ["programmes", "partners", "sources"]}),
    ]
    rows = (PICTURES,)

    def template(self, item):
        return "news/detail.html"

    def context(self, item):
        return views.context_of(item)

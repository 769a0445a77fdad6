"""What can be edited about the city: themes, priorities, wards, standing pages and sources."""

from django.core.exceptions import ValidationError
from django.urls import resolve, reverse

from city import passages, views
from city.models import Page, PageFigure, PagePicture, PriorityArea, Source, Theme, Ward
from cms.backoffice.forms import PublishableForm, StaffForm
from cms.backoffice.publishable.publishable_kind import PICTURE_FIELDS, PublishableKind
from cms.revisions import kinds
from cms.revisions.kinds import Kind, Rows

PAGE_PICTURES = Rows(PagePicture, PICTURE_FIELDS)
FIGURE_FIELDS = (
    ("value", "unit", "is_more_than"),
    "what",
    ("before", "period"),
    "question",
    "source",
    "note",
    ("on_home", "order"),
)
PAGE_FIGURES = Rows(PageFigure, FIGURE_FIELDS)
TAKEN = {"static", "media"}  # answered before any page of ours is looked for
KEPT_UP = "Every page of the portal links here, and for some the law asks. Change the words, but leave it published."


class PageForm(PublishableForm):
    needed_to_publish = ("body",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "body" in self.fields:
            self.fields["body"].help_text = passages.help_text()

    def clean_body(self):
        body = self.cleaned_data["body"]
        if mistakes := passages.mistakes(body):
            raise ValidationError([ValidationError(words, code="passage") for words in mistakes])
        return body

    def clean_slug(self):
        """A page stands beside the lists, so it must not take the address of one."""
        slug = self.cleaned_data["slug"]
        if slug in TAKEN or resolve(reverse("city:page", args=[slug])).view_name not in ("city:page", "city:contact"):
            raise ValidationError("The portal itself uses this address. Choose another web name.", code="taken")
        return slug

    def clean(self):
        cleaned = super().clean()
        is_standing = self.before is not None and self.before.slug in Page.STANDING
        if is_standing and cleaned.get("status") == Page.Status.DRAFT:
            self.add_error("status", ValidationError(KEPT_UP, code="standing"))
        for name in ("publish_at", "unpublish_at"):
            if is_standing and cleaned.get(name) and cleaned[name] != getattr(self.before, name):
                self.add_error(name, ValidationError(KEPT_UP, code="standing"))
        return cleaned


@kinds.register
class PageKind(PublishableKind[Page]):
    model = Page
    form = PageForm
    layout = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("How it is built", {"fields": ["layout", "sources"]}),
    ]
    rows = (
        PAGE_PICTURES,
        PAGE_FIGURES,
    )

    def template(self, page):
        return "city/contact.html" if page.slug == Page.CONTACT else f"city/{page.layout}.html"

    def context(self, page):
        return views.context_of(page)


@kinds.register
class ThemeKind(PublishableKind[Theme]):
    model = Theme
    layout = [
        (None, {"fields": ["title", "short_title", "slug", "summary", "body"]}),
        ("Where it belongs", {"fields": [("kind", "order"), "source"]}),
    ]

    def template(self, theme):
        return "city/theme.html"

    def context(self, theme):
        return views.context_of_theme(theme)


@kinds.register
class PriorityAreaKind(PublishableKind[PriorityArea]):
    model = PriorityArea
    layout = [
        (None, {"fields": ["title", "slug", "aim", "body"]}),
        ("How the city measures it", {"fields": ["measure", "source", "order"]}),
    ]

    def template(self, area):
        return "city/priority_area.html"

    def context(self, area):
        return views.context_of_area(area)


@kinds.register
class WardKind(PublishableKind[Ward]):
    model = Ward
    layout = [
        (None, {"fields": ["name", "slug", ("code", "valid_from"), "note"]}),
        ("On the map", {"fields": [("hex_q", "hex_r"), ("latitude", "longitude")]}),
    ]

    def template(self, ward):
        return "city/ward.html"

    def context(self, ward):
        return views.context_of_ward(ward)


@kinds.register
class SourceKind(Kind[Source]):
    model = Source
    form = StaffForm
    layout = [
        (None, {"fields": ["title", "publisher", "dated", "address", "reference"]}),
        ("What a reader should know", {"fields": ["note", "licence", "key"]}),
    ]

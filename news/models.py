"""What the partnership has to say, and when it was said.

The date is as exact as its source, and no more; what is public says who says it.
"""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.urls import reverse
from simple_history.models import HistoricalRecords

from city.models import SLUG_HELP, Source
from cms.lib.dates import PartialDateField, in_words
from cms.lib.queries import listed
from cms.media.models import PictureUse
from cms.publishing.models import Publishable, PublishableQuerySet
from cms.text.richtext import RichTextField
from cms.text.slugs import SlugField
from partners.models import Partner
from programmes.models import Programme

CARD_FIELDS = ("id", "title", "slug", "summary", "date", "date_note")
SHORT_LIST, SHORT_LIST_FIELDS = 5, ("title", "slug", "date", "date_note")


class NewsItemQuerySet(PublishableQuerySet):
    def newest_first(self):
        """Of a year, what has a month or a day comes before what has none."""
        return self.order_by("-date", "-pk")

    def for_cards(self):
        """Only what a line in a list shows."""
        return self.only(*CARD_FIELDS)

    def short_list(self):
        """The newest of these that are public, as dictionaries, for a page of something else (`listed`)."""
        return listed(self.published().newest_first()[:SHORT_LIST], **{name: name for name in SHORT_LIST_FIELDS})

    def of_outer_partner(self):
        """For a list beside each row of partners (`listed`): what that partner says, or what names it."""
        links = NewsItem.partners.through.objects.filter(newsitem=OuterRef("pk"), partner=OuterRef(OuterRef("pk")))
        return self.filter(Q(said_by=OuterRef("pk")) | Exists(links))

    def for_page(self):
        """With every list its page shows, as dictionaries, in one question to the database."""
        this = OuterRef("pk")
        published = Partner.objects.published()
        return self.annotate(
            speaker_list=listed(published.filter(pk=OuterRef("said_by")), name="name", slug="slug"),
            picture_list=listed(NewsPicture.objects.filter(news_item=this), **NewsPicture.SHOWN),
            programme_list=listed(
                Programme.objects.published().filter(news=this).order_by("title"), title="title", slug="slug"
            ),
            partner_list=listed(published.filter(news=this).order_by("name"), name="name", slug="slug"),
            source_list=listed(Source.objects.filter(news=this), **Source.SHOWN),
        )

    def with_speaker(self):
        """`speaker`: who says it, in words; empty where that is nobody the public may know of."""
        is_public = Q(said_by__in=Partner.objects.published())
        return self.annotate(speaker=Case(When(is_public, then="said_by__name"), default=F("said_by_name")))


class NewsItem(Publishable):
    title = models.CharField(max_length=150)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    date = PartialDateField(
        "date",
        blank=False,
        help_text="The day it was said: a day (2018-09-25), a month (2018-09) or a year (2018). Never more exact than "
        "you know.",
    )
    date_note = models.CharField(
        "date in words",
        max_length=120,
        blank=True,
        help_text="Shown instead of the date, where that says too much or too little: “Early 2018”.",
    )
    said_by = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="announcements",
        verbose_name="who says it",
        help_text="The partner whose news it is. If it is not among the partners, write its name in the next field.",
    )
    said_by_name = models.CharField(
        "who says it, in words", max_length=150, blank=True, help_text="A body that has no page here."
    )
    summary = models.CharField(
        max_length=250, help_text="One or two plain sentences, shown in lists and by search engines."
    )
    body = RichTextField("text", under_title=True, help_text="In our own words. Say where the news is from.")
    programmes = models.ManyToManyField(
        Programme, blank=True, related_name="news", help_text="The news stands on their pages, too."
    )
    partners = models.ManyToManyField(
        Partner, blank=True, related_name="news", help_text="The news stands on their pages, too."
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="news")

    objects = NewsItemQuerySet.as_manager()  # type: ignore[misc]  # narrower than the manager it inherits
    history = HistoricalRecords(m2m_fields=[programmes, partners, sources])

    class Meta(Publishable.Meta):
        ordering = ["-date", "-pk"]
        verbose_name = "news item"
        verbose_name_plural = "news"
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="draft") | Q(said_by__isnull=False) | ~Q(said_by_name=""),
                name="published_news_says_who_says_it",
                violation_error_message="Say who says it: choose a partner, or write a name.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("news:detail", args=[self.slug])

    @property
    def year(self) -> str:
        return self.date[:4]

    @property
    def when(self) -> str:
        return self.date_note or in_words(self.date)


class NewsPicture(PictureUse):
    """The first stands at the top of the page, the others after the text."""

    news_item = models.ForeignKey(NewsItem, on_delete=models.CASCADE, related_name="pictures")

    history = HistoricalRecords()

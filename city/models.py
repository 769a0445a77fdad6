"""What is known about Derby itself: its wards, themes, priority areas, sources and standing pages.

Every statement can say where it comes from, and what we do not know stays empty.
"""

from decimal import Decimal

from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cms.media.models import PictureUse
from cms.publishing.models import Publishable
from cms.text.richtext import RichTextField
from cms.text.slugs import SlugField

SLUG_HELP = "The last part of the page’s address. If you change it, the old address leads to the new one."


class Source(models.Model):
    """A page, report or data file that says something we repeat."""

    key = SlugField(
        "short name",
        max_length=60,
        unique=True,
        help_text="Part of its address on the public page of sources. Links to it break if you change it.",
    )
    title = models.CharField(
        max_length=250, help_text="The public page of sources shows every source as soon as you save it."
    )
    publisher = models.CharField(max_length=250)
    address = models.URLField("web address", max_length=400, blank=True)
    reference = models.CharField(
        max_length=400, blank=True, help_text="Where to find it, if it has no web address of its own."
    )
    dated = models.CharField(
        max_length=250,
        blank=True,
        help_text="When it was published, as it says itself. Empty is shown as “no date”.",
    )
    licence = models.CharField(max_length=200, blank=True, help_text="Only if the source states one.")
    note = models.TextField(blank=True, help_text="What a reader should know before trusting it. Shown to the public.")

    # What a numbered list of sources shows.
    SHOWN = {name: name for name in ("key", "title", "publisher", "dated", "address", "reference")}

    history = HistoricalRecords()

    class Meta:
        ordering = ["publisher", "title"]

    def __str__(self):
        return f"{self.title} ({self.publisher})"

    def get_absolute_url(self):
        return f"{reverse('city:sources')}#{self.key}"


class Sourced(models.Model):
    """A row that can say where its statement comes from."""

    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where this is said. Add the source first if it is not in the list.",
    )

    class Meta:
        abstract = True

    @property
    def source_name(self) -> str:
        return self.source.publisher if self.source else ""

    @property
    def source_key(self) -> str:
        return self.source.key if self.source else ""


class Figure(Sourced):
    """A number with everything a reader needs to trust it. Other apps add what it is about."""

    value = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=40, help_text="For example %, £, schools, people.")
    is_more_than = models.BooleanField("“more than”", default=False, help_text="Shown with a plus: 12,500+.")
    before = models.DecimalField(
        "value before",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Only where the same thing was asked before and after. Draws the two as a small chart.",
    )
    what = models.CharField(
        "what exactly",
        max_length=250,
        help_text="Read right after the number: 33 … primary schools taking part.",
    )
    period = models.CharField(
        max_length=120, blank=True, help_text="The time it is for. Empty is shown as “no year given”."
    )
    note = models.CharField(max_length=300, blank=True)
    question = models.CharField(
        max_length=120,
        blank=True,
        help_text="Give figures that answer the same question the same words here, for example “How many schools?”. "
        "If their values differ, the page shows each with its source and says that the sources do not agree.",
    )
    on_home = models.BooleanField("show on the home page", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def __str__(self):
        return f"{self.number} {self.what}"

    @property
    def number(self) -> str:
        return self.written(self.value) + ("+" if self.is_more_than else "")

    @property
    def number_before(self) -> str:
        return self.written(self.before) if self.before is not None else ""

    def written(self, value: Decimal) -> str:
        """1250000 with the unit £ becomes £1,250,000; 1.80 with % becomes 1.8%."""
        digits = f"{value.normalize():,f}"
        if self.unit == "£":
            return f"£{value:,.2f}".removesuffix(".00")
        return f"{digits}%" if self.unit == "%" else digits

    @property
    def about(self) -> models.Model:
        """The page or programme it belongs to."""
        raise NotImplementedError

    @property
    def about_id(self) -> int:
        raise NotImplementedError


class Ward(Publishable):
    """One of the city's electoral wards, with its place on the hexagon map (odd-r: odd rows sit half a tile right)."""

    code = models.CharField(max_length=9, unique=True, help_text="The code of the Office for National Statistics.")
    name = models.CharField(max_length=80)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, help_text="Degrees north, of the centre point.")
    longitude = models.DecimalField(max_digits=8, decimal_places=5, help_text="Degrees east, of the centre point.")
    hex_q = models.SmallIntegerField("map column")
    hex_r = models.SmallIntegerField("map row")
    valid_from = models.DateField("in use since")
    note = models.CharField(max_length=300, blank=True, help_text="Shown on the ward’s page.")

    history = HistoricalRecords()

    class Meta(Publishable.Meta):
        ordering = ["name"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(fields=["hex_q", "hex_r"], name="each_ward_has_its_own_tile"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("city:ward", args=[self.slug])

    @property
    def short_code(self):
        """Up to three letters for the map on a small screen."""
        words = [word for word in self.name.split() if word != "&"]
        return words[0][:3] if len(words) == 1 else "".join(word[0] for word in words)

    def touches(self, other: "Ward") -> bool:
        """Whether the two tiles share an edge on the map."""
        mine, theirs = self._axial(), other._axial()
        dq, dr = theirs[0] - mine[0], theirs[1] - mine[1]
        return (dq, dr) in {(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)}

    def _axial(self) -> tuple[int, int]:
        return self.hex_q - (self.hex_r - (self.hex_r & 1)) // 2, self.hex_r


class Theme(Publishable, Sourced):
    """What a programme is about."""

    class Kind(models.TextChoices):
        POLICY = "policy", "Policy theme of the learning-city profile"
        GOAL = "goal", "Theme of the shared goal"

    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=80, unique=True)
    short_title = models.CharField(max_length=40, help_text="One or two plain words for filters: “Fair chances”.")
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    summary = models.CharField(max_length=250, help_text="One plain sentence, shown in lists and by search engines.")
    body = RichTextField("text", under_title=True)
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta(Publishable.Meta):
        ordering = ["kind", "order", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("city:theme", args=[self.slug])


class PriorityArea(Publishable, Sourced):
    """What the city decided to work on first."""

    title = models.CharField(max_length=80, unique=True)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    aim = models.CharField(max_length=250, help_text="One plain sentence.")
    measure = models.CharField(
        "official measure",
        max_length=250,
        blank=True,
        help_text="How the city’s profile says it is measured. Empty: none named.",
    )
    body = RichTextField("text", under_title=True)
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta(Publishable.Meta):
        ordering = ["order"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("city:priority_area", args=[self.slug])


class Page(Publishable):
    """A standing page that staff write: the profile, the shared goal, accessibility, privacy and the like."""

    class Layout(models.TextChoices):
        STANDARD = "standard", "Standard: title, text and sources"
        LEARNING_CITY = "learning_city", "Learning city: adds figures, priority areas and policy themes"
        SHARED_GOAL = "shared_goal", "Shared goal: adds figures, the goal’s themes and their programmes"

    # Linked from the top or the foot of every page.
    CONTACT = "contact"  # carries the form of the site team (contact_views.py)
    STANDING = ("learning-city", "shared-goal", "accessibility", "privacy", "cookies", "terms", CONTACT)

    title = models.CharField(max_length=120)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    summary = models.CharField(
        max_length=250, help_text="One or two plain sentences, shown under the title and by search engines."
    )
    body = RichTextField("text", under_title=True)
    layout = models.CharField(max_length=20, choices=Layout, default=Layout.STANDARD)
    sources = models.ManyToManyField(Source, blank=True, related_name="pages")

    history = HistoricalRecords(m2m_fields=[sources])

    class Meta(Publishable.Meta):
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("city:page", args=[self.slug])


class PagePicture(PictureUse):
    """Stands after the text."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="pictures")

    history = HistoricalRecords()


class PageFigure(Figure):
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="figures")

    history = HistoricalRecords()

    class Meta(Figure.Meta):
        verbose_name = "figure"

    @property
    def about(self):
        return self.page

    @property
    def about_id(self):
        return self.page_id

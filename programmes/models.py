"""What the city runs, and what it ran. A programme is said to run only where something says so; figures that disagree
are all kept."""

from django.db import models
from django.db.models import Case, F, OuterRef, Q, When
from django.urls import reverse
from simple_history.models import HistoricalRecords

from city.models import SLUG_HELP, Figure, PriorityArea, Source, Sourced, Theme, Ward
from cms.lib.dates import PartialDateField, in_words
from cms.lib.queries import listed
from cms.media.models import PictureUse
from cms.publishing.models import Publishable, PublishableQuerySet
from cms.text.richtext import RichTextField
from cms.text.slugs import SlugField
from partners.models import Partner


class Audience(models.Model):
    """Who a programme is for, in the few words of the filter."""

    EVERYONE = "everyone"  # the web name of the one that all others belong to

    title = models.CharField(max_length=60, unique=True)
    slug = SlugField("web name", max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self):
        return self.title


CARD_FIELDS = (
    "id",
    "title",
    "slug",
    "summary",
    "audience",
    "running",
    "started",
    "ended",
    "dates_note",
    "thread",
    "art",
    "flagship",
)


class ProgrammeQuerySet(PublishableQuerySet):
    def in_list_order(self):
        """Running, being checked, finished; in each of them flagships first."""
        return self.order_by("running", F("flagship").asc(nulls_last=True), "title")

    def for_cards(self):
        """Only what a card shows."""
        return self.only(*CARD_FIELDS)

    def for_page(self):
        """With every list its page shows, as dictionaries, in one question to the database."""
        this = OuterRef("pk")
        return self.select_related("good_practice__source").annotate(
            picture_list=listed(ProgrammePicture.objects.filter(programme=this), **ProgrammePicture.SHOWN),
            audience_list=listed(Audience.objects.filter(programmes=this), title="title", slug="slug"),
            theme_list=listed(Theme.objects.published().filter(programmes=this), title="title", slug="slug"),
            area_list=listed(PriorityArea.objects.published().filter(programmes=this), title="title", slug="slug"),
            ward_list=listed(Ward.objects.published().filter(programmes=this), name="name", slug="slug"),
            period_list=listed(Period.objects.filter(programme=this), label="label"),
            step_list=listed(
                Step.objects.filter(programme=this),
                when="when", what="what", title="source__title", publisher="source__publisher", key="source__key",
            ),
            funding_list=listed(
                Funding.objects.filter(programme=this).annotate(
                    shown_funder=Case(When(funder__in=Partner.objects.published(), then="funder__name"))
                ),
                amount="amount", what="what", period="period", funder="shown_funder",
                publisher="source__publisher", key="source__key", dated="source__dated",
            ),
            partner_list=listed(
                Involvement.objects.filter(programme=this, partner__in=Partner.objects.published()),
                role="role", note="note", name="partner__name", slug="partner__slug",
            ),
            led_to_list=listed(Programme.objects.published().filter(grew_from=this), title="title", slug="slug"),
            grew_from_list=listed(Programme.objects.published().filter(led_to=this), title="title", slug="slug"),
            instead_list=listed(
                Programme.objects.published().filter(pk=OuterRef("instead")), title="title", slug="slug"
            ),
            news_list=Programme.news.rel.related_model.objects.filter(programmes=this).short_list(),
            source_list=listed(Source.objects.filter(programmes=this), **Source.SHOWN),
        )  # fmt: skip


class Programme(Publishable):
    class Running(models.TextChoices):
        """In the order lists show them; the values sort that way."""

        RUNNING = "1-running", "Running now"
        UNCONFIRMED = "2-unconfirmed", "Unconfirmed: we are checking if it still runs"
        FINISHED = "3-finished", "Finished"

    class Thread(models.TextChoices):
        MADDER = "madder", "Madder red"
        DERWENT = "derwent", "Derwent blue"
        WELD = "weld", "Weld yellow"
        PLUM = "plum", "Plum"

    class Art(models.TextChoices):
        WEAVE = "weave", "Weave"
        JUNCTION = "junction", "Railway junction"
        RHYTHM = "rhythm", "Rhythm of shapes"
        BUNTING = "swatch-derby-promise", "Bunting"
        GLOBE = "swatch-unesco-learning-city", "Globe of threads"
        STEPS = "swatch-post-16-transition", "Steps"
        DOORS = "swatch-derby-opportunity-area", "Doors"
        HILLS = "swatch-emotionally-healthy-schools", "Calm hills"
        RINGS = "swatch-inclusion-programme", "Linked rings"
        RIVER = "swatch-send-young-adults", "River"
        SPEECH = "swatch-early-talk", "Speech"
        PENCILS = "swatch-primary-school-improvement", "Pencils"
        WINDOWS = "swatch-the-derby-story", "Windows"
        STRANDS = "swatch-closing-the-gap", "Strands drawn together"
        SHUTTLE = "swatch-our-future", "Shuttle"

    title = models.CharField(max_length=120, unique=True)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    summary = models.CharField(max_length=250, help_text="One plain sentence, shown on cards and by search engines.")
    body = RichTextField("what it is", help_text="Short paragraphs. Say what happens, where and why.")
    audience = models.CharField("who it is for", max_length=250)
    audiences = models.ManyToManyField(
        Audience, blank=True, related_name="programmes", verbose_name="audiences for the filter"
    )
    age_from = models.PositiveSmallIntegerField(
        "from age", null=True, blank=True, help_text="Years. Leave both empty for all ages."
    )
    age_to = models.PositiveSmallIntegerField("to age", null=True, blank=True)
    ages_note = models.CharField("ages in words", max_length=120, blank=True, help_text="For example “about 4 to 11”.")
    themes = models.ManyToManyField(Theme, blank=True, related_name="programmes")
    priority_areas = models.ManyToManyField(PriorityArea, blank=True, related_name="programmes")
    priority_note = models.CharField(
        max_length=250, blank=True, help_text="If the link to a priority area is our own reading, say so."
    )
    partners = models.ManyToManyField(Partner, through="Involvement", related_name="programmes")
    partners_note = models.CharField(
        max_length=300, blank=True, help_text="For example partners a source does not name."
    )
    wards = models.ManyToManyField(Ward, blank=True, related_name="programmes")
    places = models.CharField("where", max_length=300, blank=True)
    started = PartialDateField()
    ended = PartialDateField()
    dates_note = models.CharField(
        "dates in words",
        max_length=200,
        blank=True,
        help_text="Shown instead of the two dates, where those say too much or too little.",
    )
    running = models.CharField(
        "does it run?",
        max_length=20,
        choices=Running,
        default=Running.UNCONFIRMED,
        help_text="Readers see this. Choose “running” only if something from the last two years says so.",
    )
    running_note = models.CharField(
        "how we know",
        max_length=400,
        blank=True,
        help_text="One or two sentences for readers: what says so, and from when.",
    )
    flagship = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        unique=True,
        help_text="1, 2 or 3 for those that stand in front, on the home page and in the list. Empty for all others.",
    )
    take_part = RichTextField(
        "how to take part", help_text="Whom to ask, where to go, what it costs. If we do not know, say so."
    )
    outcomes = RichTextField("what changed", help_text="What the programme achieved, with who says so.")
    led_to = models.ManyToManyField(
        "self",
        blank=True,
        symmetrical=False,
        related_name="grew_from",
        verbose_name="what it led to",
        help_text="Programmes that grew out of this one.",
    )
    instead = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="what to join instead",
        help_text="For a finished programme: what works for the same goal today.",
    )
    thread = models.CharField("colour", max_length=10, choices=Thread, default=Thread.MADDER)
    art = models.CharField("drawing", max_length=50, choices=Art, default=Art.WEAVE)
    sources = models.ManyToManyField(Source, blank=True, related_name="programmes")

    # What digests of seeded programmes still count, from when a programme held one picture in a field.
    SEEDED_BEFORE = {"picture": None}

    objects = ProgrammeQuerySet.as_manager()  # type: ignore[misc]  # narrower than the manager it inherits
    history = HistoricalRecords(m2m_fields=[audiences, themes, priority_areas, wards, led_to, sources])

    class Meta(Publishable.Meta):
        ordering = ["title"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="programme_ages_run_upwards",
                violation_error_message="The second age must not be lower than the first.",
            ),
            models.CheckConstraint(
                condition=Q(started="") | Q(ended="") | Q(ended__gte=F("started")) | Q(started__startswith=F("ended")),
                name="programme_ends_after_it_starts",
                violation_error_message="The end must not be before the start.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("programmes:detail", args=[self.slug])

    @property
    def status_words(self):
        if self.running == self.Running.RUNNING:
            return "Running now"
        if self.running == self.Running.UNCONFIRMED:
            return "We are checking if it still runs"
        return (
            f"Finished {'on' if len(self.ended) == 10 else 'in'} {in_words(self.ended)}" if self.ended else "Finished"
        )

    @property
    def status_kind(self):
        """The word used in style sheets and addresses: running, unconfirmed or finished."""
        return self.running.partition("-")[2]

    @property
    def when(self):
        if self.dates_note:
            return self.dates_note
        start, end = in_words(self.started), in_words(self.ended)
        if self.running == self.Running.FINISHED:
            if start and end:
                return f"{start} to {end}"
            return f"From {start}, end not known" if start else f"Until {end}" if end else "Dates not known"
        return f"Since {start}" if start else "Start not known"

    @property
    def ages(self):
        if self.ages_note:
            return self.ages_note
        if self.age_from is None and self.age_to is None:
            return "All ages"
        if self.age_to is None:
            return f"{self.age_from} and over"
        return f"{self.age_from or 0} to {self.age_to}"


class Involvement(models.Model):
    """What a partner does in a programme."""

    class Role(models.TextChoices):
        LEAD = "1-lead", "Leads it"
        CO_LEAD = "2-co-lead", "Leads it with others"
        DELIVERY = "3-delivery", "Takes part in running it"
        FUNDER = "4-funder", "Pays for it"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="involvements")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="involvements")
    role = models.CharField(max_length=12, choices=Role)
    note = models.CharField(max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["role", "pk"]
        verbose_name = "partner’s part"
        verbose_name_plural = "partners’ parts"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner", "role"],
                name="each_partner_has_each_role_once",
                violation_error_message="This partner is listed with this role already.",
            )
        ]

    def __str__(self):
        return f"{self.partner}: {self.get_role_display()}"


class Period(models.Model):
    """A stretch of time with a name of its own, such as a school year."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="periods")
    label = models.CharField(max_length=120, help_text="For example “2020/21 school year”.")
    started = PartialDateField()
    ended = PartialDateField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["started", "pk"]

    def __str__(self):
        return self.label


class Funding(Sourced):
    """Money that somebody said was given."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="funding")
    funder = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="funding")
    amount = models.DecimalField("amount in pounds", max_digits=14, decimal_places=2)
    what = models.CharField("for what", max_length=250)
    period = models.CharField(max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name_plural = "funding"

    def __str__(self):
        return f"{self.written} {self.what}"

    @property
    def written(self):
        return f"£{self.amount:,.2f}".removesuffix(".00")


class Step(Sourced):
    """One thing that happened, on the line of how it went."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="steps")
    when = models.CharField(max_length=80, help_text="As the source gives it: “Summer 2019”.")
    what = models.CharField(max_length=250)
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self):
        return f"{self.when}: {self.what}"


class HeadlineFigure(Figure):
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="figures")

    history = HistoricalRecords()

    class Meta(Figure.Meta):
        verbose_name = "headline figure"

    @property
    def about(self):
        return self.programme

    @property
    def about_id(self):
        return self.programme_id


class ProgrammePicture(PictureUse):
    """The first stands at the top of the page instead of the drawing, the others further down."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="pictures")

    history = HistoricalRecords()


class GoodPractice(Sourced):
    """A marked reading of a programme: what others can take from it."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="good_practice")
    problem = RichTextField("the problem", blank=False)
    approach = RichTextField("what was done", blank=False)
    evidence = RichTextField(
        "what shows that it worked", blank=False, help_text="With who says so. If nothing does, say that."
    )
    lessons = RichTextField("what others can take", blank=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "good practice"
        verbose_name_plural = "good practice"

    def __str__(self):
        return f"Good practice: {self.programme}"

"""The organisations behind the programmes, as they are and as they were.

People appear only as a person in a role at a date, never as today's contact.
"""

import unicodedata

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Lower
from django.urls import reverse
from simple_history.models import HistoricalRecords

from city.models import SLUG_HELP, Source, Sourced, Ward
from cms.lib.dates import PartialDateField, in_words
from cms.lib.queries import listed
from cms.media.models import Image, check_described
from cms.publishing import review_requests
from cms.publishing.models import Publishable, PublishableQuerySet
from cms.text.richtext import RichTextField
from cms.text.slugs import SlugField

_PLAIN = str.maketrans("ÆĐŁØŒÞ", "ADLOOT")  # letters that have no accent to take off, under which unaccent sorts them
CARD_FIELDS = ("id", "name", "slug", "sector", "summary", "ended")
# What the organisation itself may write about; of these, staff choose what needs nobody's approval.
DIRECT_FIELDS = (
    ("summary", "Summary"),
    ("body", "About"),
    ("also_known_as", "Also known as"),
    ("website", "Website"),
    ("is_citywide", "Works across the whole city"),
    ("wards", "Wards served"),
)


class PartnerQuerySet(PublishableQuerySet):
    def a_to_z(self):
        """As a library sorts: without “The”, capitals or accents."""
        name = Func(F("name"), Value("^The "), Value(""), function="regexp_replace", output_field=models.TextField())
        return self.order_by(Func(Lower(name), function="unaccent", output_field=models.TextField()), "pk")

    def for_cards(self):
        """Only what a line in a list shows."""
        return self.only(*CARD_FIELDS)

    def unconfirmed(self):
        """Public, and its people were asked twice whether it is still right, and nobody answered."""
        return self.published().filter(Exists(review_requests.labelled(Partner)))

    def for_page(self):
        """With every list its page shows, as dictionaries, in one question to the database."""
        this = OuterRef("pk")
        published = Partner.objects.published()
        return self.select_related("logo").annotate(
            silent_since=Subquery(review_requests.labelled(Partner).values("asked_at")[:1]),
            former_list=listed(FormerName.objects.filter(partner=this), name="name", until="until"),
            people_list=listed(
                PersonInRole.objects.filter(partner=this),
                name="name", role="role", as_of="as_of", publisher="source__publisher", key="source__key",
            ),
            ward_list=listed(Ward.objects.published().filter(partners=this), name="name", slug="slug"),
            successor_list=listed(published.filter(pk=OuterRef("successor")), name="name", slug="slug"),
            predecessor_list=listed(published.filter(successor=this), name="name", slug="slug", ended="ended"),
            parent_list=listed(published.filter(pk=OuterRef("parent")), name="name", slug="slug"),
            child_list=listed(published.filter(parent=this), name="name", slug="slug"),
            news_list=Partner.news.rel.related_model.objects.of_outer_partner().short_list(),
            source_list=listed(Source.objects.filter(partners=this), **Source.SHOWN),
        )  # fmt: skip


class Partner(Publishable):
    """An organisation (Open Referral: organization)."""

    class Sector(models.TextChoices):
        PUBLIC = "public", "Public"
        PRIVATE = "private", "Private"
        THIRD = "third", "Charity or community"
        EDUCATION = "education", "Education"
        FAITH = "faith", "Faith"
        MEDIA = "media", "Media"
        CULTURE = "culture", "Culture"
        NETWORK = "network", "Network, board or task force"

    name = models.CharField(max_length=120, unique=True)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    sector = models.CharField(max_length=10, choices=Sector)
    sector_note = models.CharField(max_length=200, blank=True, help_text="If the sector is not certain, say why.")
    also_known_as = models.CharField(max_length=150, blank=True)
    summary = models.CharField(
        max_length=250, help_text="One or two plain sentences, shown in lists and by search engines."
    )
    body = RichTextField("about")
    website = models.URLField(max_length=300, blank=True)
    website_note = models.CharField(
        max_length=200, blank=True, help_text="Shown beside the address, for example how we know it."
    )
    logo = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        validators=[check_described],
        help_text="Only a logo the partner has let us show. Without one the page draws a mark from the name.",
    )
    started = PartialDateField()
    ended = PartialDateField(help_text="Fill in only if the organisation itself has ended, or is no longer a partner.")
    ended_note = models.CharField(max_length=250, blank=True, help_text="What happened, in one sentence.")
    successor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        help_text="Who carries its work on now.",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="parent body",
        help_text="For a board or task force: the body that set it up.",
    )
    is_citywide = models.BooleanField("works across the whole city", default=False)
    wards = models.ManyToManyField(
        Ward,
        blank=True,
        related_name="partners",
        verbose_name="wards served",
        help_text="Only where a source or the partner says so.",
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="partners")
    direct_fields = ArrayField(
        models.CharField(max_length=20, choices=DIRECT_FIELDS),
        default=list,
        blank=True,
        verbose_name="may change directly",
        help_text="What the organisation’s own people may change without anybody’s approval. All else waits for it.",
    )

    objects = PartnerQuerySet.as_manager()  # type: ignore[misc]  # narrower than the manager it inherits
    history = HistoricalRecords(m2m_fields=[wards, sources])

    class Meta(Publishable.Meta):
        ordering = ["name"]
        default_permissions = (*Publishable.Meta.default_permissions, "act_for", "merge", "end")  # type: ignore[assignment]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(started="") | Q(ended="") | Q(ended__gte=F("started")) | Q(started__startswith=F("ended")),
                name="partner_ends_after_it_starts",
                violation_error_message="The end must not be before the start.",
            ),
            models.CheckConstraint(
                condition=~Q(successor=F("id")) & ~Q(parent=F("id")),
                name="partner_is_neither_its_own_successor_nor_parent",
                violation_error_message="A partner cannot be its own successor or parent body.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("partners:detail", args=[self.slug])

    @property
    def has_ended(self):
        return bool(self.ended)

    @property
    def ended_words(self):
        return in_words(self.ended)

    @property
    def started_words(self):
        return in_words(self.started)

    @property
    def confirmed_on(self):
        """The day its own people last said that its page is right."""
        return self.checked_on if self.checked_by == self.Checker.PARTNER else None

    @property
    def letter(self):
        """The heading its name stands under in a list from A to Z."""
        return unicodedata.normalize("NFD", self.name.removeprefix("The "))[:1].upper().translate(_PLAIN)

    def parts(self):
        """Its parts in published programmes, leading ones first. Asks the database."""
        published = self.programmes.published().order_by()
        return (
            self.involvements.filter(programme__in=published)
            .select_related("programme")
            .order_by("role", "programme__title")
        )

    @property
    def initials(self):
        """For the drawn mark: up to two letters of the words that carry the name."""
        words = [
            word for word in self.name.replace("-", " ").split() if word.lower() not in {"the", "of", "and", "in", "&"}
        ]
        return (words[0][:2] if len(words) == 1 else "".join(word[0] for word in words[:2])).upper()

    @property
    def pattern(self):
        """Which of the six woven patterns its mark has; the same for the same name on every machine."""
        return sum(self.slug.encode()) % 6 + 1


class FormerName(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=120)
    until = PartialDateField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["-until", "name"]

    def __str__(self):
        return self.name


class PersonInRole(Sourced):
    """Somebody a source names, as what, and when. Never a contact."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=150)
    as_of = models.CharField(
        "at what date", max_length=120, help_text="For example “early 2018”. Always shown beside the name."
    )
    is_public_office = models.BooleanField(
        "holds a public office", default=False, help_text="Others need their own consent before you add them."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = "person in a role"
        verbose_name_plural = "people in roles"
        constraints = [models.CheckConstraint(condition=~Q(as_of=""), name="person_is_named_only_with_a_date")]

    def __str__(self):
        return f"{self.name}, {self.role} ({self.as_of})"

"""What stories are about, and what people are invited to tell."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.urls import reverse
from simple_history.models import HistoricalRecords

from city.models import SLUG_HELP, Ward
from cms.media.models import PictureUse
from cms.publishing.models import Publishable, PublishableQuerySet
from cms.text.richtext import RichTextField
from cms.text.slugs import SlugField
from partners.models import Partner

MOST_QUESTIONS = 5


class Thread(Publishable):
    """What stories are about, such as railways. Staff keep a few; whoever tells chooses one, or none."""

    title = models.CharField(max_length=60, unique=True, help_text="One or two plain words: “Railways”.")
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    summary = models.CharField(max_length=250, help_text="One plain sentence, shown in lists and by search engines.")
    question = models.CharField(
        "what it asks", max_length=200, blank=True, help_text="What readers are invited to tell: “Who taught you?”"
    )
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta(Publishable.Meta):
        ordering = ["order", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("stories:thread", args=[self.slug])


class CallQuerySet(PublishableQuerySet):
    def open(self):
        """Public calls that take stories today, by the database's clock."""
        today = TruncDate(Now())
        return self.published().filter(
            Q(opens_on=None) | Q(opens_on__lte=today), Q(closes_on=None) | Q(closes_on__gte=today)
        )


class Call(Publishable):
    """An invitation to tell: “your first day at work”, with its dates and questions."""

    title = models.CharField(max_length=120, unique=True)
    slug = SlugField("web name", max_length=80, unique=True, help_text=SLUG_HELP)
    question = models.CharField(
        max_length=200, help_text="What you ask, as you would ask a neighbour: “What was your first day at work like?”"
    )
    summary = models.CharField(max_length=250, help_text="One plain sentence, shown in lists and by search engines.")
    body = RichTextField("more about it", blank=True, help_text="Why you ask, and what becomes of the stories.")
    opens_on = models.DateField("first day", null=True, blank=True, help_text="Leave empty if it is open already.")
    closes_on = models.DateField(
        "last day", null=True, blank=True, help_text="Leave empty for a standing call, which never closes."
    )
    host = models.ForeignKey(
        Partner,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="calls",
        help_text="The partner who asks. Empty for the city itself.",
    )
    host_words = models.CharField(
        "who asks, in words", max_length=200, blank=True, help_text="If it is more than one organisation."
    )
    ward = models.ForeignKey(Ward, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls")
    place = models.CharField(
        max_length=120, blank=True, help_text="A public place it is about, or where its event is: “Derby Arboretum”."
    )
    is_standing = models.BooleanField(
        "the standing call",
        default=False,
        help_text="The Derby Story itself. There is one; it stands first, and is offered to everybody.",
    )

    objects = CallQuerySet.as_manager()  # type: ignore[misc]  # narrower than the manager it inherits
    history = HistoricalRecords()

    class Meta(Publishable.Meta):
        ordering = ["-is_standing", "closes_on", "title"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="call_closes_after_it_opens",
                violation_error_message="The last day must not be before the first.",
            ),
            models.UniqueConstraint(
                fields=["is_standing"],
                condition=Q(is_standing=True),
                name="there_is_one_standing_call",
                violation_error_message="There is a standing call already.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("stories:call", args=[self.slug])


class Question(models.Model):
    """One more thing a call asks, beside the story. Never needed to send one."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions")
    words = models.CharField("question", max_length=200)
    hint = models.CharField(max_length=200, blank=True, help_text="Helps to answer it. Shown under the question.")
    order = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(99)], help_text="Up to five questions, in this order."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self):
        return self.words


class CallPicture(PictureUse):
    """Stands at the top of a call's page."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="pictures")

    history = HistoricalRecords()

    @property
    def page(self) -> Any:
        return self.call

"""Who runs the portal and answers for it: one row, which administrators fill in (see cms/admin/site_settings_admin.py).

Nothing here is required. Where a field is empty the public page says in a short sentence that it is not named yet.
"""

from contextvars import ContextVar
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cms.media.models import PictureCopy

MOST_DAYS = 60

# What was read for the request that is being answered; None outside one, where each call asks anew.
_read: ContextVar[dict[str, Any] | None] = ContextVar("site_settings", default=None)


def _phone(label: str, help_text: str) -> models.CharField:
    valid = RegexValidator(
        r"^\+?[0-9()][0-9() ]{5,22}$",
        "Write a telephone number with figures and spaces, such as 01332 000000.",
        code="not_a_phone_number",
    )
    return models.CharField(label, max_length=24, blank=True, validators=[valid], help_text=help_text)


def _days(label: str, help_text: str) -> models.PositiveSmallIntegerField:
    bounds = [
        MinValueValidator(1, "Write at least 1 day."),
        MaxValueValidator(MOST_DAYS, f"Write at most {MOST_DAYS} days."),
    ]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=bounds, help_text=help_text)


class SiteSettings(models.Model):
    """Read it with `SiteSettings.load()`, which asks the database once a request."""

    THE_ROW = 1

    controller_name = models.CharField(
        "who is responsible for people’s data",
        max_length=200,
        blank=True,
        help_text="The body that the law calls the controller, such as the council. Shown under “Your data and your "
        "rights”.",
    )
    controller_address = models.TextField(
        "its postal address", max_length=500, blank=True, help_text="As on a letter, one line under the other."
    )
    dpo_name = models.CharField(
        "data protection contact",
        max_length=200,
        blank=True,
        help_text="The name of an office, such as “Data Protection Officer”. Not the name of a person.",
    )
    dpo_email = models.EmailField("its email address", blank=True, help_text="Where people ask about their data.")
    dpo_phone = _phone("its telephone", "Shown beside the address.")
    ico_registration = models.CharField(
        "ICO registration number",
        max_length=12,
        blank=True,
        validators=[
            RegexValidator(r"^Z[A-Z0-9]\d{6}$", "It is a Z, a letter or figure, and six figures, such as Z1234567.")
        ],
        help_text="Of the controller, in the Information Commissioner’s register of fee payers.",
    )
    lawful_basis_confirmed_on = models.DateField(
        "reasons in law confirmed on",
        null=True,
        blank=True,
        help_text="The day the controller confirmed the reasons in law that stand under “Your data and your rights”.",
    )
    hosting_provider = models.CharField(
        "who hosts the site",
        max_length=200,
        blank=True,
        help_text="The company or council whose computers the site runs on.",
    )
    hosting_logs = models.TextField(
        "what it logs, and how long it keeps that",
        max_length=500,
        blank=True,
        help_text="One or two plain sentences, such as: “It notes the network address of your device, and keeps that "
        "for 30 days.”",
    )
    data_processors = models.TextField(
        "others who handle data for us",
        max_length=1000,
        blank=True,
        help_text="One on each line: the name and what it does, such as: “Example Mail Ltd, which sends our email”.",
    )

    contact_email = models.EmailField("email address", blank=True, help_text="Of the team that runs the site.")
    contact_phone = _phone("telephone", "Leave it empty if nobody picks up.")
    opening_hours = models.CharField(
        "when somebody picks up", max_length=200, blank=True, help_text="Such as “Monday to Friday, 9am to 5pm”."
    )
    security_email = models.EmailField(
        "address for weaknesses",
        blank=True,
        help_text="Where people who find a weakness in the site report it. It stands in /.well-known/security.txt.",
    )
    accessibility_email = models.EmailField(
        "address for accessibility",
        blank=True,
        help_text="If it is another than the one above. For problems with using the site, and for other formats.",
    )
    complaints_name = models.CharField(
        "who hears a complaint",
        max_length=200,
        blank=True,
        help_text="An office for those who are not happy with our answer, such as “Customer Feedback, Derby City "
        "Council”.",
    )
    complaints_email = models.EmailField("its address for complaints", blank=True)

    enquiry_days = _days("a question to the site team", "Working days until it is answered.")
    suggestion_days = _days("a suggested change", "Working days until it is answered.")
    accessibility_days = _days("an accessibility problem", "Working days until it is answered.")
    story_days = _days("a story", "Working days until somebody has read it and written back.")
    concern_days = _days(
        "a concern about a story",
        "Working days until it is answered. Where a child may be at risk, or somebody is shown who did not agree, the "
        "portal asks for less by itself.",
    )

    licence = models.CharField(
        "our own words and drawings",
        max_length=12,
        choices=PictureCopy.Licence,
        blank=True,
        help_text="Under which licence others may use them. Stories, figures and pictures have their own.",
    )
    modified_at = models.DateTimeField("last changed", auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "about this site"
        verbose_name_plural = "about this site"
        default_permissions = ("view", "change")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_row_of_site_settings")]

    def __str__(self):
        return "About this site"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        forget()

    @classmethod
    def load(cls) -> Self:
        """The settings, with nothing set where the row is missing. Within a request they are read once."""
        kept = _read.get()
        if kept is None:
            return cls._from_database()
        if "settings" not in kept:
            kept["settings"] = cls._from_database()
        return kept["settings"]

    @classmethod
    def _from_database(cls) -> Self:
        return cls.objects.filter(pk=cls.THE_ROW).first() or cls(pk=cls.THE_ROW)

    @property
    def answers_accessibility(self) -> str:
        """The address for problems with using the site; empty if there is none."""
        return self.accessibility_email or self.contact_email

    @property
    def processors(self) -> list[str]:
        """Others who handle data, one each."""
        return [line.strip() for line in self.data_processors.splitlines() if line.strip()]

    @property
    def answer_times(self) -> list[tuple[str, str]]:
        """What somebody may send, and within how many working days it is answered; only what is promised."""
        times = [
            (gettext("A question to the site team"), self.enquiry_days),
            (gettext("A change you suggest"), self.suggestion_days),
            (gettext("A story you tell"), self.story_days),
            (gettext("A concern about a story"), self.concern_days),
            (gettext("A problem with using the site"), self.accessibility_days),
        ]
        return [(what, working_days(days)) for what, days in times if days]

    def within(self, field: str) -> str:
        """“ within 5 working days”, for a sentence, of a field such as `story_days`; empty if none is promised."""
        days = getattr(self, field)
        return f" {gettext('within %(time)s') % {'time': working_days(days)}}" if days else ""

    @property
    def licence_name(self) -> str:
        return self.get_licence_display().partition(" (")[0]

    @property
    def licence_url(self) -> str:
        return PictureCopy.LICENCE_URLS.get(PictureCopy.Licence(self.licence), "") if self.licence else ""


class NamedBody(models.Model):
    """A body outside that may use a story where its storyteller allows it, and how it hears that one was taken back."""

    class Use(models.TextChoices):
        """The same values as the purposes of consent, which are above this app."""

        PRESS = "press", _("In the press")
        MARKETING = "marketing", _("In marketing of the city")
        MUSEUM = "museum", _("In museum displays and the collection")
        PRINT = "print", _("In print")

    settings = models.ForeignKey(SiteSettings, on_delete=models.CASCADE, related_name="bodies")
    name = models.CharField(max_length=200, help_text="As it calls itself.")
    use = models.CharField("what for", max_length=10, choices=Use)
    told_how = models.CharField(
        "how it hears of a withdrawal",
        max_length=250,
        help_text="A plain sentence, such as: “We email its picture desk within two working days.” Readers see it.",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["use", "name"]
        verbose_name = "body that may use stories"
        verbose_name_plural = "bodies that may use stories"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["name", "use"],
                name="each_body_is_named_once_for_a_use",
                violation_error_message="This body is named for this use already.",
            )
        ]

    def __str__(self):
        return f"{self.name}: {self.said_use}"

    @property
    def said_use(self) -> str:
        """As it stands within a sentence."""
        return self.get_use_display().lower()


def working_days(days: int | None) -> str:
    """“5 working days” in the language of the page; empty where no time is promised."""
    if days is None:
        return ""
    return ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}


def begin_request() -> Any:
    """From now on the settings are read once; returns what `end_request` needs."""
    return _read.set({})


def end_request(token: Any) -> None:
    _read.reset(token)


def forget() -> None:
    """What was read for this request is stale."""
    if (kept := _read.get()) is not None:
        kept.clear()

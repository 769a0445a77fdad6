"""One dated banner for the whole site or a section of it."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length, Now


class NoticeQuerySet(models.QuerySet):
    def showing(self):
        """Those that stand on public pages now, by the database's clock."""
        return self.filter(unpublish_at__gt=Now(), publish_at__lte=Now())

    def on(self, path: str):
        """Those of the whole site and of the sections the address lies in, the one that is shown first."""
        sections = [section for section, _ in settings.NOTICE_SECTIONS if path.startswith(section)]
        return self.filter(section__in=sections).order_by(Length("section").desc(), "-publish_at", "-pk")

    def beside(self, notice: "Notice"):
        """Others for the same time and some of the same pages, so that one of the two is not seen."""
        around = [section for section, _ in settings.NOTICE_SECTIONS if notice.section.startswith(section)]
        return self.filter(
            Q(section__in=around) | Q(section__startswith=notice.section),
            publish_at__lt=notice.unpublish_at,
            unpublish_at__gt=notice.publish_at,
        ).exclude(pk=notice.pk)

    def with_state(self):
        """`state`: what the public has of it this moment, by the database's clock."""
        return self.annotate(
            state=Case(
                When(unpublish_at__lte=Now(), then=Value("over")),
                When(publish_at__gt=Now(), then=Value("coming")),
                default=Value("showing"),
            )
        )


class Notice(models.Model):
    """The two times are called as those of a page are, because what watches the moments of pages watches these too
    (see cms/page_cache/triggers.py)."""

    class Tone(models.TextChoices):
        INFORMATION = "information", "Good to know"
        WARNING = "warning", "Something is different today"

    text = models.CharField(max_length=250, help_text="One or two short sentences. Everybody reads this first.")
    link = models.CharField(max_length=300, blank=True, help_text="An address on this site, such as /contact/.")
    link_text = models.CharField(max_length=80, blank=True, help_text="What a reader finds there.")
    tone = models.CharField(max_length=12, choices=Tone, default=Tone.INFORMATION)
    section = models.CharField("where", max_length=60, blank=True, default="")
    publish_at = models.DateTimeField("show from", help_text="Derby time.")
    unpublish_at = models.DateTimeField("show until", help_text="Derby time. A notice without an end is soon not read.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-publish_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unpublish_at__gt=F("publish_at")),
                name="notice_ends_after_it_starts",
                violation_error_message="The end must be later than the start.",
            )
        ]

    def __str__(self):
        return self.text

    @property
    def where(self) -> str:
        return dict(settings.NOTICE_SECTIONS).get(self.section, self.section)

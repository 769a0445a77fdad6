"""Concerns about a story or a picture, from anybody. Each has a clock, and each gets an answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stories.models.photos import StoryPicture
from stories.models.stories import Story


class ReportQuerySet(models.QuerySet):
    def open(self):
        """Those that wait for an answer, the most urgent first."""
        return self.filter(state__in=Report.OPEN).order_by("due_at", "pk")


class Report(models.Model):
    class Category(models.TextChoices):
        CHILD_AT_RISK = "child", "A child may be at risk"
        ME_IN_PICTURE = "me", "I am, or my child is, on a picture and do not agree"
        PRIVATE = "private", "It shows something private about somebody"
        HATE = "hate", "It is hateful, threatening or illegal"
        NOT_TRUE = "not_true", "Something in it is not true"
        COPYRIGHT = "copyright", "It uses words or pictures that belong to somebody else"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        ACTED = "acted", "Something was changed or taken down"
        KEPT = "kept", "Looked at, and left as it is"
        APPEALED = "appealed", "Looked at, and an appeal waits"
        CLOSED = "closed", "Decided again after an appeal"

    OPEN = (State.OPEN, State.APPEALED)

    story = models.ForeignKey(Story, on_delete=models.SET_NULL, null=True, editable=False, related_name="reports")
    story_slug = models.CharField(max_length=80, editable=False, help_text="Kept when the story itself is gone.")
    picture = models.ForeignKey(
        StoryPicture, on_delete=models.SET_NULL, null=True, editable=False, related_name="reports"
    )
    category = models.CharField("what is it about?", max_length=10, choices=Category)
    words = models.TextField("tell us more", max_length=2000, blank=True)
    email = models.EmailField("your e-mail address", blank=True, help_text="Only if you want to know what we did.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(editable=False, help_text="When the answer should be there at the latest.")
    hid_at_once = models.BooleanField(default=False, editable=False)
    outcome = models.TextField("what we did", max_length=2000, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    appeal = models.TextField("why they do not agree", max_length=2000, blank=True, editable=False)
    appealed_at = models.DateTimeField(null=True, editable=False)
    appeal_outcome = models.TextField(max_length=2000, blank=True, editable=False)
    appeal_was_right = models.BooleanField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = "reported concern"
        verbose_name_plural = "reported concerns"
        default_permissions = ("view", "decide")
        indexes = [models.Index(fields=["state", "due_at"], name="report_open_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(outcome=""), name="answered_report_says_what_was_done"
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()} (story {self.story_slug})"

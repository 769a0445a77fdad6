"""Changes that wait beside the live page, and the links by which somebody outside may look at one.

The public page stays as it is until somebody with the right to publish it says otherwise.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse


class ProposalQuerySet(models.QuerySet):
    def open(self):
        """Those that may still become public."""
        return self.filter(status__in=Proposal.OPEN)

    def about(self, thing):
        return self.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk)

    def due(self):
        """Scheduled, and their time has come by the database's clock."""
        return self.filter(status=Proposal.Status.SCHEDULED, publish_at__lte=Now())


class Proposal(models.Model):
    """What one thing could say instead of what it says now.

    `values` is everything its form would hold, `base` the same as the live thing had it when the proposal was written
    (the shape of both: cms/revisions/snapshot.py). Only what differs between the two is ever applied, so
    whatever others change meanwhile stays.
    """

    class Status(models.TextChoices):
        SKETCH = "sketch", "Only looked at, never kept"
        DRAFT = "draft", "Being written"
        WAITING = "waiting", "Waiting for approval"
        SCHEDULED = "scheduled", "Will be published"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Refused"
        TAKEN_BACK = "taken_back", "Taken back"

    OPEN = (Status.DRAFT, Status.WAITING, Status.SCHEDULED)

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, editable=False)
    object_id = models.PositiveBigIntegerField(null=True, editable=False)
    thing = GenericForeignKey()
    title = models.CharField(max_length=250, editable=False, help_text="What the thing is called, for lists.")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    values = models.JSONField(editable=False)
    base = models.JSONField(editable=False)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    for_name = models.CharField(
        "in the name of",
        max_length=150,
        blank=True,
        editable=False,
        help_text="The organisation that proposes it for its own page; empty for staff.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField("last changed", auto_now=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    words = models.TextField("what was answered", blank=True, editable=False)
    problems = ArrayField(
        models.TextField(),
        default=list,
        editable=False,
        help_text="Why it could not be published at its time, for whoever wrote it.",
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-modified_at"]
        verbose_name = "change beside the page"
        verbose_name_plural = "changes beside the page"
        default_permissions = ()  # whoever may see or change the thing may see or change what is proposed for it
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False),
                name="scheduled_proposal_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(status="refused") | ~Q(words=""), name="refused_proposal_says_why"),
        ]
        indexes = [
            models.Index(fields=["content_type", "object_id", "status"], name="proposal_thing_idx"),
            models.Index(fields=["publish_at"], condition=Q(status="scheduled"), name="proposal_due_idx"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("admin:cms_proposal_change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class PreviewLinkQuerySet(models.QuerySet):
    def live(self):
        """Those that still open, by the database's clock. With the decision about a change its links end."""
        is_open = Q(proposal=None) | Q(proposal__status__in=Proposal.OPEN)
        return self.filter(is_open, revoked_at=None, expires_at__gt=Now())


class PreviewLink(models.Model):
    """A key by which somebody without an account may see one draft or proposal, and answer. Only its hash is kept."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="links", editable=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, editable=False)
    object_id = models.PositiveBigIntegerField(editable=False)
    thing = GenericForeignKey()
    for_whom = models.CharField(
        "who is it for?", max_length=120, help_text="For example “Anna at the museum”. Only staff see this."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_id"], name="previewlink_thing_idx")]

    def __str__(self):
        return self.for_whom


class Answer(models.Model):
    """What somebody outside said about what a preview link showed them."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Yes, this is right"
        CHANGE = "change", "Please change something"

    link = models.ForeignKey(PreviewLink, on_delete=models.CASCADE, related_name="answers")
    name = models.CharField("your name", max_length=120)
    verdict = models.CharField("what do you think?", max_length=10, choices=Verdict)
    comment = models.TextField(max_length=5000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    shown_at = models.DateTimeField(help_text="When what they saw had last been changed.")

    class Meta:
        ordering = ["-at"]
        default_permissions = ()

    def __str__(self):
        return f"{self.name}: {self.get_verdict_display()}"


class Editing(models.Model):
    """Who has the form of a thing open, so that colleagues are told. Forgotten a few minutes after the last sign."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "person"], name="each_person_edits_a_thing_once"
            )
        ]

    def __str__(self):
        return f"{self.person_id} at {self.content_type_id}/{self.object_id}"

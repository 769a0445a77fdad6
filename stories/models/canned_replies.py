"""Sentences that moderators start from when they write to a teller."""

from django.db import models


class CannedReply(models.Model):
    class For(models.TextChoices):
        ASK = "ask", "Asking for a change"
        DECLINE = "decline", "Not publishing"
        REMOVE = "remove", "Taking down"
        REPORT = "report", "Answering a reported concern"

    use = models.CharField("for", max_length=10, choices=For)
    title = models.CharField(max_length=80, help_text="What staff choose it by: “A home address”.")
    words = models.TextField(max_length=1000, help_text="In plain words; whoever uses it may change them.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["use", "order", "title"]
        verbose_name = "sentence to start from"
        verbose_name_plural = "sentences to start from"
        default_permissions = ("view", "add", "change", "delete")
        constraints = [models.UniqueConstraint(fields=["use", "title"], name="each_sentence_has_its_title")]

    def __str__(self):
        return self.title

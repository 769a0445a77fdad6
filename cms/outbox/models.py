"""Mails as rows: written in the transaction that causes them, sent by the worker afterwards."""

from django.db import models


class Mail(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    to = models.EmailField("to")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=120, unique=True, editable=False)
    is_secret = models.BooleanField(
        default=False,
        editable=False,
        help_text="It holds a code or a key: its words are shown to nobody, and go when it is sent.",
    )
    useless_at = models.DateTimeField(
        null=True, editable=False, help_text="When what it says has ended; it is not sent after that."
    )
    about = models.CharField(
        max_length=60,
        blank=True,
        db_index=True,
        editable=False,
        help_text="What it is about, if it must go together with that: the kind and number of a thing.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "mail"
        default_permissions = ("view", "retry")

    def __str__(self):
        return self.subject

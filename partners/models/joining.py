"""Organisations that ask to join. Staff see none whose address nobody has confirmed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from partners.models.organisations import Partner


class JoinRequest(models.Model):
    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "The address is not confirmed yet"
        WAITING = "waiting", "Waits for the council"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    state = models.CharField(max_length=12, choices=State, default=State.UNCONFIRMED, editable=False)
    name = models.CharField("what is your organisation called?", max_length=120)
    sector = models.CharField("what kind of organisation is it?", max_length=10, choices=Partner.Sector)
    summary = models.CharField(
        "what do you do?",
        max_length=250,
        help_text="One or two plain sentences. They can become the first words of your page.",
    )
    website = models.URLField("your website", max_length=300, blank=True)
    registered_number = models.CharField(
        "charity or company number", max_length=20, blank=True, help_text="If you have one. We look it up."
    )
    evidence = models.TextField(
        "how can we see that you are from there?",
        max_length=1000,
        help_text="For example: your name on its website, or somebody at the council who knows you.",
    )
    person_name = models.CharField("your name", max_length=120)
    person_role = models.CharField("what you do there", max_length=120)
    email = models.EmailField("your e-mail address there", help_text="We send a link to it, to know that it is yours.")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    words = models.TextField("what was answered", max_length=2000, blank=True, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="join_requests"
    )

    class Meta:
        ordering = ["created_at"]
        verbose_name = "request to join"
        verbose_name_plural = "requests to join"
        default_permissions = ("view", "decide")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(words=""), name="declined_request_to_join_says_why"
            )
        ]

    def __str__(self):
        return self.name

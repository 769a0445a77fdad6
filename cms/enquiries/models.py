"""What people ask the site team on the contact page, and what was answered."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EnquiryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(closed_at=None)


class Enquiry(models.Model):
    """Nobody needs an account to ask. Who leaves an address is answered by email."""

    class Topic(models.TextChoices):
        ACCESS = "access", _("I cannot use part of this site, or need it in another form")
        LISTING = "listing", _("A programme or an organisation")
        STORY = "story", _("A story")
        DATA = "data", _("My data: see it, put it right or delete it")
        OTHER = "other", _("Something else")

    topic = models.CharField(max_length=10, choices=Topic)
    message = models.TextField(max_length=4000)
    email = models.EmailField("email address", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was answered last, or closed without an answer."
    )

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = "enquiry"
        verbose_name_plural = "enquiries"
        default_permissions = ("view", "answer")

    def __str__(self):
        """Without a word of it: this stands in the record, which nobody can erase."""
        return f"Enquiry {self.pk}"


class EnquiryReply(models.Model):
    """One answer, or a note why there is none. It is never changed afterwards."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField(max_length=4000)
    is_sent = models.BooleanField("went out by email", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = "reply to an enquiry"
        verbose_name_plural = "replies to enquiries"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="reply_to_an_enquiry_has_words")]

    def __str__(self):
        return f"Reply to enquiry {self.enquiry_id}"

    @classmethod
    def theirs(cls, _person: Any, addresses: Collection[str]) -> Q:
        """Whoever asked may have the answers, too."""
        return Q(enquiry__email__in=addresses)

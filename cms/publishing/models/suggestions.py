"""What readers say should be different on a page."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q


class SuggestionQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(answered_at=None)

    def about(self, thing):
        return self.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk)


class Suggestion(models.Model):
    """A change that a reader asks for. Nobody needs an account; who leaves an address is answered by email.

    A page that is no single thing, such as a list, is known by its address alone.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True, editable=False)
    object_id = models.PositiveBigIntegerField(null=True, editable=False)
    thing = GenericForeignKey()
    path = models.CharField(
        "address of the page", max_length=300, blank=True, editable=False, help_text="Where the page was then."
    )
    title = models.CharField("about", max_length=250, editable=False, help_text="What the page was called then.")
    words = models.TextField("what should be different?", max_length=2000)
    known_from = models.CharField("how do you know?", max_length=300, blank=True)
    email = models.EmailField("your e-mail address", blank=True)
    at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, editable=False, help_text="When those it concerns were told of it.")
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    answered_for = models.CharField(
        max_length=150, blank=True, editable=False, help_text="In whose name it was answered, as the reader was told."
    )
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = "suggestion"
        default_permissions = ("view", "answer")
        indexes = [models.Index(fields=["content_type", "object_id"], name="suggestion_thing_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="answered_suggestion_has_an_answer"
            ),
            models.CheckConstraint(
                condition=Q(content_type__isnull=False, object_id__isnull=False)
                | Q(content_type=None, object_id=None) & ~Q(path=""),
                name="suggestion_is_about_a_thing_or_an_address",
            ),
        ]

    def __str__(self):
        return self.title

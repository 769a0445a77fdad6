"""Links that grant power. Only the hash of a key is kept; it has one purpose, an end, and can be revoked.

What uses one reads it with `cms.access_links.token_links`.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now


class AccessTokenQuerySet(models.QuerySet):
    def live(self):
        """Those that still open, by the database's clock."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=Now())

    def about(self, thing):
        return self.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk)


class AccessToken(models.Model):
    class Purpose(models.TextChoices):
        FIRST_SIGN_IN = "first_sign_in", "The first sign-in of an administrator"
        INVITATION = "invitation", "An invitation to speak for a partner"
        JOIN = "join", "That an address of somebody who asks to join is theirs"
        STILL_RIGHT = "still_right", "Whether a page is still right"
        GO_ON = "go_on", "Going on with a story on another device"
        STORY_ADDRESS = "story_address", "That an address of somebody who tells a story is theirs"
        GUARDIAN = "guardian", "The answer of a parent or guardian"
        MY_STORY = "my_story", "The teller’s own page of a story"
        REPORT = "report", "What became of a reported concern"

    digest = models.CharField(max_length=64, unique=True, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose, editable=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, editable=False)
    object_id = models.PositiveBigIntegerField(editable=False)
    thing = GenericForeignKey()
    email = models.EmailField(
        blank=True, editable=False, help_text="The address it was sent to, if it is bound to that."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_id"], name="key_thing_idx")]

    def __str__(self):
        return self.get_purpose_display()

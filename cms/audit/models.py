"""What was decided, kept for ever: the database itself refuses to change or delete a line (see audit_log.py)."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """Who decided what about which thing, when, from what to what. Never a secret, never a reader's words."""

    class Action(models.TextChoices):
        PUBLISHED = "published", "Published"
        TAKEN_DOWN = "taken_down", "Taken down"
        SCHEDULED = "scheduled", "Scheduled"
        PROPOSED = "proposed", "Change proposed"
        APPROVED = "approved", "Change published"
        REFUSED = "refused", "Change refused"
        TAKEN_BACK = "taken_back", "Change taken back"
        REPLACED = "replaced", "Words of a colleague replaced"
        RESTORED = "restored", "Old version brought back"
        DELETED = "deleted", "Deleted"
        ROLE = "role", "Rights changed"
        EXPORTED = "exported", "Exported"
        SHARED = "shared", "Preview shared"
        REVOKED = "revoked", "Preview link revoked"
        SIGNED_OFF = "signed_off", "Signed off by somebody outside"
        CHANGE_ASKED = "change_asked", "Change asked for by somebody outside"
        CHECKED = "checked", "Confirmed as still right"
        PICTURE_REPLACED = "picture_replaced", "Picture replaced"
        NOTICE = "notice", "Notice shown or ended"
        RETRIED = "retried", "Job or mail tried again"
        PASSWORD = "password", "Password set by somebody else"
        FACTOR = "factor", "Second factor taken away by somebody else"
        SESSIONS = "sessions", "Signed out everywhere by somebody else"
        KEY = "key", "Link for a first sign-in made"
        ACCOUNT_GONE = "account_gone", "Account deleted by its owner"
        INVITED = "invited", "Invited to speak for a partner"
        UNINVITED = "uninvited", "Invitation taken back"
        JOINED = "joined", "Speaks for a partner now"
        MEMBER_ROLE = "member_role", "Role with a partner changed"
        LEFT = "left", "No longer speaks for a partner"
        ASKED_TO_JOIN = "asked_to_join", "Asked to join"
        JOIN_ACCEPTED = "join_accepted", "Asked to join, and was accepted"
        JOIN_DECLINED = "join_declined", "Asked to join, and was declined"
        ACTED = "acted", "Acted for a partner"
        DIRECT = "direct", "Changed by a partner directly"
        MERGED = "merged", "Two records made one"
        ENDED = "ended", "Partnership ended"
        SUGGESTED = "suggested", "Change suggested by a reader"
        ANSWERED = "answered", "Suggestion answered"
        ENQUIRY = "enquiry", "Question to the site team"
        ENQUIRY_ANSWERED = "enquiry_answered", "Question answered"
        ENQUIRY_CLOSED = "enquiry_closed", "Question closed without an answer"
        STORY = "story", "Story moved on"
        STORY_CHANGED = "story_changed", "Change of a story decided"
        STORY_LOOKED_AT = "story_looked_at", "Story read that is held for safeguarding"
        CONSENT = "consent", "Consent given, refused or taken back"
        STORY_PICTURE = "story_picture", "Picture of a story hidden or shown again"
        OVERRIDE = "override", "Rule about pictures of people set aside"
        REPORTED = "reported", "Concern reported"
        REPORT_DECIDED = "report_decided", "Reported concern decided"
        ERASED = "erased", "Story erased for ever"
        RETENTION = "retention", "Deleted when its time was over"
        WORDING = "wording", "Wording of consent put to use"
        WORDING_OK = "wording_ok", "Wording of consent approved"
        OWNER = "owner", "Owner set of many at once"
        SETTINGS = "settings", "About this site changed"
        # Security events: kept for SECURITY_DAYS, not for ever (cms/audit/audit_log.py).
        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
        ACCESS_REFUSED = "access_refused", "Access refused"

    at = models.DateTimeField(db_default=Now(), db_index=True, editable=False)
    # No constraint in the database: the line must outlive the person without being changed.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name="who",
    )
    by_words = models.CharField("who, in words", max_length=200, help_text="As they were called then.")
    action = models.CharField("what", max_length=20, choices=Action)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    object_id = models.PositiveBigIntegerField(null=True)
    object_words = models.CharField("about", max_length=250, blank=True, help_text="As it was called then.")
    old = models.JSONField("from", default=dict)
    new = models.JSONField("to", default=dict)
    note = models.TextField("why", blank=True)
    due_at = models.DateTimeField(
        null=True, editable=False, help_text="The moment set beforehand, of what became public or went by itself."
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "line of the record"
        verbose_name_plural = "record"
        default_permissions = ("view", "export")
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="auditevent_thing_idx"),
            models.Index(fields=["action", "at"], name="auditevent_action_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "action", "due_at"],
                condition=models.Q(by=None),
                name="each_moment_is_written_down_once",
            )
        ]

    def __str__(self):
        return f"{self.get_action_display()}: {self.object_words}"

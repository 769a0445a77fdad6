"""Who speaks for an organisation. A right that has ended is kept as a line, and gives nothing more."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cms.access_links.models import AccessToken
from partners.models.organisations import Partner


class MemberQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None, person__is_active=True)

    def managers(self):
        return self.current().filter(role=Member.Role.MANAGER)


class Member(models.Model):
    """Somebody who speaks for a partner, now or until they left."""

    class Role(models.TextChoices):
        MANAGER = "manager", "Manager: also invites and removes people"
        CONTRIBUTOR = "contributor", "Contributor: writes, and does not decide who else may"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role, default=Role.CONTRIBUTOR)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["person__email"]
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "person"], condition=Q(ended_at=None), name="somebody_speaks_for_a_partner_once"
            )
        ]

    def __str__(self):
        return f"{self.person} for {self.partner}"

    @property
    def is_manager(self) -> bool:
        return self.role == self.Role.MANAGER


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Those that can still be accepted, by the database's clock."""
        return self.filter(
            accepted_at=None, key__revoked_at=None, key__used_at=None, key__expires_at__gt=Now(), partner__ended=""
        )


class Invitation(models.Model):
    """Asks the holder of one address to speak for a partner. The link in the mail is its key
    (cms/access_links/token_links.py)."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address")
    role = models.CharField(max_length=12, choices=Member.Role, default=Member.Role.CONTRIBUTOR)
    key = models.OneToOneField(AccessToken, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    is_from_council = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ("view", "add")

    def __str__(self):
        return f"{self.email} for {self.partner}"


class ActingGrantQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None, until__gt=Now())


class ActingGrant(models.Model):
    """That one of the council's staff works at a partner's desk for it, why, and until when."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="actings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="actings")
    why = models.CharField("why?", max_length=200)
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ActingGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="acting_ends_after_it_starts")]

    def __str__(self):
        return f"{self.person} for {self.partner}"

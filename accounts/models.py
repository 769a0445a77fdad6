"""Who may sign in. A person is known by an e-mail address; there is no other name to remember."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        """Addresses are kept small. The database must not compare capitals: it takes ı and ſ for i and s."""
        return self.get(email=email.lower())

    def who_may_do_everything(self):
        return self.filter(is_superuser=True, is_active=True).order_by("pk")

    def create_user(self, email, password=None, **fields):
        if not email:
            raise ValueError("a person needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(
        "full name", max_length=150, blank=True, help_text="Shown to other staff, never to the public."
    )
    is_staff = models.BooleanField(
        "may open the admin", default=False, help_text="What they may do there depends on the groups below."
    )
    is_limited = models.BooleanField(
        "only what they are given",
        default=False,
        help_text="Tick this to limit the rights of their groups to single programmes, partners or pages. On each of "
        "those, say under “Publication” that it is given to them.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Untick this instead of deleting a person, so that their history stays readable.",
    )
    sign_outs = models.PositiveIntegerField(
        default=0, editable=False, help_text="Goes up when all sessions of this person end."
    )
    joined_at = models.DateTimeField("joined", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["email"]
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="email_is_unique_whatever_its_capitals",
                violation_error_message="There is already a person with this e-mail address.",
            )
        ]

    def __str__(self):
        return self.name or self.email

    def _get_session_auth_hash(self, secret=None):
        """Django asks for it with every request: a session made before the last signing out everywhere is over."""
        return salted_hmac(
            f"session {self.sign_outs}", super()._get_session_auth_hash(secret), algorithm="sha256"
        ).hexdigest()

    def needs_second_factor(self) -> bool:
        """Whether their work asks for one: the council's staff, and whoever manages a partner. Asks the database."""
        return self.is_staff or self.is_superuser or self.memberships.managers().exists()

    def get_full_name(self):
        return self.name or self.email

    def get_short_name(self):
        return (self.name.strip() or self.email).split()[0]

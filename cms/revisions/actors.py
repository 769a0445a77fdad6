"""On whose behalf something is done: a person, or the system itself with a reason."""

from dataclasses import dataclass

from django.contrib.auth.models import PermissionsMixin


@dataclass(frozen=True)
class System:
    """The portal itself: a job at its time, a link in an email, a preview. `reason` says which."""

    reason: str

    def __str__(self) -> str:
        return self.reason


Actor = PermissionsMixin | System


def person_of(actor: Actor) -> PermissionsMixin | None:
    """Whom history and audit log name; None for the system."""
    return None if isinstance(actor, System) else actor

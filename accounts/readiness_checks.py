"""Who must be there before the portal opens (cms/readiness/registry.py)."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.urls import reverse

from cms.readiness.registry import PEOPLE, Check, register

CHANGE_PEOPLE = "accounts.change_user"


def staff_with(right: str) -> QuerySet:
    """Staff who can sign in and have this right, whatever gives it to them."""
    return ModelBackend().with_perm(right).filter(is_staff=True)


def people_list() -> str:
    return reverse("admin:accounts_user_changelist")


register(
    Check(
        "second_administrator",
        PEOPLE,
        "A second administrator",
        "With one alone nobody helps them back in, or stands in when they are away. Put somebody into the group.",
        CHANGE_PEOPLE,
        link=people_list,
        link_text="People",
        rows=lambda: [staff_with(CHANGE_PEOPLE).filter(is_limited=False)],
        is_hole=lambda count: count < 2,
    ),
)

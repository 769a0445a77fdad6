"""What somebody has shown of who they are, in this session. The sign-in itself is django-allauth's."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest


def ask_again(request: HttpRequest) -> None:
    """Before what is sent gives rights, or takes much away with it: whoever sends it shows again who they are.

    What they typed waits meanwhile, and is carried out when they have.
    """
    if request.method == "POST":
        raise_if_reauthentication_required(request, app="allauth.account")


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether a second factor was shown, or set up, in this session. Asks the database nothing."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))

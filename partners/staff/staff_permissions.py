"""Which of the council's staff may do what to a partner. Every page here fetches its partner through `found`."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from partners import permissions
from partners.models import Partner


def ask(person: Any, right: str, partner: Partner) -> None:
    if not permissions.council_may(person, right, partner):
        raise PermissionDenied


def found(model_admin: Any, request: HttpRequest, pk: int) -> Partner:
    """A partner that this person may see at all."""
    partner = model_admin.get_queryset(request).filter(pk=min(pk, 2**63 - 1)).first()
    if partner is None:
        raise Http404
    return partner

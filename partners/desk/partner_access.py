"""Where somebody works for a partner. The partner is taken from the address, and only from among those
this person may work for; whoever may not do a thing finds no page for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partners import permissions
from partners.models import ActingGrant, Member, Partner

# The parts of a desk: what each is called in `part`, its address, and its name.
PARTS = (
    ("overview", "desk:partner", "Overview"),
    ("page", "desk:page", "Our page"),
    ("stories", "partner_desk:index", "Our stories"),  # above us: stories/desk
    ("suggestions", "desk:suggestions", "Suggestions"),
    ("people", "desk:members", "People"),
    ("happened", "desk:happened", "What happened"),
)


@dataclass(frozen=True)
class Place:
    """Whose desk it is, and as what somebody is there."""

    partner: Partner
    member: Member | None
    acting: ActingGrant | None
    rights: frozenset[str]


def at_desk(action: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The view gets the partner instead of its web name; `request.place` says as what somebody is there."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @login_required
        def asked(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
            partner = get_object_or_404(permissions.desks_of(request.user), slug=slug)
            member = permissions.member_of(request.user, partner)
            acting = None if member else permissions.acting_of(request.user, partner)
            place = Place(partner, member, acting, permissions.rights_at(member, acting))
            if action not in place.rights:
                raise Http404
            request.place = place  # type: ignore[attr-defined]  # for `frame`
            return view(request, partner, **more)

        return asked

    return decorate


def frame(request: HttpRequest, part: str, **more: Any) -> dict[str, Any]:
    """What templates/desk/base.html shows around every part: `render(request, "desk/….html", frame(request, …))`."""
    place: Place = request.place  # type: ignore[attr-defined]
    parts = [
        {"name": name, "words": words, "url": reverse(address, args=[place.partner.slug])}
        for name, address, words in PARTS
    ]
    return {
        "partner": place.partner,
        "member": place.member,
        "acting": place.acting,
        "rights": place.rights,
        "part": part,
        "parts": parts,
    } | more

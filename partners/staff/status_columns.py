"""All partners at a glance: who speaks for each, what waits there, and when it was last confirmed.

The page asks the database the same few questions for two partners and for two hundred.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.shortcuts import render

from cms.publishing import review_requests
from cms.publishing.models import ReviewRequest, Suggestion
from cms.publishing.states import state_in_words
from cms.revisions.models import Proposal
from partners.models import Invitation, Member, Partner

PER_PAGE = 50
FILTERS = {
    "all": "All",
    "nobody": "Nobody speaks for it",
    "waiting": "A change waits for approval",
    "suggestions": "A suggestion waits",
    "asked": "Asked, and has not answered",
    "unconfirmed": "Not confirmed by its people",
}
ORDERS = {
    "attention": ("What needs attention first", ("-attention", F("waits_since").asc(nulls_last=True), "name")),
    "name": ("By name", ("name",)),
    "confirmed": ("Confirmed longest ago first", (F("checked_on").asc(nulls_first=True), "name")),
    "signed_in": ("Signed in longest ago first", (F("signed_in_on").asc(nulls_first=True), "name")),
}
_NARROWED = {
    "nobody": Q(manager_count=0, contributor_count=0, ended=""),
    "waiting": Q(waits_since__isnull=False),
    "suggestions": Q(suggestion_count__gt=0),
    "asked": Q(asked_since__isnull=False),
    "unconfirmed": Q(is_unconfirmed=True),
}


def may_see(request: Any) -> bool:
    return request.user.has_perms(["partners.view_partner", "partners.view_member"])


def partners_of(model_admin: Any, request: Any) -> Any:
    """Those within the reach of whoever asks, each with all that is told of it."""
    partners = model_admin.get_queryset(request).order_by().within_reach_of(request.user)
    kind = ContentType.objects.get_for_model(Partner)
    about = {"content_type": kind, "object_id": OuterRef("pk")}
    current = Member.objects.current().filter(partner=OuterRef("pk"))
    waiting = Proposal.objects.filter(status=Proposal.Status.WAITING, **about)
    return partners.annotate(
        manager_count=_one(current.filter(role=Member.Role.MANAGER), Count("pk"), 0),
        contributor_count=_one(current.filter(role=Member.Role.CONTRIBUTOR), Count("pk"), 0),
        invitation_count=_one(Invitation.objects.open().filter(partner=OuterRef("pk")), Count("pk"), 0),
        waits_since=_one(waiting, Min("modified_at")),
        asked_since=_one(ReviewRequest.objects.open().filter(**about), Min("asked_at")),
        suggestion_count=_one(Suggestion.objects.waiting().filter(**about), Count("pk"), 0),
        signed_in_on=_one(current, Max(TruncDate("person__last_login"))),
        is_unconfirmed=Exists(review_requests.labelled(Partner)),
    ).annotate(attention=_attention())


def _one(rows: Any, what: Any, nothing: Any = None) -> Any:
    """One value about the rows of each partner."""
    told = Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(told=what).values("told"))
    return told if nothing is None else Coalesce(told, nothing, output_field=IntegerField())


def _attention() -> Any:
    """How much a partner needs somebody: what waits weighs more than who is missing."""
    weights = {"waiting": 8, "suggestions": 4, "unconfirmed": 2, "nobody": 1}
    return sum(
        (Case(When(_NARROWED[name], then=Value(weight)), default=Value(0)) for name, weight in weights.items()),
        Value(0),
    )


def page(model_admin, request):
    if not may_see(request):
        raise PermissionDenied
    show = request.GET.get("show") if request.GET.get("show") in FILTERS else "all"
    order = request.GET.get("order") if request.GET.get("order") in ORDERS else "attention"
    rows = partners_of(model_admin, request).filter(_NARROWED.get(show, Q())).order_by(*ORDERS[order][1])
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    for partner in found.object_list:
        partner.state_words = state_in_words(partner)
    context = model_admin.admin_site.each_context(request) | {
        "title": "All partners at a glance",
        "page": found,
        "filters": [(words, _address(name, order), name == show) for name, words in FILTERS.items()],
        "orders": [(words, _address(show, name), name == order) for name, (words, _) in ORDERS.items()],
        "kept": urlencode({"show": show, "order": order}),
    }
    return render(request, "admin/partners/states.html", context)


def _address(show, order) -> str:
    return f"?{urlencode({'show': show, 'order': order})}"

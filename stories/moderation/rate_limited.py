"""Many stories from one place: they wait apart, so that they bury nobody else's, and are looked at together.

A flood is known by the address its stories were sent from, once there are several from one; all others came from many
addresses behind one network, as those of a school do.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min
from django.shortcuts import render
from django.urls import reverse

from stories import workflow
from stories.models import Story
from stories.moderation.queue import seen_by

MOST_SHOWN = 100


@dataclass(frozen=True)
class Flood:
    """`one` is any of them; the list of all is found through it."""

    email: str
    count: int
    first_at: Any
    last_at: Any
    one: int

    @property
    def list_url(self) -> str:
        return f"{reverse('admin:stories_story_changelist')}?state=flood&with={self.one}"


def waiting(person: Any):
    floods = seen_by(person).filter(is_rate_limited=True, waits_since__isnull=False)
    return floods.exclude(status=Story.Status.HELD)


def page(model_admin, request):
    if not model_admin.has_view_permission(request) or not request.user.has_perm(workflow.MODERATOR):
        raise PermissionDenied
    apart = waiting(request.user)
    rows = apart.exclude(contributor__email="").order_by().values("contributor__email")
    rows = rows.annotate(count=Count("pk"), first_at=Min("waits_since"), last_at=Max("waits_since"), one=Min("pk"))
    floods = [
        Flood(row["contributor__email"], row["count"], row["first_at"], row["last_at"], row["one"])
        for row in rows.order_by("-count", "first_at")[:MOST_SHOWN]
    ]
    everything = apart.order_by().aggregate(count=Count("pk"), one=Min("pk"))
    context = model_admin.admin_site.each_context(request) | {
        "title": "Many from one place",
        "floods": floods,
        "total": everything["count"],
        "one": everything["one"],
        "list_url": f"{reverse('admin:stories_story_changelist')}?state=flood",
    }
    return render(request, "admin/stories/floods.html", context)

"""Pages of calls, and the sheet of one to print: for a table at a museum, a library or a community event."""

import datetime

import segno
from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from cms.page_cache.middleware import public_page
from stories.models import Call, CallPicture, ConsentVersion

NEWEST = 12


@public_page
@require_safe
def calls(request):
    """Those that take stories now first, then those to come, then those that have closed."""
    found = list(Call.objects.published().select_related("host"))
    today = timezone.localdate()
    context = {
        "open": [call for call in found if state(call, today) == "open"],
        "coming": [call for call in found if state(call, today) == "coming"],
        "closed": [call for call in found if state(call, today) == "closed"][::-1],
    }
    return render(request, "stories/calls.html", context)


def state(call: Call, today: datetime.date) -> str:
    """Whether it takes stories: open, coming or closed."""
    if call.opens_on and call.opens_on > today:
        return "coming"
    return "closed" if call.closes_on and call.closes_on < today else "open"


@public_page
@require_safe
def call(request, slug):
    found = get_object_or_404(Call.objects.published().select_related("host", "ward"), slug=slug)
    return render(request, "stories/call.html", context_of(found))


def context_of(call: Call):
    """Everything the page of a call shows; the same for the public page and a preview."""
    pictures: list[CallPicture] = list(call.pictures.select_related("image")) if call.pk else []
    is_host_public = call.host is not None and call.host.status == call.host.Status.PUBLISHED
    return {
        "call": call,
        "state": state(call, timezone.localdate()),
        "hero": pictures[0] if pictures else None,
        "gallery": pictures[1:],
        "questions": list(call.questions.all()) if call.pk else [],
        "stories": list(call.shelved.all()[: NEWEST + 1])[:NEWEST] if call.pk else [],
        "host": call.host if is_host_public else None,
        "tell_url": f"{reverse('submit:start')}?call={call.slug}",
    }


@public_page
@require_safe
def sheet(request, slug):
    """On paper everything must be said that the pages of telling say, and signed."""
    found = get_object_or_404(Call.objects.published().select_related("host"), slug=slug)
    address = f"{settings.SITE_URL}{reverse('submit:start')}?call={found.slug}"
    wording = ConsentVersion.objects.current()
    context = {
        "call": found,
        "address": address,
        "code": qr_code(address),
        "questions": found.questions.all(),
        "wording": wording,
        "lines": wording.lines.all(),
    }
    return render(request, "stories/sheet.html", context)


def sheet_address(call: Call) -> str:
    return reverse("stories:sheet", args=[call.slug])


def qr_code(address: str) -> SafeString:
    """As an SVG that a phone reads from a paper that was folded: a quarter of it may be missing."""
    drawn = segno.make(address, error="q", micro=False)
    svg = drawn.svg_inline(omitsize=True, border=4, svgclass="code", lineclass=None, title="Code to read with a phone")
    return mark_safe(svg)  # noqa: S308 - drawn here, of an address of ours
